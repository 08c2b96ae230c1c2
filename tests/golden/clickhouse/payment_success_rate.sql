-- payment_success_rate of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       COUNT(*) AS m0
FROM payments AS payment
WHERE payment.attempted_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND payment.attempted_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND (payment.status IN ('succeeded', 'failed')) AND (payment.status = 'succeeded');

SELECT count(*) AS n,
       COUNT(*) AS m0
FROM payments AS payment
WHERE payment.attempted_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND payment.attempted_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND payment.status IN ('succeeded', 'failed');

-- by day and category_1
SELECT toDate32(toTimeZone(payment.attempted_at, 'Asia/Shanghai')) AS d0,
       od.category_1 AS d1,
       count(*) AS n,
       COUNT(*) AS m0
FROM payments AS payment
JOIN (SELECT DISTINCT line.order_id AS order_id, NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS category_1 FROM order_lines AS line LEFT JOIN products AS product ON product.product_id = line.product_id) AS od ON od.order_id = payment.order_id
WHERE payment.attempted_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND payment.attempted_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND (payment.status IN ('succeeded', 'failed')) AND (payment.status = 'succeeded')
GROUP BY toDate32(toTimeZone(payment.attempted_at, 'Asia/Shanghai')), od.category_1;

SELECT toDate32(toTimeZone(payment.attempted_at, 'Asia/Shanghai')) AS d0,
       od.category_1 AS d1,
       count(*) AS n,
       COUNT(*) AS m0
FROM payments AS payment
JOIN (SELECT DISTINCT line.order_id AS order_id, NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS category_1 FROM order_lines AS line LEFT JOIN products AS product ON product.product_id = line.product_id) AS od ON od.order_id = payment.order_id
WHERE payment.attempted_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND payment.attempted_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND payment.status IN ('succeeded', 'failed')
GROUP BY toDate32(toTimeZone(payment.attempted_at, 'Asia/Shanghai')), od.category_1;
