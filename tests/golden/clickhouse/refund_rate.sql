-- refund_rate of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       SUM(refund.amount) AS m0
FROM refunds AS refund
LEFT JOIN orders AS ord ON ord.order_id = refund.order_id
WHERE ord.placed_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND ord.placed_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND ord.status <> 'cancelled';

SELECT count(*) AS n,
       SUM(line.quantity * line.unit_price - COALESCE(line.discount_amount, 0)) AS m0
FROM order_lines AS line JOIN orders AS ord ON ord.order_id = line.order_id
WHERE ord.placed_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND ord.placed_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND ord.status <> 'cancelled';

-- by day and category_1
SELECT toDate32(toTimeZone(ord.placed_at, 'Asia/Shanghai')) AS d0,
       NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS d1,
       count(*) AS n,
       SUM(refund.amount) AS m0
FROM refund_shares AS refund
LEFT JOIN orders AS ord ON ord.order_id = refund.order_id
LEFT JOIN products AS product ON product.product_id = refund.product_id
WHERE ord.placed_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND ord.placed_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND ord.status <> 'cancelled'
GROUP BY toDate32(toTimeZone(ord.placed_at, 'Asia/Shanghai')), NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '');

SELECT toDate32(toTimeZone(ord.placed_at, 'Asia/Shanghai')) AS d0,
       NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS d1,
       count(*) AS n,
       SUM(line.quantity * line.unit_price - COALESCE(line.discount_amount, 0)) AS m0
FROM order_lines AS line JOIN orders AS ord ON ord.order_id = line.order_id
LEFT JOIN products AS product ON product.product_id = line.product_id
WHERE ord.placed_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND ord.placed_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND ord.status <> 'cancelled'
GROUP BY toDate32(toTimeZone(ord.placed_at, 'Asia/Shanghai')), NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '');
