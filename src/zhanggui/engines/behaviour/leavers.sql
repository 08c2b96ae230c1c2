-- Who left at a step of a funnel. {chain}: the CTEs up to chain; {place}, {after}: the step and the next required one;
-- {following}: the CTE of what came next; {is_step}: an event is the step; {number}, {value}, {sets}: the dimensions.
WITH {chain},
fate AS MATERIALIZED (
    SELECT chain.unit AS unit, chain.place AS place, chain.t{place} AS reached_at, chain.t{after} IS NULL AS lost
    FROM chain
    WHERE chain.t{place} IS NOT NULL
),
lost AS (
    SELECT unit, 0 AS reached, reached_at
    FROM fate
    WHERE fate.lost
),
{following},
told AS (
    SELECT CASE {number} END AS number, CASE {value} END AS value,
           count(*) FILTER (WHERE fate.lost) AS lost, count(*) FILTER (WHERE NOT fate.lost) AS stayed,
           list_aggregate(list((epoch_us(stay.ended_at) - epoch_us(fate.reached_at)) / 1e6) FILTER (WHERE fate.lost),
                          'quantile_cont', [0.5, 0.9]) AS seconds
    FROM fate
    JOIN visit ON visit.place = fate.place
    JOIN visits AS stay ON stay.rowid = fate.place
    GROUP BY GROUPING SETS ((), {sets})
),
bought AS (
    SELECT fate.unit AS unit, any_value(fate.lost) AS lost, min(event.product_id) AS product_id
    FROM steps AS event
    JOIN visit ON visit.session_id = event.session_id
    JOIN fate ON fate.unit = visit.unit AND event.occurred_at = fate.reached_at
    WHERE event.occurred_at BETWEEN :low AND :high AND event.product_id IS NOT NULL AND {is_step}
    GROUP BY fate.unit
),
picked AS (
    SELECT visits.session_id AS session_id, visits.started_at AS started_at, visits.device AS device,
           visits.source AS source, visits.landing_page_type AS landing_page_type
    FROM fate
    JOIN visits ON visits.rowid = fate.place
    WHERE fate.lost
    ORDER BY md5(visits.session_id)
    LIMIT :most
)
SELECT CASE WHEN number IS NULL THEN 'all' ELSE 'value' END AS kind, number, value, CAST(NULL AS VARCHAR) AS name,
       lost, stayed, seconds, NULL AS sample
FROM told
UNION ALL
SELECT 'product', NULL, bought.product_id, any_value(goods.name), count(*) FILTER (WHERE bought.lost),
       count(*) FILTER (WHERE NOT bought.lost), NULL, NULL
FROM bought
LEFT JOIN products AS goods ON goods.product_id = bought.product_id
GROUP BY bought.product_id
UNION ALL
SELECT 'next', node, NULL, NULL, count(*), NULL, NULL, NULL
FROM following
GROUP BY node
UNION ALL
SELECT 'sample', NULL, NULL, NULL, NULL, NULL, NULL, picked
FROM picked
ORDER BY kind, number, lost DESC, stayed DESC, value
