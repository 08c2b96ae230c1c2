-- The last known level of every day, as spans of days over which it stays the last known one.
SELECT product_id,
       warehouse,
       day AS from_day,
       coalesce(lead(day) OVER (PARTITION BY product_id, warehouse ORDER BY day), DATE '9999-12-31') AS to_day,
       on_hand
FROM (SELECT product_id, warehouse, day, on_hand,
             row_number() OVER (PARTITION BY product_id, warehouse, day ORDER BY taken_at DESC) AS newest
      FROM (SELECT product_id, warehouse, taken_at, on_hand, local_day(taken_at) AS day
            FROM stock_levels
            WHERE product_id IS NOT NULL
              /* touched: AND (product_id, warehouse) IN (SELECT (product_id, warehouse) FROM touched_shelves) */
           ) AS level
     ) AS last
WHERE newest = 1
