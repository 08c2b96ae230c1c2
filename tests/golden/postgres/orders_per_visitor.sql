-- orders_per_visitor of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       COUNT(*) AS m0
FROM orders AS ord
WHERE ord.placed_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND ord.placed_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
  AND ord.status <> 'cancelled';

SELECT count(*) AS n,
       CASE WHEN COUNT(hit.traffic_visitors) = 0 THEN COUNT(DISTINCT hit.visitor_id) WHEN COUNT(*) = 1 THEN SUM(hit.traffic_visitors) END AS m0
FROM hits AS hit
WHERE hit.day >= DATE '2026-03-01'
  AND hit.day < DATE '2026-03-08';

-- by day and category_1
SELECT CAST((ord.placed_at AT TIME ZONE 'Asia/Shanghai') AS DATE) AS d0,
       od.category_1 AS d1,
       count(*) AS n,
       COUNT(DISTINCT ord.order_id) AS m0
FROM orders AS ord
JOIN (SELECT DISTINCT line.order_id AS order_id, NULLIF(split_part(product.category, ' > ', 1), '') AS category_1 FROM order_lines AS line LEFT JOIN products AS product ON product.product_id = line.product_id) AS od ON od.order_id = ord.order_id
WHERE ord.placed_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND ord.placed_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
  AND ord.status <> 'cancelled'
GROUP BY CAST((ord.placed_at AT TIME ZONE 'Asia/Shanghai') AS DATE), od.category_1;

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
