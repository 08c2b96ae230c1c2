-- cac of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       SUM(spend.spend) AS m0
FROM ad_spend AS spend
WHERE spend.day >= toDate32('2026-03-01')
  AND spend.day < toDate32('2026-03-08');

SELECT count(*) AS n,
       COUNT(DISTINCT ord.customer_id) AS m0
FROM orders AS ord
LEFT JOIN order_ranks AS rk ON rk.order_id = ord.order_id
WHERE ord.placed_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND ord.placed_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND ord.status <> 'cancelled' AND rk.sequence = 1;

-- by day and campaign
SELECT spend.day AS d0,
       NULLIF(spend.campaign_id, '') AS d1,
       count(*) AS n,
       SUM(spend.spend) AS m0
FROM ad_spend AS spend
WHERE spend.day >= toDate32('2026-03-01')
  AND spend.day < toDate32('2026-03-08')
GROUP BY spend.day, NULLIF(spend.campaign_id, '');

SELECT toDate32(toTimeZone(ord.placed_at, 'Asia/Shanghai')) AS d0,
       ord.campaign_id AS d1,
       count(*) AS n,
       COUNT(DISTINCT ord.customer_id) AS m0
FROM orders AS ord
LEFT JOIN order_ranks AS rk ON rk.order_id = ord.order_id
WHERE ord.placed_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND ord.placed_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND ord.status <> 'cancelled' AND rk.sequence = 1
GROUP BY toDate32(toTimeZone(ord.placed_at, 'Asia/Shanghai')), ord.campaign_id;
