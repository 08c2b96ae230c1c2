-- Orders of the window by device: how many, their mean value and its spread. Cancelled orders are left out.
SELECT grouping(device) AS overall, device, count(*) AS orders, avg(amount) AS mean, coalesce(var_samp(amount), 0) AS variance
FROM (
    SELECT orders.order_id, any_value(orders.device) AS device,
           CAST(sum(line.quantity * line.unit_price - coalesce(line.discount_amount, 0)) AS DOUBLE) AS amount
    FROM orders
    JOIN order_lines AS line ON line.order_id = orders.order_id
    WHERE orders.status <> 'cancelled' AND orders.placed_at >= :from AND orders.placed_at < :to AND /*orders*/
    GROUP BY orders.order_id
) AS valued
GROUP BY GROUPING SETS ((), (device))
