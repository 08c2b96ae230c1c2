-- The list price in force at the end of the window, and when it began.
SELECT
    price.product_id AS product_id,
    arg_max(price.price, price.changed_at) FILTER (WHERE price.changed_at < :to) AS price_now,
    arg_max(price.price, price.changed_at) FILTER (WHERE price.changed_at <= :from) AS price_then
FROM price_changes AS price
GROUP BY price.product_id
