-- Last known stock of each product over all warehouses at the end of the window's last day.
SELECT span.product_id AS product_id, sum(span.on_hand) AS stock
FROM stock_spans AS span
WHERE span.from_day <= :last_day AND :last_day < span.to_day
GROUP BY span.product_id
