-- cac of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       SUM(spend.spend) AS m0
FROM ad_spend AS spend
WHERE spend.day >= DATE '2026-03-01'
  AND spend.day < DATE '2026-03-08';

SELECT count(*) AS n,
       COUNT(DISTINCT ord.customer_id) AS m0
FROM orders AS ord
LEFT JOIN order_ranks AS rk ON rk.order_id = ord.order_id
WHERE ord.placed_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND ord.placed_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
  AND ord.status <> 'cancelled' AND rk.sequence = 1;

-- by day and campaign
SELECT spend.day AS d0,
       NULLIF(spend.campaign_id, '') AS d1,
       count(*) AS n,
       SUM(spend.spend) AS m0
FROM ad_spend AS spend
WHERE spend.day >= DATE '2026-03-01'
  AND spend.day < DATE '2026-03-08'
GROUP BY spend.day, NULLIF(spend.campaign_id, '');

SELECT CAST((ord.placed_at AT TIME ZONE 'Asia/Shanghai') AS DATE) AS d0,
       ord.campaign_id AS d1,
       count(*) AS n,
       COUNT(DISTINCT ord.customer_id) AS m0
FROM orders AS ord
LEFT JOIN order_ranks AS rk ON rk.order_id = ord.order_id
WHERE ord.placed_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
  AND ord.placed_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
  AND ord.status <> 'cancelled' AND rk.sequence = 1
GROUP BY CAST((ord.placed_at AT TIME ZONE 'Asia/Shanghai') AS DATE), ord.campaign_id;
