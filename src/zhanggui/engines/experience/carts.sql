-- Carts and checkouts that ended without a purchase, over all and by device and country, whatever visits are known from.
SELECT CASE grouping(visit.device, visit.country) WHEN 3 THEN 'overall' WHEN 1 THEN 'device' ELSE 'country' END AS grouped,
       visit.device AS device, visit.country AS country,
       CAST(sum(visit.with_cart) FILTER (WHERE visit.cart_and_purchase IS NOT NULL) AS BIGINT) AS carts,
       CAST(sum(visit.cart_and_purchase) AS BIGINT) AS carts_bought,
       CAST(sum(visit.with_checkout) FILTER (WHERE visit.checkout_and_purchase IS NOT NULL) AS BIGINT) AS checkouts,
       CAST(sum(visit.checkout_and_purchase) AS BIGINT) AS checkouts_bought
FROM visits AS visit
WHERE /*visits*/
GROUP BY GROUPING SETS ((), (visit.device), (visit.country))
ORDER BY grouped, carts DESC, device, country
