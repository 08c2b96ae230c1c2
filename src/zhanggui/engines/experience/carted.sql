-- Every product put into a cart in a session, whether it was bought there, and its price, shipping fee and stock then.
-- Where the order's lines are known a product is bought if it is among them, otherwise if the session bought anything.
WITH mine AS (
    SELECT visit.session_id, visit.with_purchase > 0 AS bought
    FROM visits AS visit
    WHERE visit.session_id IS NOT NULL AND visit.evidence = 'events' AND /*visits*/
),
added AS (
    SELECT step.session_id, step.product_id, min(step.occurred_at) AS added_at
    FROM steps AS step
    WHERE step.event = 'add_to_cart' AND step.product_id IS NOT NULL
      AND step.occurred_at >= :from AND step.occurred_at <= :last
    GROUP BY step.session_id, step.product_id
),
lines AS (
    SELECT DISTINCT step.session_id, line.product_id
    FROM steps AS step
    JOIN order_lines AS line ON line.order_id = step.order_id
    WHERE step.event = 'purchase' AND step.occurred_at >= :from AND step.occurred_at <= :last
),
put AS (
    SELECT added.session_id, added.product_id, added.added_at,
           CASE WHEN added.session_id IN (SELECT session_id FROM lines) THEN lines.product_id IS NOT NULL
                ELSE mine.bought END AS bought
    FROM added
    JOIN mine ON mine.session_id = added.session_id
    LEFT JOIN lines ON lines.session_id = added.session_id AND lines.product_id = added.product_id
),
stock AS (
    SELECT shelf.session_id, shelf.product_id, sum(level.on_hand) AS on_hand
    FROM (
        SELECT put.session_id, put.product_id, put.added_at, places.warehouse
        FROM put
        JOIN (SELECT DISTINCT product_id, warehouse FROM stock_spans) AS places ON places.product_id = put.product_id
    ) AS shelf
    ASOF JOIN (SELECT product_id, coalesce(warehouse, '') AS warehouse, taken_at, on_hand FROM stock_levels) AS level
        ON level.product_id = shelf.product_id AND level.warehouse = coalesce(shelf.warehouse, '')
       AND level.taken_at <= shelf.added_at
    GROUP BY shelf.session_id, shelf.product_id
),
carted AS (
    SELECT put.session_id, put.product_id, put.bought,
           CAST(coalesce(change.price, goods.list_price) AS DOUBLE) AS price,
           CAST(change.shipping_fee AS DOUBLE) AS shipping_fee,
           CAST(stock.on_hand AS DOUBLE) AS stock
    FROM put
    ASOF LEFT JOIN price_changes AS change
        ON change.product_id = put.product_id AND change.changed_at <= put.added_at
    LEFT JOIN products AS goods ON goods.product_id = put.product_id
    LEFT JOIN stock ON stock.session_id = put.session_id AND stock.product_id = put.product_id
)
