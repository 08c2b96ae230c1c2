SELECT CASE WHEN grouping(carted.product_id) = 1 THEN NULL ELSE carted.product_id END AS product_id,
       grouping(carted.product_id) AS overall,
       any_value(goods.name) AS name,
       count(*) AS carts,
       count(*) FILTER (WHERE NOT bought) AS abandoned,
       avg(price) FILTER (WHERE NOT bought) AS left_price,
       avg(shipping_fee) FILTER (WHERE NOT bought) AS left_shipping_fee,
       avg(stock) FILTER (WHERE NOT bought) AS left_stock,
       avg(CASE WHEN stock <= 0 THEN 1.0 WHEN stock > 0 THEN 0.0 END) FILTER (WHERE NOT bought) AS left_out_of_stock,
       avg(price) FILTER (WHERE bought) AS bought_price,
       avg(shipping_fee) FILTER (WHERE bought) AS bought_shipping_fee,
       avg(stock) FILTER (WHERE bought) AS bought_stock,
       avg(CASE WHEN stock <= 0 THEN 1.0 WHEN stock > 0 THEN 0.0 END) FILTER (WHERE bought) AS bought_out_of_stock
FROM carted
LEFT JOIN products AS goods ON goods.product_id = carted.product_id
GROUP BY GROUPING SETS ((), (carted.product_id))
ORDER BY overall DESC, abandoned DESC, carts DESC, product_id
LIMIT :most + 1
