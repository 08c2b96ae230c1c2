-- delivery_days of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       AVG(((epoch_us(shipment.delivered_at) - epoch_us(shipment.shipped_at)) / 1000000.0) / 86400) AS m0
FROM shipments AS shipment
WHERE shipment.delivered_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND shipment.delivered_at < TIMESTAMPTZ '2026-03-07 16:00:00+00';

-- by day and category_1
SELECT CAST(timezone('Asia/Shanghai', shipment.delivered_at) AS DATE) AS d0,
       od.category_1 AS d1,
       count(*) AS n,
       AVG(((epoch_us(shipment.delivered_at) - epoch_us(shipment.shipped_at)) / 1000000.0) / 86400) AS m0
FROM shipments AS shipment
JOIN (SELECT DISTINCT line.order_id AS order_id, NULLIF(split_part(product.category, ' > ', 1), '') AS category_1 FROM order_lines AS line LEFT JOIN products AS product ON product.product_id = line.product_id) AS od ON od.order_id = shipment.order_id
WHERE shipment.delivered_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND shipment.delivered_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
GROUP BY CAST(timezone('Asia/Shanghai', shipment.delivered_at) AS DATE), od.category_1;
