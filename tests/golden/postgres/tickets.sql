-- tickets of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       COUNT(ticket.ticket_id) AS m0
FROM tickets AS ticket
WHERE ticket.opened_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND ticket.opened_at < TIMESTAMPTZ '2026-03-07 16:00:00+00';

-- by day and category_1
SELECT CAST((ticket.opened_at AT TIME ZONE 'Asia/Shanghai') AS DATE) AS d0,
       NULLIF(split_part(product.category, ' > ', 1), '') AS d1,
       count(*) AS n,
       COUNT(ticket.ticket_id) AS m0
FROM tickets AS ticket
LEFT JOIN products AS product ON product.product_id = ticket.product_id
WHERE ticket.opened_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND ticket.opened_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
GROUP BY CAST((ticket.opened_at AT TIME ZONE 'Asia/Shanghai') AS DATE), NULLIF(split_part(product.category, ' > ', 1), '');
