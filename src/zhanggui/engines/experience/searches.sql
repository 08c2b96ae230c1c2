-- Search words that found nothing: how often, in how many sessions, and in how many the visitor did nothing after it.
WITH mine AS (
    SELECT visit.session_id, visit.with_purchase
    FROM visits AS visit
    WHERE visit.session_id IS NOT NULL AND visit.evidence = 'events' AND /*visits*/
),
looked AS (
    SELECT step.session_id, lower(trim(step.query)) AS query, step.occurred_at
    FROM steps AS step
    JOIN mine ON mine.session_id = step.session_id
    WHERE step.event = 'search' AND step.result_count = 0
      AND step.occurred_at >= :from AND step.occurred_at <= :last
),
acted AS (
    SELECT step.session_id, max(step.occurred_at) AS last_at
    FROM steps AS step
    WHERE step.session_id IN (SELECT session_id FROM looked)
      AND (step.event NOT IN ('web_vitals', 'error', 'search', 'page_view', 'view_item_list')
           OR (step.event = 'search' AND step.result_count IS DISTINCT FROM 0)
           OR (step.event IN ('page_view', 'view_item_list') AND step.page_type IS DISTINCT FROM 'search'))
      AND step.occurred_at >= :from AND step.occurred_at <= :last
    GROUP BY step.session_id
)
SELECT grouping(looked.query) AS overall,
       looked.query AS query,
       count(*) AS searches,
       count(DISTINCT looked.session_id) AS sessions,
       count(DISTINCT looked.session_id) FILTER (WHERE acted.last_at IS NULL OR acted.last_at <= looked.occurred_at)
           AS sessions_left,
       count(DISTINCT looked.session_id) FILTER (WHERE mine.with_purchase > 0) AS bought,
       count(DISTINCT looked.query) AS queries
FROM looked
JOIN mine ON mine.session_id = looked.session_id
LEFT JOIN acted ON acted.session_id = looked.session_id
GROUP BY GROUPING SETS ((), (looked.query))
ORDER BY overall DESC, searches DESC, sessions DESC, query
LIMIT :most + 1
