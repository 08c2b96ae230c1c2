-- orders_per_session of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       COUNT(*) AS m0
FROM orders AS ord
WHERE ord.placed_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND ord.placed_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND ord.status <> 'cancelled';

SELECT count(*) AS n,
       SUM(visit.sessions) AS m0
FROM visits AS visit
WHERE visit.day >= toDate32('2026-03-01')
  AND visit.day < toDate32('2026-03-08');

-- by day and category_1
SELECT toDate32(toTimeZone(ord.placed_at, 'Asia/Shanghai')) AS d0,
       od.category_1 AS d1,
       count(*) AS n,
       COUNT(DISTINCT ord.order_id) AS m0
FROM orders AS ord
JOIN (SELECT DISTINCT line.order_id AS order_id, NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS category_1 FROM order_lines AS line LEFT JOIN products AS product ON product.product_id = line.product_id) AS od ON od.order_id = ord.order_id
WHERE ord.placed_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND ord.placed_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND ord.status <> 'cancelled'
GROUP BY toDate32(toTimeZone(ord.placed_at, 'Asia/Shanghai')), od.category_1;

SELECT toDate32(toTimeZone(visit.started_at, 'Asia/Shanghai')) AS d0,
       visit.category_1 AS d1,
       count(*) AS n,
       SUM(visit.sessions) AS m0
FROM (SELECT min(visit.started_at) AS started_at,
             1 AS sessions,
             NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS category_1
      FROM steps AS event JOIN visits AS visit ON visit.session_id = event.session_id
      LEFT JOIN products AS product ON product.product_id = event.product_id
      WHERE visit.started_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
        AND visit.started_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
      GROUP BY event.session_id, NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '')) AS visit
GROUP BY toDate32(toTimeZone(visit.started_at, 'Asia/Shanghai')), visit.category_1;
