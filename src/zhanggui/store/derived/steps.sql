-- Every event that is no robot's, in its session: the platform's own, else the one found for it in spans.
SELECT event.session_id AS session_id,
       event.visitor_id AS visitor_id,
       event.customer_id AS customer_id,
       event.occurred_at AS occurred_at,
       local_day(event.occurred_at) AS day,
       event.event AS event,
       event.page_type AS page_type,
       event.product_id AS product_id,
       event.order_id AS order_id,
       event.query AS query,
       event.result_count AS result_count,
       event.quantity AS quantity,
       event.value AS value,
       event.load_ms AS load_ms,
       event.lcp_ms AS lcp_ms,
       event.inp_ms AS inp_ms,
       event.cls AS cls,
       event.ttfb_ms AS ttfb_ms,
       CASE WHEN event.event = 'error' THEN event.page_url END AS page_url
FROM events AS event
WHERE event.session_id IS NOT NULL
  AND (event.is_bot IS NULL OR NOT event.is_bot)
  /* touched: AND event.visitor_id IN (SELECT visitor_id FROM touched_visitors) AND event.occurred_at >= touched_from() AND event.occurred_at <= touched_to() */
UNION ALL
SELECT span.session_id,
       event.visitor_id,
       event.customer_id,
       event.occurred_at,
       local_day(event.occurred_at),
       event.event,
       event.page_type,
       event.product_id,
       event.order_id,
       event.query,
       event.result_count,
       event.quantity,
       event.value,
       event.load_ms,
       event.lcp_ms,
       event.inp_ms,
       event.cls,
       event.ttfb_ms,
       CASE WHEN event.event = 'error' THEN event.page_url END
FROM events AS event
JOIN spans AS span ON span.visitor_id = event.visitor_id
WHERE event.session_id IS NULL
  AND (event.is_bot IS NULL OR NOT event.is_bot)
  AND event.occurred_at >= span.from_at
  AND event.occurred_at <= span.until_at
  AND (span.next_at IS NULL OR event.occurred_at < span.next_at)
  /* touched: AND event.visitor_id IN (SELECT visitor_id FROM touched_visitors) AND event.occurred_at >= touched_from() AND event.occurred_at <= touched_to() */
