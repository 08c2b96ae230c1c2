-- closing_stock of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       SUM(stock.on_hand) AS m0
FROM (SELECT frame.from_day AS day, frame.bucket AS bucket, span.product_id AS product_id, span.warehouse AS warehouse, span.on_hand AS on_hand, goods.unit_cost * 1e0 AS unit_cost, CASE WHEN (goods.listed_on IS NULL OR goods.listed_on <= frame.from_day) AND (goods.delisted_on IS NULL OR frame.from_day < goods.delisted_on) THEN 1 ELSE 0 END AS listed FROM values('bucket Date32, from_day Date32, to_day Date32', ('2026-03-01', '2026-03-07', '2026-03-08')) AS frame JOIN stock_spans AS span ON span.from_day <= frame.from_day AND frame.from_day < span.to_day LEFT JOIN products AS goods ON goods.product_id = span.product_id) AS stock;

-- by day and category_1
SELECT stock.bucket AS d0,
       NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS d1,
       count(*) AS n,
       SUM(stock.on_hand) AS m0
FROM (SELECT frame.from_day AS day, frame.bucket AS bucket, span.product_id AS product_id, span.warehouse AS warehouse, span.on_hand AS on_hand, goods.unit_cost * 1e0 AS unit_cost, CASE WHEN (goods.listed_on IS NULL OR goods.listed_on <= frame.from_day) AND (goods.delisted_on IS NULL OR frame.from_day < goods.delisted_on) THEN 1 ELSE 0 END AS listed FROM values('bucket Date32, from_day Date32, to_day Date32', ('2026-03-01', '2026-03-01', '2026-03-02'), ('2026-03-02', '2026-03-02', '2026-03-03'), ('2026-03-03', '2026-03-03', '2026-03-04'), ('2026-03-04', '2026-03-04', '2026-03-05'), ('2026-03-05', '2026-03-05', '2026-03-06'), ('2026-03-06', '2026-03-06', '2026-03-07'), ('2026-03-07', '2026-03-07', '2026-03-08')) AS frame JOIN stock_spans AS span ON span.from_day <= frame.from_day AND frame.from_day < span.to_day LEFT JOIN products AS goods ON goods.product_id = span.product_id) AS stock
LEFT JOIN products AS product ON product.product_id = stock.product_id
GROUP BY stock.bucket, NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '');
