-- units_28_days of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       SUM(line.quantity) AS m0
FROM order_lines AS line JOIN orders AS ord ON ord.order_id = line.order_id
JOIN (VALUES (DATE '2026-03-01', DATE '2026-02-08', DATE '2026-03-08')) AS frame(bucket, from_day, to_day) ON CAST((ord.placed_at AT TIME ZONE 'Asia/Shanghai') AS DATE) >= frame.from_day AND CAST((ord.placed_at AT TIME ZONE 'Asia/Shanghai') AS DATE) < frame.to_day
WHERE ord.placed_at >= TIMESTAMPTZ '2026-02-07 16:00:00+00'
  AND ord.placed_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
  AND ord.status <> 'cancelled';

-- by day and category_1
SELECT frame.bucket AS d0,
       NULLIF(split_part(product.category, ' > ', 1), '') AS d1,
       count(*) AS n,
       SUM(line.quantity) AS m0
FROM order_lines AS line JOIN orders AS ord ON ord.order_id = line.order_id
JOIN (VALUES (DATE '2026-03-01', DATE '2026-02-02', DATE '2026-03-02'), (DATE '2026-03-02', DATE '2026-02-03', DATE '2026-03-03'), (DATE '2026-03-03', DATE '2026-02-04', DATE '2026-03-04'), (DATE '2026-03-04', DATE '2026-02-05', DATE '2026-03-05'), (DATE '2026-03-05', DATE '2026-02-06', DATE '2026-03-06'), (DATE '2026-03-06', DATE '2026-02-07', DATE '2026-03-07'), (DATE '2026-03-07', DATE '2026-02-08', DATE '2026-03-08')) AS frame(bucket, from_day, to_day) ON CAST((ord.placed_at AT TIME ZONE 'Asia/Shanghai') AS DATE) >= frame.from_day AND CAST((ord.placed_at AT TIME ZONE 'Asia/Shanghai') AS DATE) < frame.to_day
LEFT JOIN products AS product ON product.product_id = line.product_id
WHERE ord.placed_at >= TIMESTAMPTZ '2026-02-01 16:00:00+00'
  AND ord.placed_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
  AND ord.status <> 'cancelled'
GROUP BY frame.bucket, NULLIF(split_part(product.category, ' > ', 1), '');
