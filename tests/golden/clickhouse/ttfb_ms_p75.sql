-- ttfb_ms_p75 of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       quantileExactInclusive(0.75)(event.ttfb_ms) AS m0
FROM (SELECT * FROM events WHERE is_bot IS NULL OR NOT is_bot) AS event
WHERE event.occurred_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND event.occurred_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND NOT (event.ttfb_ms IS NULL);

-- by day and category_1
SELECT toDate32(toTimeZone(event.occurred_at, 'Asia/Shanghai')) AS d0,
       NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS d1,
       count(*) AS n,
       quantileExactInclusive(0.75)(event.ttfb_ms) AS m0
FROM (SELECT * FROM events WHERE is_bot IS NULL OR NOT is_bot) AS event
LEFT JOIN products AS product ON product.product_id = event.product_id
WHERE event.occurred_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND event.occurred_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND NOT (event.ttfb_ms IS NULL)
GROUP BY toDate32(toTimeZone(event.occurred_at, 'Asia/Shanghai')), NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '');
