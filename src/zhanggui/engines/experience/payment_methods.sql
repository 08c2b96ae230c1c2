-- Orders that were tried to be paid in the window, by method: attempts, and orders that never were paid by any method.
WITH outcome AS (
    SELECT coalesce('order ' || payment.order_id, 'attempt ' || payment.attempt_id) AS paying,
           bool_or(payment.status <> 'failed') AS open_or_paid
    FROM payments AS payment
    GROUP BY paying
),
tried AS (
    SELECT payment.method, payment.status, payment.amount,
           coalesce('order ' || payment.order_id, 'attempt ' || payment.attempt_id) AS paying
    FROM payments AS payment
    LEFT JOIN orders ON orders.order_id = payment.order_id
    WHERE payment.attempted_at >= :from AND payment.attempted_at < :to AND /*orders*/
)
SELECT tried.method AS payment_method,
       count(*) AS attempts,
       count(*) FILTER (WHERE tried.status = 'failed') AS failed,
       count(DISTINCT tried.paying) AS orders,
       count(DISTINCT tried.paying) FILTER (WHERE NOT outcome.open_or_paid) AS abandoned
FROM tried
JOIN outcome ON outcome.paying = tried.paying
GROUP BY tried.method
ORDER BY orders DESC, payment_method
