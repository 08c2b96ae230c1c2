-- clicks of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       SUM(spend.clicks) AS m0
FROM ad_spend AS spend
WHERE spend.day >= DATE '2026-03-01'
  AND spend.day < DATE '2026-03-08';

-- by day and campaign
SELECT spend.day AS d0,
       NULLIF(spend.campaign_id, '') AS d1,
       count(*) AS n,
       SUM(spend.clicks) AS m0
FROM ad_spend AS spend
WHERE spend.day >= DATE '2026-03-01'
  AND spend.day < DATE '2026-03-08'
GROUP BY spend.day, NULLIF(spend.campaign_id, '');
