-- rating of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       AVG(review.rating) AS m0
FROM reviews AS review
WHERE review.created_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND review.created_at < TIMESTAMPTZ '2026-03-07 16:00:00+00';

-- by day and category_1
SELECT CAST((review.created_at AT TIME ZONE 'Asia/Shanghai') AS DATE) AS d0,
       NULLIF(split_part(product.category, ' > ', 1), '') AS d1,
       count(*) AS n,
       AVG(review.rating) AS m0
FROM reviews AS review
LEFT JOIN products AS product ON product.product_id = review.product_id
WHERE review.created_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND review.created_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
GROUP BY CAST((review.created_at AT TIME ZONE 'Asia/Shanghai') AS DATE), NULLIF(split_part(product.category, ' > ', 1), '');
