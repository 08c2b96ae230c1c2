-- late_delivery_rate of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       COUNT(*) AS m0
FROM shipments AS shipment
WHERE shipment.delivered_at >= TIMESTAMP '2026-02-28 16:00:00+00:00'
  AND shipment.delivered_at < TIMESTAMP '2026-03-07 16:00:00+00:00'
  AND (NOT shipment.promised_at IS NULL) AND (shipment.delivered_at > (CASE WHEN date_format(from_utc_timestamp(shipment.promised_at, 'Asia/Shanghai'), 'HH:mm:ss.SSSSSS') = '00:00:00.000000' THEN to_utc_timestamp(from_utc_timestamp(shipment.promised_at, 'Asia/Shanghai') + INTERVAL '1' DAY, 'Asia/Shanghai') - INTERVAL '0.000001' SECOND ELSE shipment.promised_at END));

SELECT count(*) AS n,
       COUNT(*) AS m0
FROM shipments AS shipment
WHERE shipment.delivered_at >= TIMESTAMP '2026-02-28 16:00:00+00:00'
  AND shipment.delivered_at < TIMESTAMP '2026-03-07 16:00:00+00:00'
  AND NOT shipment.promised_at IS NULL;

-- by day and category_1
SELECT CAST(from_utc_timestamp(shipment.delivered_at, 'Asia/Shanghai') AS DATE) AS d0,
       od.category_1 AS d1,
       count(*) AS n,
       COUNT(*) AS m0
FROM shipments AS shipment
JOIN (SELECT DISTINCT line.order_id AS order_id, NULLIF(split_part(product.category, ' > ', 1), '') AS category_1 FROM order_lines AS line LEFT JOIN products AS product ON product.product_id = line.product_id) AS od ON od.order_id = shipment.order_id
WHERE shipment.delivered_at >= TIMESTAMP '2026-02-28 16:00:00+00:00'
  AND shipment.delivered_at < TIMESTAMP '2026-03-07 16:00:00+00:00'
  AND (NOT shipment.promised_at IS NULL) AND (shipment.delivered_at > (CASE WHEN date_format(from_utc_timestamp(shipment.promised_at, 'Asia/Shanghai'), 'HH:mm:ss.SSSSSS') = '00:00:00.000000' THEN to_utc_timestamp(from_utc_timestamp(shipment.promised_at, 'Asia/Shanghai') + INTERVAL '1' DAY, 'Asia/Shanghai') - INTERVAL '0.000001' SECOND ELSE shipment.promised_at END))
GROUP BY CAST(from_utc_timestamp(shipment.delivered_at, 'Asia/Shanghai') AS DATE), od.category_1;

SELECT CAST(from_utc_timestamp(shipment.delivered_at, 'Asia/Shanghai') AS DATE) AS d0,
       od.category_1 AS d1,
       count(*) AS n,
       COUNT(*) AS m0
FROM shipments AS shipment
JOIN (SELECT DISTINCT line.order_id AS order_id, NULLIF(split_part(product.category, ' > ', 1), '') AS category_1 FROM order_lines AS line LEFT JOIN products AS product ON product.product_id = line.product_id) AS od ON od.order_id = shipment.order_id
WHERE shipment.delivered_at >= TIMESTAMP '2026-02-28 16:00:00+00:00'
  AND shipment.delivered_at < TIMESTAMP '2026-03-07 16:00:00+00:00'
  AND NOT shipment.promised_at IS NULL
GROUP BY CAST(from_utc_timestamp(shipment.delivered_at, 'Asia/Shanghai') AS DATE), od.category_1;
