-- visitor_conversion_rate of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       COUNT(DISTINCT hit.visitor_id) AS m0
FROM hits AS hit
WHERE hit.day >= DATE '2026-03-01'
  AND hit.day < DATE '2026-03-08'
  AND (NOT hit.purchases IS NULL) AND (hit.purchases > 0);

SELECT count(*) AS n,
       COUNT(DISTINCT hit.visitor_id) AS m0
FROM hits AS hit
WHERE hit.day >= DATE '2026-03-01'
  AND hit.day < DATE '2026-03-08'
  AND NOT hit.purchases IS NULL;

-- by day and category_1
SELECT CAST(from_utc_timestamp(hit.seen_at, 'Asia/Shanghai') AS DATE) AS d0,
       NULLIF(split_part(product.category, ' > ', 1), '') AS d1,
       count(*) AS n,
       COUNT(DISTINCT hit.visitor_id) AS m0
FROM (SELECT event.occurred_at AS seen_at,
             event.visitor_id AS visitor_id,
             CASE WHEN event.event = 'purchase' THEN 1 ELSE 0 END AS purchases,
             event.product_id AS product_id
      FROM steps AS event) AS hit
LEFT JOIN products AS product ON product.product_id = hit.product_id
WHERE hit.seen_at >= TIMESTAMP '2026-02-28 16:00:00+00:00'
  AND hit.seen_at < TIMESTAMP '2026-03-07 16:00:00+00:00'
  AND (NOT hit.purchases IS NULL) AND (hit.purchases > 0)
GROUP BY CAST(from_utc_timestamp(hit.seen_at, 'Asia/Shanghai') AS DATE), NULLIF(split_part(product.category, ' > ', 1), '');

SELECT CAST(from_utc_timestamp(hit.seen_at, 'Asia/Shanghai') AS DATE) AS d0,
       NULLIF(split_part(product.category, ' > ', 1), '') AS d1,
       count(*) AS n,
       COUNT(DISTINCT hit.visitor_id) AS m0
FROM (SELECT event.occurred_at AS seen_at,
             event.visitor_id AS visitor_id,
             CASE WHEN event.event = 'purchase' THEN 1 ELSE 0 END AS purchases,
             event.product_id AS product_id
      FROM steps AS event) AS hit
LEFT JOIN products AS product ON product.product_id = hit.product_id
WHERE hit.seen_at >= TIMESTAMP '2026-02-28 16:00:00+00:00'
  AND hit.seen_at < TIMESTAMP '2026-03-07 16:00:00+00:00'
  AND NOT hit.purchases IS NULL
GROUP BY CAST(from_utc_timestamp(hit.seen_at, 'Asia/Shanghai') AS DATE), NULLIF(split_part(product.category, ' > ', 1), '');
