-- errors_per_view of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       COUNT(*) AS m0
FROM steps AS event
WHERE event.day >= toDate32('2026-03-01')
  AND event.day < toDate32('2026-03-08')
  AND event.event = 'error';

SELECT count(*) AS n,
       COUNT(*) AS m0
FROM steps AS event
WHERE event.day >= toDate32('2026-03-01')
  AND event.day < toDate32('2026-03-08')
  AND event.event = 'page_view';

-- by day and category_1
SELECT event.day AS d0,
       NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS d1,
       count(*) AS n,
       COUNT(*) AS m0
FROM steps AS event
LEFT JOIN products AS product ON product.product_id = event.product_id
WHERE event.day >= toDate32('2026-03-01')
  AND event.day < toDate32('2026-03-08')
  AND event.event = 'error'
GROUP BY event.day, NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '');

SELECT event.day AS d0,
       NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS d1,
       count(*) AS n,
       COUNT(*) AS m0
FROM steps AS event
LEFT JOIN products AS product ON product.product_id = event.product_id
WHERE event.day >= toDate32('2026-03-01')
  AND event.day < toDate32('2026-03-08')
  AND event.event = 'page_view'
GROUP BY event.day, NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '');
