-- inp_ms_p75 of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       percentile(event.inp_ms, 0.75) AS m0
FROM (SELECT * FROM events WHERE is_bot IS NULL OR NOT is_bot) AS event
WHERE event.occurred_at >= TIMESTAMP '2026-02-28 16:00:00+00:00'
  AND event.occurred_at < TIMESTAMP '2026-03-07 16:00:00+00:00'
  AND NOT event.inp_ms IS NULL;

-- by day and category_1
SELECT CAST(from_utc_timestamp(event.occurred_at, 'Asia/Shanghai') AS DATE) AS d0,
       NULLIF(split_part(product.category, ' > ', 1), '') AS d1,
       count(*) AS n,
       percentile(event.inp_ms, 0.75) AS m0
FROM (SELECT * FROM events WHERE is_bot IS NULL OR NOT is_bot) AS event
LEFT JOIN products AS product ON product.product_id = event.product_id
WHERE event.occurred_at >= TIMESTAMP '2026-02-28 16:00:00+00:00'
  AND event.occurred_at < TIMESTAMP '2026-03-07 16:00:00+00:00'
  AND NOT event.inp_ms IS NULL
GROUP BY CAST(from_utc_timestamp(event.occurred_at, 'Asia/Shanghai') AS DATE), NULLIF(split_part(product.category, ' > ', 1), '');
