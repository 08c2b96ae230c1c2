-- rating of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       AVG(review.rating) AS m0
FROM reviews AS review
WHERE review.created_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND review.created_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC');

-- by day and category_1
SELECT toDate32(toTimeZone(review.created_at, 'Asia/Shanghai')) AS d0,
       NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS d1,
       count(*) AS n,
       AVG(review.rating) AS m0
FROM reviews AS review
LEFT JOIN products AS product ON product.product_id = review.product_id
WHERE review.created_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND review.created_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
GROUP BY toDate32(toTimeZone(review.created_at, 'Asia/Shanghai')), NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '');
