-- Payments, parcels, reviews, surveys and tickets, as an analyst counts them by hand; see trade.sql for the braces.

-- payment_attempts: a.attempted_at
SELECT {key}, count(DISTINCT a.attempt_id) FROM payments a LEFT JOIN orders o ON o.order_id = a.order_id {lines}
WHERE a.attempted_at >= {from} AND a.attempted_at < {to} AND {also} GROUP BY 1

-- ended_payments: a.attempted_at
SELECT {key}, count(DISTINCT a.attempt_id) FROM payments a LEFT JOIN orders o ON o.order_id = a.order_id {lines}
WHERE a.status <> 'pending' AND a.attempted_at >= {from} AND a.attempted_at < {to} AND {also} GROUP BY 1

-- succeeded_payments: a.attempted_at
SELECT {key}, count(DISTINCT a.attempt_id) FROM payments a LEFT JOIN orders o ON o.order_id = a.order_id {lines}
WHERE a.status = 'succeeded' AND a.attempted_at >= {from} AND a.attempted_at < {to} AND {also} GROUP BY 1

-- shipments_delivered: s.delivered_at
SELECT {key}, count(DISTINCT s.shipment_id) FROM shipments s LEFT JOIN orders o ON o.order_id = s.order_id {lines}
WHERE s.delivered_at >= {from} AND s.delivered_at < {to} AND {also} GROUP BY 1

-- delivery_days: s.delivered_at
WITH once AS (
    SELECT DISTINCT {key} AS key, s.shipment_id, epoch(s.delivered_at) - epoch(s.shipped_at) AS seconds
    FROM shipments s LEFT JOIN orders o ON o.order_id = s.order_id {lines}
    WHERE s.delivered_at >= {from} AND s.delivered_at < {to} AND {also}
)
SELECT key, avg(seconds) / 86400 FROM once GROUP BY 1

-- promised_deliveries: s.delivered_at
SELECT {key}, count(DISTINCT s.shipment_id) FROM shipments s LEFT JOIN orders o ON o.order_id = s.order_id {lines}
WHERE s.promised_at IS NOT NULL AND s.delivered_at >= {from} AND s.delivered_at < {to} AND {also} GROUP BY 1

-- late_deliveries: s.delivered_at
SELECT {key}, count(DISTINCT s.shipment_id) FROM shipments s LEFT JOIN orders o ON o.order_id = s.order_id {lines}
WHERE CASE WHEN timezone('{zone}', s.promised_at) = date_trunc('day', timezone('{zone}', s.promised_at))
           THEN CAST(timezone('{zone}', s.delivered_at) AS DATE) > CAST(timezone('{zone}', s.promised_at) AS DATE)
           ELSE s.delivered_at > s.promised_at END
  AND s.delivered_at >= {from} AND s.delivered_at < {to} AND {also} GROUP BY 1

-- reviews: v.created_at
SELECT {key}, count(*) FROM reviews v LEFT JOIN orders o ON o.order_id = v.order_id
LEFT JOIN products p ON p.product_id = v.product_id CROSS JOIN LATERAL (SELECT v.product_id AS product_id) AS l
WHERE v.created_at >= {from} AND v.created_at < {to} AND {also} GROUP BY 1

-- rating: v.created_at
SELECT {key}, avg(v.rating) FROM reviews v LEFT JOIN orders o ON o.order_id = v.order_id
LEFT JOIN products p ON p.product_id = v.product_id CROSS JOIN LATERAL (SELECT v.product_id AS product_id) AS l
WHERE v.created_at >= {from} AND v.created_at < {to} AND {also} GROUP BY 1

-- ratings: v.created_at
SELECT {key}, count(v.rating) FROM reviews v LEFT JOIN orders o ON o.order_id = v.order_id
LEFT JOIN products p ON p.product_id = v.product_id CROSS JOIN LATERAL (SELECT v.product_id AS product_id) AS l
WHERE v.created_at >= {from} AND v.created_at < {to} AND {also} GROUP BY 1

-- bad_ratings: v.created_at
SELECT {key}, count(*) FROM reviews v LEFT JOIN orders o ON o.order_id = v.order_id
LEFT JOIN products p ON p.product_id = v.product_id CROSS JOIN LATERAL (SELECT v.product_id AS product_id) AS l
WHERE v.rating IN (1, 2) AND v.created_at >= {from} AND v.created_at < {to} AND {also} GROUP BY 1

-- nps: n.answered_at
WITH once AS (
    SELECT DISTINCT {key} AS key, n.response_id, n.score FROM surveys n LEFT JOIN orders o ON o.order_id = n.order_id {lines}
    WHERE n.survey = 'nps' AND n.answered_at >= {from} AND n.answered_at < {to} AND {also}
)
SELECT key, 100.0 * (count(*) FILTER (score IN (9, 10)) - count(*) FILTER (score BETWEEN 0 AND 6)) / nullif(count(score), 0)
FROM once GROUP BY 1

-- tickets: k.opened_at
SELECT {key}, count(*) FROM tickets k LEFT JOIN orders o ON o.order_id = k.order_id
LEFT JOIN products p ON p.product_id = k.product_id CROSS JOIN LATERAL (SELECT k.product_id AS product_id) AS l
WHERE k.opened_at >= {from} AND k.opened_at < {to} AND {also} GROUP BY 1

-- complaints: k.opened_at
SELECT {key}, count(*) FROM tickets k LEFT JOIN orders o ON o.order_id = k.order_id
LEFT JOIN products p ON p.product_id = k.product_id CROSS JOIN LATERAL (SELECT k.product_id AS product_id) AS l
WHERE k.kind = 'complaint' AND k.opened_at >= {from} AND k.opened_at < {to} AND {also} GROUP BY 1

-- first_response_hours: k.opened_at
SELECT {key}, median(epoch(k.first_response_at) - epoch(k.opened_at)) / 3600
FROM tickets k LEFT JOIN orders o ON o.order_id = k.order_id
LEFT JOIN products p ON p.product_id = k.product_id CROSS JOIN LATERAL (SELECT k.product_id AS product_id) AS l
WHERE k.opened_at >= {from} AND k.opened_at < {to} AND {also} GROUP BY 1

-- resolution_hours: k.opened_at
SELECT {key}, median(epoch(k.resolved_at) - epoch(k.opened_at)) / 3600
FROM tickets k LEFT JOIN orders o ON o.order_id = k.order_id
LEFT JOIN products p ON p.product_id = k.product_id CROSS JOIN LATERAL (SELECT k.product_id AS product_id) AS l
WHERE k.opened_at >= {from} AND k.opened_at < {to} AND {also} GROUP BY 1
