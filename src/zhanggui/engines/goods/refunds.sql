-- All refunds to date of valid orders placed in the window, shared over the products of the order.
SELECT share.product_id AS product_id, sum(share.amount) AS refunded
FROM refund_shares AS share
JOIN orders AS ord ON ord.order_id = share.order_id
WHERE ord.status <> 'cancelled' AND ord.placed_at >= :from AND ord.placed_at < :to
GROUP BY share.product_id
