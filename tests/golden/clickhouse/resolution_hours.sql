-- resolution_hours of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       quantileExactInclusive(0.5)(((toUnixTimestamp64Micro(ticket.resolved_at) - toUnixTimestamp64Micro(ticket.opened_at)) / 1000000.0) / 3600) AS m0
FROM tickets AS ticket
WHERE ticket.opened_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND ticket.opened_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC');

-- by day and category_1
SELECT toDate32(toTimeZone(ticket.opened_at, 'Asia/Shanghai')) AS d0,
       NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS d1,
       count(*) AS n,
       quantileExactInclusive(0.5)(((toUnixTimestamp64Micro(ticket.resolved_at) - toUnixTimestamp64Micro(ticket.opened_at)) / 1000000.0) / 3600) AS m0
FROM tickets AS ticket
LEFT JOIN products AS product ON product.product_id = ticket.product_id
WHERE ticket.opened_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND ticket.opened_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
GROUP BY toDate32(toTimeZone(ticket.opened_at, 'Asia/Shanghai')), NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '');
