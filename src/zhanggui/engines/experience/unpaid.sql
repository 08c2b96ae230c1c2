-- Orders placed in the window that were never paid, by coupon and by what the customer pays for shipping.
WITH placed AS (
    SELECT orders.coupon_code IS NOT NULL AS coupon, orders.shipping_amount AS fee,
           orders.paid_at IS NULL AND orders.status IN ('placed', 'cancelled') AS unpaid
    FROM orders
    WHERE orders.placed_at >= :from AND orders.placed_at < :to AND /*orders*/
),
edges AS (
    SELECT quantile_disc(fee, 1.0 / 3) AS low, quantile_disc(fee, 2.0 / 3) AS high FROM placed WHERE fee > 0
),
banded AS (
    SELECT coupon, fee, unpaid,
           CASE WHEN fee IS NULL THEN -1 WHEN fee <= 0 THEN 0 WHEN fee <= low THEN 1 WHEN fee <= high THEN 2 ELSE 3 END AS band
    FROM placed CROSS JOIN edges
)
SELECT CASE grouping(coupon, band) WHEN 1 THEN 'coupon' ELSE 'fee' END AS grouped,
       coupon, band, CAST(min(fee) AS DOUBLE) AS from_fee, CAST(max(fee) AS DOUBLE) AS to_fee,
       count(*) AS orders, count(*) FILTER (WHERE unpaid) AS unpaid
FROM banded
GROUP BY GROUPING SETS ((coupon), (band))
ORDER BY grouped, coupon, band
