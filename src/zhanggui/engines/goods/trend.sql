-- Sales of the products of a page per bucket of :bucket days, counted back from the end of the window.
SELECT
    line.product_id AS product_id,
    CAST(floor((:last_day - CAST(timezone(:zone, ord.placed_at) AS DATE)) / :bucket) AS INTEGER) AS back,
    sum(line.quantity * line.unit_price - coalesce(line.discount_amount, 0)) AS sales
FROM order_lines AS line
JOIN orders AS ord ON ord.order_id = line.order_id
WHERE ord.status <> 'cancelled' AND ord.placed_at >= :from AND ord.placed_at < :to
    AND line.product_id IN (SELECT unnest(:products))
GROUP BY ALL
