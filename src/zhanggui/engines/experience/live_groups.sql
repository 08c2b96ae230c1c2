-- What visitors look at and where they come from: by kind of page, product, source and device.
WITH seen AS (
    SELECT event.visitor_id, event.event, event.page_type, event.product_id, event.source, event.medium, event.device
    FROM events AS event
    WHERE event.occurred_at > :since AND event.occurred_at <= :now AND (event.is_bot IS NULL OR NOT event.is_bot)
),
grouped AS (
    SELECT CASE grouping(page_type, product_id, device, source)
               WHEN 7 THEN 'pages' WHEN 11 THEN 'products' WHEN 13 THEN 'devices' ELSE 'sources'
           END AS grouped,
           page_type, product_id, device, source, medium,
           count(DISTINCT visitor_id) AS visitors,
           count(*) FILTER (WHERE event = 'page_view') AS page_views,
           count(*) FILTER (WHERE event = 'view_item') AS item_views,
           count(*) FILTER (WHERE event = 'add_to_cart') AS add_to_carts,
           count(*) FILTER (WHERE event = 'purchase') AS purchases
    FROM seen
    GROUP BY GROUPING SETS ((page_type), (product_id), (device), (source, medium))
),
ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY grouped ORDER BY visitors DESC, page_views DESC, page_type, product_id, device, source, medium
    ) AS place
    FROM grouped
    WHERE (grouped <> 'products' OR product_id IS NOT NULL) AND (grouped <> 'pages' OR page_views > 0)
)
SELECT ranked.*, products.name AS name
FROM ranked
LEFT JOIN products ON products.product_id = ranked.product_id
WHERE place <= :most
ORDER BY grouped, place
