-- late_delivery_rate of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       COUNT(*) AS m0
FROM shipments AS shipment
WHERE shipment.delivered_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND shipment.delivered_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND (NOT (shipment.promised_at IS NULL)) AND (shipment.delivered_at > (CASE WHEN formatDateTime(toTimeZone(shipment.promised_at, 'Asia/Shanghai'), '%T.%f') = '00:00:00.000000' THEN toTimeZone(subtractMicroseconds(addDays(toTimeZone(shipment.promised_at, 'Asia/Shanghai'), 1), 1), 'UTC') ELSE shipment.promised_at END));

SELECT count(*) AS n,
       COUNT(*) AS m0
FROM shipments AS shipment
WHERE shipment.delivered_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND shipment.delivered_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND NOT (shipment.promised_at IS NULL);

-- by day and category_1
SELECT toDate32(toTimeZone(shipment.delivered_at, 'Asia/Shanghai')) AS d0,
       od.category_1 AS d1,
       count(*) AS n,
       COUNT(*) AS m0
FROM shipments AS shipment
JOIN (SELECT DISTINCT line.order_id AS order_id, NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS category_1 FROM order_lines AS line LEFT JOIN products AS product ON product.product_id = line.product_id) AS od ON od.order_id = shipment.order_id
WHERE shipment.delivered_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND shipment.delivered_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND (NOT (shipment.promised_at IS NULL)) AND (shipment.delivered_at > (CASE WHEN formatDateTime(toTimeZone(shipment.promised_at, 'Asia/Shanghai'), '%T.%f') = '00:00:00.000000' THEN toTimeZone(subtractMicroseconds(addDays(toTimeZone(shipment.promised_at, 'Asia/Shanghai'), 1), 1), 'UTC') ELSE shipment.promised_at END))
GROUP BY toDate32(toTimeZone(shipment.delivered_at, 'Asia/Shanghai')), od.category_1;

SELECT toDate32(toTimeZone(shipment.delivered_at, 'Asia/Shanghai')) AS d0,
       od.category_1 AS d1,
       count(*) AS n,
       COUNT(*) AS m0
FROM shipments AS shipment
JOIN (SELECT DISTINCT line.order_id AS order_id, NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS category_1 FROM order_lines AS line LEFT JOIN products AS product ON product.product_id = line.product_id) AS od ON od.order_id = shipment.order_id
WHERE shipment.delivered_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND shipment.delivered_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND NOT (shipment.promised_at IS NULL)
GROUP BY toDate32(toTimeZone(shipment.delivered_at, 'Asia/Shanghai')), od.category_1;
