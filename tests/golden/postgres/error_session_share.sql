-- error_session_share of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       COUNT(DISTINCT event.session_id) AS m0
FROM (SELECT * FROM events WHERE is_bot IS NULL OR NOT is_bot) AS event
WHERE event.occurred_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND event.occurred_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
  AND event.event = 'error';

SELECT count(*) AS n,
       COUNT(DISTINCT event.session_id) AS m0
FROM (SELECT * FROM events WHERE is_bot IS NULL OR NOT is_bot) AS event
WHERE event.occurred_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND event.occurred_at < TIMESTAMPTZ '2026-03-07 16:00:00+00';

-- by day and category_1
SELECT CAST((event.occurred_at AT TIME ZONE 'Asia/Shanghai') AS DATE) AS d0,
       NULLIF(split_part(product.category, ' > ', 1), '') AS d1,
       count(*) AS n,
       COUNT(DISTINCT event.session_id) AS m0
FROM (SELECT * FROM events WHERE is_bot IS NULL OR NOT is_bot) AS event
LEFT JOIN products AS product ON product.product_id = event.product_id
WHERE event.occurred_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND event.occurred_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
  AND event.event = 'error'
GROUP BY CAST((event.occurred_at AT TIME ZONE 'Asia/Shanghai') AS DATE), NULLIF(split_part(product.category, ' > ', 1), '');

SELECT CAST((event.occurred_at AT TIME ZONE 'Asia/Shanghai') AS DATE) AS d0,
       NULLIF(split_part(product.category, ' > ', 1), '') AS d1,
       count(*) AS n,
       COUNT(DISTINCT event.session_id) AS m0
FROM (SELECT * FROM events WHERE is_bot IS NULL OR NOT is_bot) AS event
LEFT JOIN products AS product ON product.product_id = event.product_id
WHERE event.occurred_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND event.occurred_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
GROUP BY CAST((event.occurred_at AT TIME ZONE 'Asia/Shanghai') AS DATE), NULLIF(split_part(product.category, ' > ', 1), '');
