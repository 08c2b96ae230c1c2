-- new_buyers of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       COUNT(DISTINCT ord.customer_id) AS m0
FROM orders AS ord
LEFT JOIN order_ranks AS rk ON rk.order_id = ord.order_id
WHERE ord.placed_at >= TIMESTAMP '2026-02-28 16:00:00+00:00'
  AND ord.placed_at < TIMESTAMP '2026-03-07 16:00:00+00:00'
  AND ord.status <> 'cancelled' AND rk.sequence = 1;

-- by day and category_1
SELECT CAST(from_utc_timestamp(ord.placed_at, 'Asia/Shanghai') AS DATE) AS d0,
       od.category_1 AS d1,
       count(*) AS n,
       COUNT(DISTINCT ord.customer_id) AS m0
FROM orders AS ord
JOIN (SELECT DISTINCT line.order_id AS order_id, NULLIF(split_part(product.category, ' > ', 1), '') AS category_1 FROM order_lines AS line LEFT JOIN products AS product ON product.product_id = line.product_id) AS od ON od.order_id = ord.order_id
LEFT JOIN order_ranks AS rk ON rk.order_id = ord.order_id
WHERE ord.placed_at >= TIMESTAMP '2026-02-28 16:00:00+00:00'
  AND ord.placed_at < TIMESTAMP '2026-03-07 16:00:00+00:00'
  AND ord.status <> 'cancelled' AND rk.sequence = 1
GROUP BY CAST(from_utc_timestamp(ord.placed_at, 'Asia/Shanghai') AS DATE), od.category_1;
