-- Refunds by product: one of a line stays with it, one of a whole order is shared over the order's lines by net amount.
SELECT refund.refund_id AS refund_id,
       refund.order_id AS order_id,
       coalesce(refund.line_no, line.line_no) AS line_no,
       refund.refunded_at AS refunded_at,
       line.product_id AS product_id,
       refund.quantity AS quantity,
       refund.reason AS reason,
       CASE WHEN refund.line_no IS NOT NULL OR line.order_id IS NULL THEN CAST(refund.amount AS DOUBLE)
            WHEN whole.net <> 0
            THEN CAST(refund.amount AS DOUBLE) * CAST(line.net AS DOUBLE) / CAST(whole.net AS DOUBLE)
            ELSE CAST(refund.amount AS DOUBLE) / whole.lines END AS amount
FROM refunds AS refund
LEFT JOIN (SELECT order_id, line_no, product_id, quantity * unit_price - coalesce(discount_amount, 0) AS net
           FROM order_lines) AS line
       ON line.order_id = refund.order_id AND (refund.line_no IS NULL OR refund.line_no = line.line_no)
LEFT JOIN (SELECT order_id, sum(quantity * unit_price - coalesce(discount_amount, 0)) AS net, count(*) AS lines
           FROM order_lines GROUP BY order_id) AS whole
       ON whole.order_id = refund.order_id
WHERE refund.refund_id IS NOT NULL
  /* touched: AND refund.refund_id IN (SELECT refund_id FROM touched_refunds) */
