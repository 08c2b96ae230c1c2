-- Mean rating and number of ratings of each product, to the end of the window.
SELECT review.product_id AS product_id, avg(review.rating) AS rating, count(review.rating) AS reviews
FROM reviews AS review
WHERE review.product_id IS NOT NULL AND review.created_at < :to
GROUP BY review.product_id
