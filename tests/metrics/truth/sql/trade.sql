-- What an analyst writes by hand over the shop's tables. {key} is what is grouped by (nothing: 'all'), {from} and {to}
-- the first moments of the window's first day and of the day after its last, {also} a filter (none: true);
-- {lines} joins an order's lines and products when they are grouped by or filtered.

-- gmv: o.placed_at
SELECT {key}, sum(l.quantity * l.unit_price)
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- sales: o.placed_at
SELECT {key}, sum(l.quantity * l.unit_price - coalesce(l.discount_amount, 0))
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.status <> 'cancelled' AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- paid_sales: o.placed_at
SELECT {key}, sum(l.quantity * l.unit_price - coalesce(l.discount_amount, 0))
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.status NOT IN ('cancelled') AND (o.status NOT IN ('placed') OR o.paid_at IS NOT NULL)
  AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- cancelled_sales: o.placed_at
SELECT {key}, sum(l.quantity * l.unit_price)
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.status = 'cancelled' AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- line_discounts: o.placed_at
SELECT {key}, sum(CASE WHEN l.discount_amount IS NULL THEN 0 ELSE l.discount_amount END)
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.status <> 'cancelled' AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- list_sales: o.placed_at
SELECT {key}, sum(l.quantity * l.unit_price)
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.status <> 'cancelled' AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- cost_of_goods_sold: o.placed_at
SELECT {key}, sum(l.quantity * ifnull(l.unit_cost, p.unit_cost))
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.status <> 'cancelled' AND ifnull(l.unit_cost, p.unit_cost) IS NOT NULL
  AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- covered_sales: o.placed_at
SELECT {key}, sum(l.quantity * l.unit_price - coalesce(l.discount_amount, 0))
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.status <> 'cancelled' AND ifnull(l.unit_cost, p.unit_cost) IS NOT NULL
  AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- gross_profit: o.placed_at
SELECT {key}, sum(l.quantity * (l.unit_price - ifnull(l.unit_cost, p.unit_cost)) - coalesce(l.discount_amount, 0))
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.status <> 'cancelled' AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- units: o.placed_at
SELECT {key}, sum(l.quantity)
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.status <> 'cancelled' AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- sales_of_customers: o.placed_at
SELECT {key}, sum(l.quantity * l.unit_price - coalesce(l.discount_amount, 0))
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.status <> 'cancelled' AND o.customer_id IS NOT NULL
  AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- units_of_customers: o.placed_at
SELECT {key}, sum(l.quantity)
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.status <> 'cancelled' AND o.customer_id IS NOT NULL
  AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- anonymous_sales: o.placed_at
SELECT {key}, sum(l.quantity * l.unit_price - coalesce(l.discount_amount, 0))
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.status <> 'cancelled' AND o.customer_id IS NULL
  AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- new_sales: o.placed_at
SELECT {key}, sum(l.quantity * l.unit_price - coalesce(l.discount_amount, 0))
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.order_id IN (SELECT order_id FROM firsts) AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- returning_sales: o.placed_at
SELECT {key}, sum(l.quantity * l.unit_price - coalesce(l.discount_amount, 0))
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.status <> 'cancelled' AND o.customer_id IS NOT NULL AND o.order_id NOT IN (SELECT order_id FROM firsts)
  AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- refunded: r.refunded_at
SELECT {key}, sum(r.amount)
FROM refunds r LEFT JOIN orders o ON o.order_id = r.order_id
WHERE r.order_id NOT IN (SELECT order_id FROM orders WHERE status = 'cancelled')
  AND r.refunded_at >= {from} AND r.refunded_at < {to} AND {also} GROUP BY 1

-- refunded@lines: r.refunded_at
WITH net AS (
    SELECT order_id, line_no, product_id, quantity * unit_price - coalesce(discount_amount, 0) AS net,
           sum(quantity * unit_price - coalesce(discount_amount, 0)) OVER (PARTITION BY order_id) AS whole,
           count(*) OVER (PARTITION BY order_id) AS lines
    FROM order_lines
)
SELECT {key}, sum(CAST(r.amount AS DOUBLE) * CASE WHEN r.line_no IS NOT NULL OR n.order_id IS NULL THEN 1
                                                  WHEN n.whole <> 0 THEN CAST(n.net AS DOUBLE) / CAST(n.whole AS DOUBLE)
                                                  ELSE 1.0 / n.lines END)
FROM refunds r LEFT JOIN orders o ON o.order_id = r.order_id
LEFT JOIN net n ON n.order_id = r.order_id AND (r.line_no IS NULL OR n.line_no = r.line_no)
LEFT JOIN products p ON p.product_id = n.product_id
CROSS JOIN LATERAL (SELECT n.product_id AS product_id) AS l
WHERE r.order_id NOT IN (SELECT order_id FROM orders WHERE status = 'cancelled')
  AND r.refunded_at >= {from} AND r.refunded_at < {to} AND {also} GROUP BY 1

-- refunded_to_date: o.placed_at
SELECT {key}, sum(r.amount)
FROM orders o JOIN refunds r ON r.order_id = o.order_id
WHERE o.status <> 'cancelled' AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- refunded_to_date@lines: o.placed_at
WITH net AS (
    SELECT order_id, line_no, product_id, quantity * unit_price - coalesce(discount_amount, 0) AS net,
           sum(quantity * unit_price - coalesce(discount_amount, 0)) OVER (PARTITION BY order_id) AS whole,
           count(*) OVER (PARTITION BY order_id) AS lines
    FROM order_lines
)
SELECT {key}, sum(CAST(r.amount AS DOUBLE) * CASE WHEN r.line_no IS NOT NULL OR n.order_id IS NULL THEN 1
                                                  WHEN n.whole <> 0 THEN CAST(n.net AS DOUBLE) / CAST(n.whole AS DOUBLE)
                                                  ELSE 1.0 / n.lines END)
FROM refunds r JOIN orders o ON o.order_id = r.order_id
LEFT JOIN net n ON n.order_id = r.order_id AND (r.line_no IS NULL OR n.line_no = r.line_no)
LEFT JOIN products p ON p.product_id = n.product_id
CROSS JOIN LATERAL (SELECT n.product_id AS product_id) AS l
WHERE o.status <> 'cancelled' AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- orders: o.placed_at
SELECT {key}, count(DISTINCT o.order_id) FROM orders o {lines}
WHERE o.status <> 'cancelled' AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- placed_orders: o.placed_at
SELECT {key}, count(DISTINCT o.order_id) FROM orders o {lines}
WHERE o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- cancelled_orders: o.placed_at
SELECT {key}, count(DISTINCT o.order_id) FROM orders o {lines}
WHERE o.status = 'cancelled' AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- orders_with_coupon: o.placed_at
SELECT {key}, count(DISTINCT o.order_id) FROM orders o {lines}
WHERE o.status <> 'cancelled' AND o.coupon_code IS NOT NULL
  AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- orders_with_customer: o.placed_at
SELECT {key}, count(DISTINCT o.order_id) FROM orders o {lines}
WHERE o.status <> 'cancelled' AND o.customer_id IS NOT NULL
  AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- anonymous_orders: o.placed_at
SELECT {key}, count(DISTINCT o.order_id) FROM orders o {lines}
WHERE o.status <> 'cancelled' AND o.customer_id IS NULL
  AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- new_orders: o.placed_at
SELECT {key}, count(DISTINCT o.order_id) FROM orders o {lines}
WHERE o.order_id IN (SELECT order_id FROM firsts) AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- returning_orders: o.placed_at
SELECT {key}, count(DISTINCT o.order_id) FROM orders o {lines}
WHERE o.status <> 'cancelled' AND o.customer_id IS NOT NULL AND o.order_id NOT IN (SELECT order_id FROM firsts)
  AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- buyers: o.placed_at
SELECT {key}, count(DISTINCT o.customer_id) FROM orders o {lines}
WHERE o.status <> 'cancelled' AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- new_buyers: o.placed_at
SELECT {key}, count(DISTINCT o.customer_id) FROM orders o {lines}
WHERE o.order_id IN (SELECT order_id FROM firsts) AND o.placed_at >= {from} AND o.placed_at < {to} AND {also} GROUP BY 1

-- returning_buyers: o.placed_at
SELECT {key}, count(DISTINCT o.customer_id) FROM orders o {lines}
WHERE o.status <> 'cancelled' AND o.customer_id IS NOT NULL AND o.placed_at >= {from} AND o.placed_at < {to} AND {also}
  AND EXISTS (SELECT 1 FROM orders b WHERE b.customer_id = o.customer_id AND b.status <> 'cancelled'
                AND (b.placed_at < o.placed_at OR (b.placed_at = o.placed_at AND b.order_id < o.order_id))) GROUP BY 1

-- repurchase_interval_days: o.placed_at
WITH gaps AS (
    SELECT order_id, epoch(placed_at - lag(placed_at) OVER (PARTITION BY customer_id ORDER BY placed_at, order_id)) / 86400 AS days
    FROM orders WHERE status <> 'cancelled' AND customer_id IS NOT NULL
), once AS (
    SELECT DISTINCT {key} AS key, o.order_id, g.days FROM orders o JOIN gaps g ON g.order_id = o.order_id {lines}
    WHERE o.placed_at >= {from} AND o.placed_at < {to} AND {also}
)
SELECT key, median(days) FROM once GROUP BY 1
