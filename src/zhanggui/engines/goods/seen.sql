-- How often each product was looked at and put into a cart in the window, bots left out.
SELECT
    event.product_id AS product_id,
    count(*) FILTER (WHERE event.event = 'view_item') AS views,
    count(*) FILTER (WHERE event.event = 'add_to_cart') AS add_to_carts
FROM events AS event
WHERE event.occurred_at >= :from AND event.occurred_at < :to
    AND event.product_id IS NOT NULL AND (event.is_bot IS NULL OR NOT event.is_bot)
    AND event.event IN ('view_item', 'add_to_cart')
GROUP BY event.product_id
