-- Ad spend and stock, as an analyst counts them by hand; see trade.sql for the braces.

-- ad_spend: a.day
SELECT {key}, sum(a.spend) FROM ad_spend a WHERE a.day >= {first} AND a.day < {last} AND {also} GROUP BY 1

-- impressions: a.day
SELECT {key}, sum(a.impressions) FROM ad_spend a WHERE a.day >= {first} AND a.day < {last} AND {also} GROUP BY 1

-- clicks: a.day
SELECT {key}, sum(a.clicks) FROM ad_spend a WHERE a.day >= {first} AND a.day < {last} AND {also} GROUP BY 1

-- reported_conversions: a.day
SELECT {key}, sum(a.reported_conversions) FROM ad_spend a WHERE a.day >= {first} AND a.day < {last} AND {also} GROUP BY 1

-- attributed_sales: o.placed_at
SELECT {key}, sum(l.quantity * l.unit_price - coalesce(l.discount_amount, 0))
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.status <> 'cancelled' AND o.placed_at >= {from} AND o.placed_at < {to} AND {also}
  AND EXISTS (SELECT 1 FROM ad_spend a WHERE a.campaign_id = o.campaign_id AND a.spend > 0 AND a.day >= {first} AND a.day < {last})
GROUP BY 1

-- attributed_gross_profit: o.placed_at
SELECT {key}, sum(l.quantity * (l.unit_price - ifnull(l.unit_cost, p.unit_cost)) - coalesce(l.discount_amount, 0))
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.status <> 'cancelled' AND ifnull(l.unit_cost, p.unit_cost) IS NOT NULL AND o.placed_at >= {from} AND o.placed_at < {to} AND {also}
  AND EXISTS (SELECT 1 FROM ad_spend a WHERE a.campaign_id = o.campaign_id AND a.spend > 0 AND a.day >= {first} AND a.day < {last})
GROUP BY 1

-- stock_value: a.day
{shelves} , daily AS (
    SELECT {key} AS key, a.day, sum(a.on_hand * p.unit_cost) AS value FROM a LEFT JOIN products p ON p.product_id = a.product_id
    CROSS JOIN LATERAL (SELECT a.product_id AS product_id) AS l WHERE {also} GROUP BY ALL
)
SELECT key, avg(value) FROM daily GROUP BY 1

-- closing_stock: a.day
{shelves} SELECT {key}, sum(a.on_hand) FROM a LEFT JOIN products p ON p.product_id = a.product_id
CROSS JOIN LATERAL (SELECT a.product_id AS product_id) AS l WHERE a.day = {last} - 1 AND {also} GROUP BY 1

-- product_days: a.day
{shelves} SELECT {key}, count(DISTINCT (a.product_id, a.day)) FROM a LEFT JOIN products p ON p.product_id = a.product_id
CROSS JOIN LATERAL (SELECT a.product_id AS product_id) AS l
WHERE (p.listed_on IS NULL OR p.listed_on <= a.day) AND (p.delisted_on IS NULL OR p.delisted_on > a.day) AND {also} GROUP BY 1

-- empty_product_days: a.day
{shelves} , whole AS (SELECT a.product_id, a.day FROM a GROUP BY ALL HAVING sum(a.on_hand) <= 0)
SELECT {key}, count(*) FROM whole a LEFT JOIN products p ON p.product_id = a.product_id
CROSS JOIN LATERAL (SELECT a.product_id AS product_id) AS l
WHERE (p.listed_on IS NULL OR p.listed_on <= a.day) AND (p.delisted_on IS NULL OR p.delisted_on > a.day) AND {also} GROUP BY 1

-- units_28_days: o.placed_at
SELECT {key}, sum(l.quantity)
FROM orders o JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id
WHERE o.status <> 'cancelled' AND CAST(timezone('{zone}', o.placed_at) AS DATE) BETWEEN {last} - 28 AND {last} - 1 AND {also}
GROUP BY 1
