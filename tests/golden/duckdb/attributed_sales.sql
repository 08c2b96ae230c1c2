-- attributed_sales of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       SUM(line.quantity * line.unit_price - COALESCE(line.discount_amount, 0)) AS m0
FROM order_lines AS line JOIN orders AS ord ON ord.order_id = line.order_id
WHERE ord.placed_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND ord.placed_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
  AND ord.status <> 'cancelled' AND (ord.campaign_id IN (SELECT campaign_id FROM ad_spend WHERE day >= DATE '2026-03-01' AND day < DATE '2026-03-08' GROUP BY campaign_id HAVING sum(spend) > 0));

-- by day and category_1
SELECT CAST(timezone('Asia/Shanghai', ord.placed_at) AS DATE) AS d0,
       NULLIF(split_part(product.category, ' > ', 1), '') AS d1,
       count(*) AS n,
       SUM(line.quantity * line.unit_price - COALESCE(line.discount_amount, 0)) AS m0
FROM order_lines AS line JOIN orders AS ord ON ord.order_id = line.order_id
LEFT JOIN products AS product ON product.product_id = line.product_id
WHERE ord.placed_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND ord.placed_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
  AND ord.status <> 'cancelled' AND (ord.campaign_id IN (SELECT campaign_id FROM ad_spend WHERE day >= DATE '2026-03-01' AND day < DATE '2026-03-08' GROUP BY campaign_id HAVING sum(spend) > 0))
GROUP BY CAST(timezone('Asia/Shanghai', ord.placed_at) AS DATE), NULLIF(split_part(product.category, ' > ', 1), '');
