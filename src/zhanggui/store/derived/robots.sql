-- Sessions that no person made: fifty and more views, one a second or faster, and nothing else done.
-- Everything of their visitors is left out of what is derived; their events stay, and stay countable.
SELECT step.session_id AS session_id,
       step.visitor_id AS visitor_id,
       min(step.occurred_at) AS first_at,
       max(step.occurred_at) AS last_at,
       count(*) AS events
FROM steps AS step
WHERE step.event NOT IN ('web_vitals', 'error')
  /* touched: AND step.session_id IN (SELECT session_id FROM rebuilt_sessions) AND step.occurred_at >= touched_from() AND step.occurred_at <= touched_to() */
GROUP BY step.session_id, step.visitor_id
HAVING count(*) >= 50
   AND sum(CASE WHEN step.event IN ('page_view', 'view_item', 'view_item_list') THEN 0 ELSE 1 END) = 0
   AND milliseconds(max(step.occurred_at)) - milliseconds(min(step.occurred_at)) < 1000 * count(*)
