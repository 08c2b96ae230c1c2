-- Sessions by how fast their first page came (scope landing), and, by page type, how fast their first page of that
-- type came (scope page). Pages after the purchase are left out: they cannot have helped or hindered it.
WITH mine AS (
    SELECT visit.session_id, visit.device, visit.country, visit.with_purchase > 0 AS bought
    FROM visits AS visit
    WHERE visit.session_id IS NOT NULL AND visit.evidence = 'events' AND /*visits*/
),
bought AS (
    SELECT step.session_id, min(step.occurred_at) AS bought_at
    FROM steps AS step
    WHERE step.event = 'purchase' AND step.occurred_at >= :from AND step.occurred_at <= :last
    GROUP BY step.session_id
),
firsts AS (
    SELECT step.session_id, step.page_type,
           min(row(step.occurred_at, CAST(step.load_ms AS DOUBLE), step.page_type)) AS first,
           sum(CAST(step.load_ms AS DOUBLE)) AS total,
           count(*) AS loads,
           count(*) FILTER (WHERE step.load_ms > :slow_ms) AS slow
    FROM steps AS step
    LEFT JOIN bought ON bought.session_id = step.session_id
    WHERE step.load_ms IS NOT NULL AND step.event IN ('page_view', 'web_vitals')
      AND step.occurred_at >= :from AND step.occurred_at <= :last
      AND (bought.bought_at IS NULL OR step.occurred_at <= bought.bought_at)
      AND /*pages*/
    GROUP BY step.session_id, step.page_type
),
both_scopes AS (
    SELECT 'page' AS scope, session_id, first, NULL AS average, NULL AS slow FROM firsts
    UNION ALL
    SELECT 'landing', session_id, min(first), sum(total) / sum(loads), sum(slow) FROM firsts GROUP BY session_id
)
SELECT scope, mine.device AS device, mine.country AS country, first[3] AS page_type,
       CAST(len(list_filter(CAST(:edges AS DOUBLE[]), lambda edge: first[2] > edge))
            AS INTEGER) AS band,
       count(*) AS sessions,
       count(*) FILTER (WHERE mine.bought) AS bought,
       count(*) FILTER (WHERE average > :slow_ms) AS slow_on_average,
       count(*) FILTER (WHERE slow > 0) AS slow_once
FROM both_scopes
JOIN mine ON mine.session_id = both_scopes.session_id
GROUP BY ALL
ORDER BY ALL
