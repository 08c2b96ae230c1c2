-- What valid orders sold of each product: in the window, in the one before, in the 28 days to its end.
SELECT
    line.product_id AS product_id,
    sum(CASE WHEN ord.placed_at >= :from AND ord.placed_at < :to
        THEN line.quantity * line.unit_price - coalesce(line.discount_amount, 0) END) AS sales,
    sum(CASE WHEN ord.placed_at >= :before_from AND ord.placed_at < :before_to
        THEN line.quantity * line.unit_price - coalesce(line.discount_amount, 0) END) AS sales_before,
    sum(CASE WHEN ord.placed_at >= :from AND ord.placed_at < :to THEN line.quantity END) AS units,
    sum(CASE WHEN ord.placed_at >= :before_from AND ord.placed_at < :before_to THEN line.quantity END) AS units_before,
    sum(CASE WHEN ord.placed_at >= :cover_from AND ord.placed_at < :to THEN line.quantity END) AS units_28_days,
    min(ord.placed_at) AS first_sold_at
FROM order_lines AS line
JOIN orders AS ord ON ord.order_id = line.order_id
WHERE ord.status <> 'cancelled'
GROUP BY line.product_id
