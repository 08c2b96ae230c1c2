-- cost_covered_share of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       SUM(line.quantity * line.unit_price - COALESCE(line.discount_amount, 0)) AS m0
FROM order_lines AS line JOIN orders AS ord ON ord.order_id = line.order_id
LEFT JOIN products AS product ON product.product_id = line.product_id
WHERE ord.placed_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND ord.placed_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
  AND ord.status <> 'cancelled' AND NOT COALESCE(line.unit_cost, product.unit_cost) IS NULL;

SELECT count(*) AS n,
       SUM(line.quantity * line.unit_price - COALESCE(line.discount_amount, 0)) AS m0
FROM order_lines AS line JOIN orders AS ord ON ord.order_id = line.order_id
WHERE ord.placed_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND ord.placed_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
  AND ord.status <> 'cancelled';

-- by day and category_1
SELECT CAST((ord.placed_at AT TIME ZONE 'Asia/Shanghai') AS DATE) AS d0,
       NULLIF(split_part(product.category, ' > ', 1), '') AS d1,
       count(*) AS n,
       SUM(line.quantity * line.unit_price - COALESCE(line.discount_amount, 0)) AS m0
FROM order_lines AS line JOIN orders AS ord ON ord.order_id = line.order_id
LEFT JOIN products AS product ON product.product_id = line.product_id
WHERE ord.placed_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND ord.placed_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
  AND ord.status <> 'cancelled' AND NOT COALESCE(line.unit_cost, product.unit_cost) IS NULL
GROUP BY CAST((ord.placed_at AT TIME ZONE 'Asia/Shanghai') AS DATE), NULLIF(split_part(product.category, ' > ', 1), '');

SELECT CAST((ord.placed_at AT TIME ZONE 'Asia/Shanghai') AS DATE) AS d0,
       NULLIF(split_part(product.category, ' > ', 1), '') AS d1,
       count(*) AS n,
       SUM(line.quantity * line.unit_price - COALESCE(line.discount_amount, 0)) AS m0
FROM order_lines AS line JOIN orders AS ord ON ord.order_id = line.order_id
LEFT JOIN products AS product ON product.product_id = line.product_id
WHERE ord.placed_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND ord.placed_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
  AND ord.status <> 'cancelled'
GROUP BY CAST((ord.placed_at AT TIME ZONE 'Asia/Shanghai') AS DATE), NULLIF(split_part(product.category, ' > ', 1), '');
