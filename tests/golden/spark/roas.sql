-- roas of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       SUM(line.quantity * line.unit_price - COALESCE(line.discount_amount, 0)) AS m0
FROM order_lines AS line JOIN orders AS ord ON ord.order_id = line.order_id
WHERE ord.placed_at >= TIMESTAMP '2026-02-28 16:00:00+00:00'
  AND ord.placed_at < TIMESTAMP '2026-03-07 16:00:00+00:00'
  AND ord.status <> 'cancelled' AND (ord.campaign_id IN (SELECT campaign_id FROM ad_spend WHERE day >= DATE '2026-03-01' AND day < DATE '2026-03-08' GROUP BY campaign_id HAVING sum(spend) > 0));

SELECT count(*) AS n,
       SUM(spend.spend) AS m0
FROM ad_spend AS spend
WHERE spend.day >= DATE '2026-03-01'
  AND spend.day < DATE '2026-03-08';

-- by day and campaign
SELECT CAST(from_utc_timestamp(ord.placed_at, 'Asia/Shanghai') AS DATE) AS d0,
       ord.campaign_id AS d1,
       count(*) AS n,
       SUM(line.quantity * line.unit_price - COALESCE(line.discount_amount, 0)) AS m0
FROM order_lines AS line JOIN orders AS ord ON ord.order_id = line.order_id
WHERE ord.placed_at >= TIMESTAMP '2026-02-28 16:00:00+00:00'
  AND ord.placed_at < TIMESTAMP '2026-03-07 16:00:00+00:00'
  AND ord.status <> 'cancelled' AND (ord.campaign_id IN (SELECT campaign_id FROM ad_spend WHERE day >= DATE '2026-03-01' AND day < DATE '2026-03-08' GROUP BY campaign_id HAVING sum(spend) > 0))
GROUP BY CAST(from_utc_timestamp(ord.placed_at, 'Asia/Shanghai') AS DATE), ord.campaign_id;

SELECT spend.day AS d0,
       NULLIF(spend.campaign_id, '') AS d1,
       count(*) AS n,
       SUM(spend.spend) AS m0
FROM ad_spend AS spend
WHERE spend.day >= DATE '2026-03-01'
  AND spend.day < DATE '2026-03-08'
GROUP BY spend.day, NULLIF(spend.campaign_id, '');
