-- The newest events, without who made them: no visitor, no customer, no search words, addresses without parameters.
SELECT event.occurred_at AS occurred_at, event.event AS event, event.page_type AS page_type,
       nullif(regexp_replace(regexp_replace(event.page_url, '[?#].*$', ''), '^[A-Za-z][A-Za-z0-9+.-]*://[^/]*', ''), '')
           AS page,
       event.product_id AS product_id, CAST(event.value AS DOUBLE) AS value, event.device AS device,
       event.country AS country
FROM events AS event
WHERE event.occurred_at > :since AND event.occurred_at <= :now AND (event.is_bot IS NULL OR NOT event.is_bot)
ORDER BY event.occurred_at DESC, event.event_id DESC
LIMIT :most
