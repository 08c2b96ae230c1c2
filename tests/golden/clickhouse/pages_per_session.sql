-- pages_per_session of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       SUM(hit.page_views) AS m0
FROM hits AS hit
WHERE hit.day >= toDate32('2026-03-01')
  AND hit.day < toDate32('2026-03-08');

SELECT count(*) AS n,
       SUM(visit.sessions) AS m0
FROM visits AS visit
WHERE visit.day >= toDate32('2026-03-01')
  AND visit.day < toDate32('2026-03-08');

-- by day and category_1
SELECT toDate32(toTimeZone(hit.seen_at, 'Asia/Shanghai')) AS d0,
       NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS d1,
       count(*) AS n,
       SUM(hit.page_views) AS m0
FROM (SELECT event.occurred_at AS seen_at,
             CASE WHEN event.event = 'page_view' THEN 1 ELSE 0 END AS page_views,
             event.product_id AS product_id
      FROM steps AS event) AS hit
LEFT JOIN products AS product ON product.product_id = hit.product_id
WHERE hit.seen_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND hit.seen_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
GROUP BY toDate32(toTimeZone(hit.seen_at, 'Asia/Shanghai')), NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '');

SELECT toDate32(toTimeZone(visit.started_at, 'Asia/Shanghai')) AS d0,
       visit.category_1 AS d1,
       count(*) AS n,
       SUM(visit.sessions) AS m0
FROM (SELECT min(visit.started_at) AS started_at,
             1 AS sessions,
             NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS category_1
      FROM steps AS event JOIN visits AS visit ON visit.session_id = event.session_id
      LEFT JOIN products AS product ON product.product_id = event.product_id
      WHERE visit.started_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
        AND visit.started_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
      GROUP BY event.session_id, NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '')) AS visit
GROUP BY toDate32(toTimeZone(visit.started_at, 'Asia/Shanghai')), visit.category_1;
