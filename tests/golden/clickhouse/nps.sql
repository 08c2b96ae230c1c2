-- nps of 2026-03-01 to 2026-03-08 in Asia/Shanghai

-- in total
SELECT count(*) AS n,
       SUM(CASE WHEN survey.score >= 9 THEN 100 WHEN survey.score <= 6 THEN -100 ELSE 0 END) AS m0,
       COUNT(survey.score) AS m1
FROM surveys AS survey
WHERE survey.answered_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND survey.answered_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND survey.survey = 'nps' AND NOT (survey.score IS NULL);

-- by day and category_1
SELECT toDate32(toTimeZone(survey.answered_at, 'Asia/Shanghai')) AS d0,
       od.category_1 AS d1,
       count(*) AS n,
       SUM(CASE WHEN survey.score >= 9 THEN 100 WHEN survey.score <= 6 THEN -100 ELSE 0 END) AS m0,
       COUNT(survey.score) AS m1
FROM surveys AS survey
JOIN (SELECT DISTINCT line.order_id AS order_id, NULLIF(arrayElement(splitByString(' > ', coalesce(product.category, '')), 1), '') AS category_1 FROM order_lines AS line LEFT JOIN products AS product ON product.product_id = line.product_id) AS od ON od.order_id = survey.order_id
WHERE survey.answered_at >= toDateTime64('2026-02-28 16:00:00', 6, 'UTC')
  AND survey.answered_at < toDateTime64('2026-03-07 16:00:00', 6, 'UTC')
  AND survey.survey = 'nps' AND NOT (survey.score IS NULL)
GROUP BY toDate32(toTimeZone(survey.answered_at, 'Asia/Shanghai')), od.category_1;
