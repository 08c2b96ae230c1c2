-- conversion_rate of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       SUM(visit.with_purchase) AS m0,
       SUM(visit.sessions) AS m1
FROM visits AS visit
WHERE visit.day >= DATE '2026-03-01'
  AND visit.day < DATE '2026-03-08'
  AND NOT visit.with_purchase IS NULL;

-- by day and category_1
SELECT CAST(timezone('Asia/Shanghai', visit.started_at) AS DATE) AS d0,
       visit.category_1 AS d1,
       count(*) AS n,
       SUM(visit.with_purchase) AS m0,
       SUM(visit.sessions) AS m1
FROM (SELECT min(visit.started_at) AS started_at,
             1 AS sessions,
             max(CASE WHEN event.event = 'purchase' THEN 1 ELSE 0 END) AS with_purchase,
             NULLIF(split_part(product.category, ' > ', 1), '') AS category_1
      FROM steps AS event JOIN visits AS visit ON visit.session_id = event.session_id
      LEFT JOIN products AS product ON product.product_id = event.product_id
      WHERE visit.started_at >= TIMESTAMPTZ '2026-02-28 16:00:00+00'
        AND visit.started_at < TIMESTAMPTZ '2026-03-07 16:00:00+00'
      GROUP BY event.session_id, NULLIF(split_part(product.category, ' > ', 1), '')) AS visit
WHERE NOT visit.with_purchase IS NULL
GROUP BY CAST(timezone('Asia/Shanghai', visit.started_at) AS DATE), visit.category_1;
