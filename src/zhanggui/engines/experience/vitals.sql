-- Load time and web vitals of the pages of the sessions asked for: over all, and by page type, device, country, hour.
WITH mine AS (
    SELECT visit.session_id, visit.device, visit.country
    FROM visits AS visit
    WHERE visit.session_id IS NOT NULL AND visit.evidence = 'events' AND /*visits*/
),
pages AS (
    SELECT step.event, step.page_type, mine.device, mine.country,
           CAST(extract(hour FROM timezone(:zone, step.occurred_at)) AS INTEGER) AS hour,
           step.load_ms, step.lcp_ms, step.inp_ms, step.cls, step.ttfb_ms
    FROM steps AS step
    JOIN mine ON mine.session_id = step.session_id
    WHERE step.event IN ('page_view', 'web_vitals')
      AND step.occurred_at >= :from AND step.occurred_at <= :last
      AND /*pages*/
)
SELECT CASE grouping(page_type, device, country, hour)
           WHEN 15 THEN 'overall' WHEN 7 THEN 'page_type' WHEN 11 THEN 'device' WHEN 13 THEN 'country' ELSE 'hour'
       END AS grouped,
       page_type, device, country, hour,
       count(*) FILTER (WHERE event = 'page_view') AS views,
       count(load_ms) AS loads,
       count(*) FILTER (WHERE load_ms > :slow_ms) AS slow,
       quantile_cont(CAST(load_ms AS DOUBLE), [0.5, 0.75, 0.95]) AS load_ms,
       quantile_cont(CAST(lcp_ms AS DOUBLE), [0.5, 0.75, 0.95]) AS lcp_ms,
       quantile_cont(CAST(inp_ms AS DOUBLE), [0.5, 0.75, 0.95]) AS inp_ms,
       quantile_cont(CAST(cls AS DOUBLE), [0.5, 0.75, 0.95]) AS cls,
       quantile_cont(CAST(ttfb_ms AS DOUBLE), [0.5, 0.75, 0.95]) AS ttfb_ms
FROM pages
GROUP BY GROUPING SETS ((), (page_type), (device), (country), (hour))
ORDER BY grouped, views DESC, loads DESC, page_type, device, country, hour
