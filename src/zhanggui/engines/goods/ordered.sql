-- In how many valid orders of the window each product lies.
SELECT line.product_id AS product_id, count(DISTINCT line.order_id) AS orders
FROM order_lines AS line
JOIN orders AS ord ON ord.order_id = line.order_id
WHERE ord.status <> 'cancelled' AND ord.placed_at >= :from AND ord.placed_at < :to
GROUP BY line.product_id
