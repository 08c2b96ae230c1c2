-- Sessions that reached each step of the checkout, and those for which it was the last one, over all and by device.
WITH mine AS (
    SELECT visit.session_id, visit.device
    FROM visits AS visit
    WHERE visit.session_id IS NOT NULL AND visit.evidence = 'events' AND /*visits*/
),
reached AS (
    SELECT step.session_id,
           bool_or(step.event = 'add_to_cart') AS cart,
           bool_or(step.event = 'begin_checkout') AS checkout,
           bool_or(step.event = 'add_shipping_info') AS shipping,
           bool_or(step.event = 'add_payment_info') AS payment,
           bool_or(step.event = 'purchase') AS purchase
    FROM steps AS step
    WHERE step.event IN ('add_to_cart', 'begin_checkout', 'add_shipping_info', 'add_payment_info', 'purchase')
      AND step.occurred_at >= :from AND step.occurred_at <= :last
    GROUP BY step.session_id
)
SELECT grouping(mine.device) AS overall, mine.device AS device,
       count(*) FILTER (WHERE cart) AS add_to_cart,
       count(*) FILTER (WHERE cart AND NOT (checkout OR shipping OR payment OR purchase)) AS add_to_cart_left,
       count(*) FILTER (WHERE checkout) AS begin_checkout,
       count(*) FILTER (WHERE checkout AND NOT (shipping OR payment OR purchase)) AS begin_checkout_left,
       count(*) FILTER (WHERE shipping) AS add_shipping_info,
       count(*) FILTER (WHERE shipping AND NOT (payment OR purchase)) AS add_shipping_info_left,
       count(*) FILTER (WHERE payment) AS add_payment_info,
       count(*) FILTER (WHERE payment AND NOT purchase) AS add_payment_info_left
FROM reached
JOIN mine ON mine.session_id = reached.session_id
GROUP BY GROUPING SETS ((), (mine.device))
ORDER BY overall DESC, add_to_cart DESC, device
