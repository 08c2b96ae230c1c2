-- stock_turnover of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       SUM(stock.on_hand * stock.unit_cost) AS m0,
       COUNT(DISTINCT stock.day) AS m1
FROM (SELECT frame.from_day AS day, frame.bucket AS bucket, span.product_id AS product_id, span.warehouse AS warehouse, span.on_hand AS on_hand, goods.unit_cost * 1e0 AS unit_cost, CASE WHEN (goods.listed_on IS NULL OR goods.listed_on <= frame.from_day) AND (goods.delisted_on IS NULL OR frame.from_day < goods.delisted_on) THEN 1 ELSE 0 END AS listed FROM (VALUES (DATE '2026-03-01', DATE '2026-03-01', DATE '2026-03-02'), (DATE '2026-03-01', DATE '2026-03-02', DATE '2026-03-03'), (DATE '2026-03-01', DATE '2026-03-03', DATE '2026-03-04'), (DATE '2026-03-01', DATE '2026-03-04', DATE '2026-03-05'), (DATE '2026-03-01', DATE '2026-03-05', DATE '2026-03-06'), (DATE '2026-03-01', DATE '2026-03-06', DATE '2026-03-07'), (DATE '2026-03-01', DATE '2026-03-07', DATE '2026-03-08')) AS frame(bucket, from_day, to_day) JOIN stock_spans AS span ON span.from_day <= frame.from_day AND frame.from_day < span.to_day LEFT JOIN products AS goods ON goods.product_id = span.product_id) AS stock
WHERE NOT stock.unit_cost IS NULL;

SELECT count(*) AS n,
       SUM(line.quantity * COALESCE(line.unit_cost, product.unit_cost)) AS m0
FROM order_lines AS line JOIN orders AS ord ON ord.order_id = line.order_id
LEFT JOIN products AS product ON product.product_id = line.product_id
WHERE ord.placed_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND ord.placed_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
  AND ord.status <> 'cancelled' AND NOT COALESCE(line.unit_cost, product.unit_cost) IS NULL;

-- by day and category_1
SELECT stock.bucket AS d0,
       NULLIF(split_part(product.category, ' > ', 1), '') AS d1,
       count(*) AS n,
       SUM(stock.on_hand * stock.unit_cost) AS m0,
       COUNT(DISTINCT stock.day) AS m1
FROM (SELECT frame.from_day AS day, frame.bucket AS bucket, span.product_id AS product_id, span.warehouse AS warehouse, span.on_hand AS on_hand, goods.unit_cost * 1e0 AS unit_cost, CASE WHEN (goods.listed_on IS NULL OR goods.listed_on <= frame.from_day) AND (goods.delisted_on IS NULL OR frame.from_day < goods.delisted_on) THEN 1 ELSE 0 END AS listed FROM (VALUES (DATE '2026-03-01', DATE '2026-03-01', DATE '2026-03-02'), (DATE '2026-03-02', DATE '2026-03-02', DATE '2026-03-03'), (DATE '2026-03-03', DATE '2026-03-03', DATE '2026-03-04'), (DATE '2026-03-04', DATE '2026-03-04', DATE '2026-03-05'), (DATE '2026-03-05', DATE '2026-03-05', DATE '2026-03-06'), (DATE '2026-03-06', DATE '2026-03-06', DATE '2026-03-07'), (DATE '2026-03-07', DATE '2026-03-07', DATE '2026-03-08')) AS frame(bucket, from_day, to_day) JOIN stock_spans AS span ON span.from_day <= frame.from_day AND frame.from_day < span.to_day LEFT JOIN products AS goods ON goods.product_id = span.product_id) AS stock
LEFT JOIN products AS product ON product.product_id = stock.product_id
WHERE NOT stock.unit_cost IS NULL
GROUP BY stock.bucket, NULLIF(split_part(product.category, ' > ', 1), '');

SELECT CAST(timezone('Asia/Shanghai', ord.placed_at) AS DATE) AS d0,
       NULLIF(split_part(product.category, ' > ', 1), '') AS d1,
       count(*) AS n,
       SUM(line.quantity * COALESCE(line.unit_cost, product.unit_cost)) AS m0
FROM order_lines AS line JOIN orders AS ord ON ord.order_id = line.order_id
LEFT JOIN products AS product ON product.product_id = line.product_id
WHERE ord.placed_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND ord.placed_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
  AND ord.status <> 'cancelled' AND NOT COALESCE(line.unit_cost, product.unit_cost) IS NULL
GROUP BY CAST(timezone('Asia/Shanghai', ord.placed_at) AS DATE), NULLIF(split_part(product.category, ' > ', 1), '');
