-- Pages that broke: error events by address and kind of page.
SELECT step.page_url AS page_url, step.page_type AS page_type, count(*) AS events,
       count(DISTINCT step.session_id) AS sessions,
       count(DISTINCT step.session_id) FILTER (WHERE visit.with_purchase > 0) AS bought,
       count(*) OVER () AS addresses
FROM steps AS step
JOIN visits AS visit ON visit.session_id = step.session_id
WHERE step.event = 'error' AND visit.evidence = 'events' AND /*visits*/
  AND step.occurred_at >= :from AND step.occurred_at <= :last AND /*pages*/
GROUP BY step.page_url, step.page_type
ORDER BY events DESC, sessions DESC, page_url, page_type
LIMIT :most
