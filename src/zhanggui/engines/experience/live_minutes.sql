-- Visitors and what they did, per minute before now and in all (minute NULL).
SELECT CAST(floor((epoch(:now) - epoch(event.occurred_at)) / 60) AS INTEGER) AS minutes_ago,
       count(DISTINCT event.visitor_id) AS visitors,
       count(*) AS events,
       count(*) FILTER (WHERE event.event = 'page_view') AS page_views,
       count(*) FILTER (WHERE event.event = 'add_to_cart') AS add_to_carts,
       count(*) FILTER (WHERE event.event = 'purchase') AS purchases
FROM events AS event
WHERE event.occurred_at > :since AND event.occurred_at <= :now AND (event.is_bot IS NULL OR NOT event.is_bot)
GROUP BY GROUPING SETS ((), (minutes_ago))
ORDER BY minutes_ago NULLS FIRST
