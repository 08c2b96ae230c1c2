-- Which customer a session showed itself to be: the last one named by its events, or by an order placed in it.
SELECT told.session_id AS session_id,
       min(told.visitor_id) AS visitor_id,
       max(told.customer_id) AS customer_id
FROM (SELECT step.session_id AS session_id,
             step.visitor_id AS visitor_id,
             coalesce(step.customer_id, ord.customer_id) AS customer_id,
             rank() OVER (PARTITION BY step.session_id ORDER BY step.occurred_at DESC) AS back
      FROM steps AS step
      LEFT JOIN orders AS ord ON ord.order_id = step.order_id
      WHERE (step.customer_id IS NOT NULL OR ord.customer_id IS NOT NULL)
        /* touched: AND step.session_id IN (SELECT session_id FROM rebuilt_sessions) */
     ) AS told
WHERE told.back = 1
GROUP BY told.session_id
