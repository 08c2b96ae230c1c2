-- Gross margin of the window over the lines whose cost is known (of the line, else of the product).
SELECT
    line.product_id AS product_id,
    sum(line.quantity * line.unit_price - coalesce(line.discount_amount, 0)
        - line.quantity * coalesce(line.unit_cost, product.unit_cost)) AS gross_profit,
    sum(line.quantity * line.unit_price - coalesce(line.discount_amount, 0)) AS covered_sales
FROM order_lines AS line
JOIN orders AS ord ON ord.order_id = line.order_id
LEFT JOIN products AS product ON product.product_id = line.product_id
WHERE ord.status <> 'cancelled' AND ord.placed_at >= :from AND ord.placed_at < :to
    AND coalesce(line.unit_cost, product.unit_cost) IS NOT NULL
GROUP BY line.product_id
