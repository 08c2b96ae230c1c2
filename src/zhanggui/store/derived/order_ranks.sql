-- Valid orders of known customers, numbered in time; ties by order_id. sequence 1 = the customer's first.
SELECT order_id,
       customer_id,
       row_number() OVER (PARTITION BY customer_id ORDER BY placed_at, order_id) AS sequence,
       lag(placed_at) OVER (PARTITION BY customer_id ORDER BY placed_at, order_id) AS previous_at
FROM orders
WHERE customer_id IS NOT NULL
  AND status <> 'cancelled'
  /* touched: AND customer_id IN (SELECT customer_id FROM touched_customers) */
