-- sessions_per_visitor of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       SUM(visit.sessions) AS m0
FROM visits AS visit
WHERE visit.day >= DATE '2026-03-01'
  AND visit.day < DATE '2026-03-08';

SELECT count(*) AS n,
       CASE WHEN COUNT(hit.traffic_visitors) = 0 THEN COUNT(DISTINCT hit.visitor_id) WHEN COUNT(*) = 1 THEN SUM(hit.traffic_visitors) END AS m0
FROM hits AS hit
WHERE hit.day >= DATE '2026-03-01'
  AND hit.day < DATE '2026-03-08';

-- by day and category_1
SELECT CAST((visit.started_at AT TIME ZONE 'Asia/Shanghai') AS DATE) AS d0,
       visit.category_1 AS d1,
       count(*) AS n,
       SUM(visit.sessions) AS m0
FROM (SELECT min(visit.started_at) AS started_at,
             1 AS sessions,
             NULLIF(split_part(product.category, ' > ', 1), '') AS category_1
      FROM steps AS event JOIN visits AS visit ON visit.session_id = event.session_id
      LEFT JOIN products AS product ON product.product_id = event.product_id
      WHERE visit.started_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
        AND visit.started_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
      GROUP BY event.session_id, NULLIF(split_part(product.category, ' > ', 1), '')) AS visit
GROUP BY CAST((visit.started_at AT TIME ZONE 'Asia/Shanghai') AS DATE), visit.category_1;

SELECT CAST((hit.seen_at AT TIME ZONE 'Asia/Shanghai') AS DATE) AS d0,
       NULLIF(split_part(product.category, ' > ', 1), '') AS d1,
       count(*) AS n,
       CASE WHEN COUNT(hit.traffic_visitors) = 0 THEN COUNT(DISTINCT hit.visitor_id) WHEN COUNT(*) = 1 THEN SUM(hit.traffic_visitors) END AS m0
FROM (SELECT event.occurred_at AS seen_at,
             event.visitor_id AS visitor_id,
             NULLIF(0, 0) AS traffic_visitors,
             event.product_id AS product_id
      FROM steps AS event) AS hit
LEFT JOIN products AS product ON product.product_id = hit.product_id
WHERE hit.seen_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND hit.seen_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
GROUP BY CAST((hit.seen_at AT TIME ZONE 'Asia/Shanghai') AS DATE), NULLIF(split_part(product.category, ' > ', 1), '');
