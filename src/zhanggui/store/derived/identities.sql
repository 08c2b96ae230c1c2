-- Which customer a session showed itself to be: the platform's word, else the last one named by its events, or by an
-- order placed in it.
SELECT told.session_id AS session_id,
       max(told.customer_id) AS customer_id
FROM (SELECT step.session_id AS session_id,
             coalesce(step.customer_id, ord.customer_id) AS customer_id,
             rank() OVER (PARTITION BY step.session_id ORDER BY step.occurred_at DESC) AS back
      FROM steps AS step
      LEFT JOIN orders AS ord ON ord.order_id = step.order_id
      WHERE (step.customer_id IS NOT NULL OR ord.customer_id IS NOT NULL)
        AND step.session_id NOT IN (SELECT session_id FROM sessions WHERE customer_id IS NOT NULL)
        /* touched: AND step.session_id IN (SELECT session_id FROM identified_sessions) AND step.occurred_at >= touched_from() AND step.occurred_at <= touched_to() */
     ) AS told
WHERE told.back = 1
GROUP BY told.session_id
UNION ALL
SELECT session_id, customer_id
FROM sessions
WHERE customer_id IS NOT NULL
  /* touched: AND session_id IN (SELECT session_id FROM identified_sessions) */
