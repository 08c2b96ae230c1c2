, fees AS (
    SELECT session_id, max(shipping_fee) AS fee FROM carted WHERE shipping_fee IS NOT NULL GROUP BY session_id
),
edges AS (
    SELECT quantile_disc(fee, 1.0 / 3) AS low, quantile_disc(fee, 2.0 / 3) AS high FROM fees WHERE fee > 0
)
SELECT CASE WHEN fee <= 0 THEN 0 WHEN fee <= low THEN 1 WHEN fee <= high THEN 2 ELSE 3 END AS band,
       min(fee) AS from_fee, max(fee) AS to_fee, count(*) AS orders,
       count(*) FILTER (WHERE NOT mine.bought) AS unpaid
FROM fees
CROSS JOIN edges
JOIN mine ON mine.session_id = fees.session_id
GROUP BY band
ORDER BY band
