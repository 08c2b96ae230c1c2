-- error_session_share of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       COUNT(DISTINCT event.session_id) AS m0
FROM steps AS event
WHERE event.day >= DATE '2026-03-01'
  AND event.day < DATE '2026-03-08'
  AND event.event = 'error';

SELECT count(*) AS n,
       COUNT(DISTINCT event.session_id) AS m0
FROM steps AS event
WHERE event.day >= DATE '2026-03-01'
  AND event.day < DATE '2026-03-08';

-- by day and category_1
SELECT event.day AS d0,
       NULLIF(split_part(product.category, ' > ', 1), '') AS d1,
       count(*) AS n,
       COUNT(DISTINCT event.session_id) AS m0
FROM steps AS event
LEFT JOIN products AS product ON product.product_id = event.product_id
WHERE event.day >= DATE '2026-03-01'
  AND event.day < DATE '2026-03-08'
  AND event.event = 'error'
GROUP BY event.day, NULLIF(split_part(product.category, ' > ', 1), '');

SELECT event.day AS d0,
       NULLIF(split_part(product.category, ' > ', 1), '') AS d1,
       count(*) AS n,
       COUNT(DISTINCT event.session_id) AS m0
FROM steps AS event
LEFT JOIN products AS product ON product.product_id = event.product_id
WHERE event.day >= DATE '2026-03-01'
  AND event.day < DATE '2026-03-08'
GROUP BY event.day, NULLIF(split_part(product.category, ' > ', 1), '');
