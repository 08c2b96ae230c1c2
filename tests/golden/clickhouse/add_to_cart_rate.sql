-- add_to_cart_rate of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       SUM(visit.with_item_and_cart) AS m0,
       SUM(visit.with_item) AS m1
FROM visits AS visit
WHERE visit.day >= toDate32('2026-03-01')
  AND visit.day < toDate32('2026-03-08')
  AND NOT (visit.with_item_and_cart IS NULL);

-- by day and category_1
SELECT toDate32(toTimeZone(visit.started_at, 'Asia/Shanghai')) AS d0,
       visit.category_1 AS d1,
       count(*) AS n,
       SUM(visit.with_item_and_cart) AS m0,
       SUM(visit.with_item) AS m1
FROM (SELECT min(visit.started_at) AS started_at,
             max(CASE WHEN event.event = 'view_item' THEN 1 ELSE 0 END) AS with_item,
             max(CASE WHEN event.event = 'view_item' THEN 1 ELSE 0 END) * max(CASE WHEN event.event = 'add_to_cart' THEN 1 ELSE 0 END) AS with_item_and_cart,
             NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS category_1
      FROM steps AS event JOIN visits AS visit ON visit.session_id = event.session_id
      LEFT JOIN products AS product ON product.product_id = event.product_id
      WHERE visit.started_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
        AND visit.started_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
      GROUP BY event.session_id, NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '')) AS visit
WHERE NOT (visit.with_item_and_cart IS NULL)
GROUP BY toDate32(toTimeZone(visit.started_at, 'Asia/Shanghai')), visit.category_1;
