-- One row per session. From its events (bots left out); from the sessions table on days without events;
-- from daily aggregates on days with neither. Flags are 0 or 1 (or counts of an aggregate), null when unknown.
WITH seen AS (
    SELECT event.session_id AS session_id,
           min(event.occurred_at) AS first_at,
           CAST(sum(CASE WHEN event.event = 'page_view' THEN 1 ELSE 0 END) AS BIGINT) AS page_views,
           sum(CASE WHEN event.event IN ('page_view', 'view_item', 'view_item_list', 'web_vitals', 'error')
                    THEN 0 ELSE 1 END) AS acts,
           max(CASE WHEN event.event = 'view_item' THEN 1 ELSE 0 END) AS item,
           max(CASE WHEN event.event = 'add_to_cart' THEN 1 ELSE 0 END) AS cart,
           max(CASE WHEN event.event = 'begin_checkout' THEN 1 ELSE 0 END) AS checkout,
           max(CASE WHEN event.event = 'purchase' THEN 1 ELSE 0 END) AS purchase,
           CAST(sum(CASE WHEN event.event = 'search' THEN 1 ELSE 0 END) AS BIGINT) AS searches,
           CAST(sum(CASE WHEN event.event = 'search' AND event.result_count = 0 THEN 1 ELSE 0 END) AS BIGINT)
               AS empty_searches
    FROM events AS event
    WHERE event.session_id IS NOT NULL
      AND (event.is_bot IS NULL OR NOT event.is_bot)
      /* touched: AND event.session_id IN (SELECT session_id FROM rebuilt_sessions) */
    GROUP BY event.session_id
),
-- What the first event that says so tells of a session; not asked where the session's own row tells everything.
told AS (
    SELECT event.session_id AS session_id,
           arg_min(event.visitor_id, event.occurred_at) AS visitor_id,
           arg_min(event.source, event.occurred_at) FILTER (WHERE event.source IS NOT NULL) AS source,
           arg_min(event.medium, event.occurred_at) FILTER (WHERE event.medium IS NOT NULL) AS medium,
           arg_min(event.campaign_id, event.occurred_at) FILTER (WHERE event.campaign_id IS NOT NULL) AS campaign_id,
           arg_min(event.device, event.occurred_at) FILTER (WHERE event.device IS NOT NULL) AS device,
           arg_min(event.country, event.occurred_at) FILTER (WHERE event.country IS NOT NULL) AS country,
           arg_min(event.region, event.occurred_at) FILTER (WHERE event.region IS NOT NULL) AS region
    FROM events AS event
    WHERE event.session_id IS NOT NULL
      AND (event.is_bot IS NULL OR NOT event.is_bot)
      AND event.session_id NOT IN (SELECT session.session_id
                                   FROM sessions AS session
                                   WHERE session.visitor_id IS NOT NULL AND session.source IS NOT NULL
                                     AND session.medium IS NOT NULL AND session.device IS NOT NULL
                                     AND session.country IS NOT NULL AND session.region IS NOT NULL)
      /* touched: AND event.session_id IN (SELECT session_id FROM rebuilt_sessions) */
    GROUP BY event.session_id
)
SELECT seen.session_id AS session_id,
       coalesce(session.visitor_id, told.visitor_id) AS visitor_id,
       local_day(coalesce(session.started_at, seen.first_at)) AS day,
       coalesce(session.started_at, seen.first_at) AS started_at,
       coalesce(session.source, told.source) AS source,
       coalesce(session.medium, told.medium) AS medium,
       coalesce(session.campaign_id, told.campaign_id) AS campaign_id,
       coalesce(session.device, told.device) AS device,
       coalesce(session.country, told.country) AS country,
       coalesce(session.region, told.region) AS region,
       1 AS sessions,
       seen.page_views AS page_views,
       CASE WHEN seen.page_views = 1 AND seen.acts = 0 THEN 1 ELSE 0 END AS bounced,
       seen.item AS with_item,
       seen.cart AS with_cart,
       seen.item * seen.cart AS with_item_and_cart,
       seen.checkout AS with_checkout,
       seen.purchase AS with_purchase,
       seen.cart * seen.purchase AS cart_and_purchase,
       seen.checkout * seen.purchase AS checkout_and_purchase,
       CASE WHEN seen.searches > 0 THEN 1 ELSE 0 END AS with_search,
       seen.searches AS searches,
       seen.empty_searches AS searches_without_result
FROM seen
LEFT JOIN sessions AS session ON session.session_id = seen.session_id
LEFT JOIN told ON told.session_id = seen.session_id
UNION ALL
SELECT session.session_id,
       session.visitor_id,
       local_day(session.started_at),
       session.started_at,
       session.source,
       session.medium,
       session.campaign_id,
       session.device,
       session.country,
       session.region,
       1,
       session.page_views,
       CASE WHEN session.is_bounce THEN 1 WHEN NOT session.is_bounce THEN 0 END,
       CASE WHEN session.item_views > 0 THEN 1 WHEN session.item_views = 0 THEN 0 END,
       CASE WHEN session.add_to_carts > 0 THEN 1 WHEN session.add_to_carts = 0 THEN 0 END,
       CASE WHEN session.item_views > 0 AND session.add_to_carts > 0 THEN 1
            WHEN session.item_views = 0 OR session.add_to_carts = 0 THEN 0 END,
       CASE WHEN session.checkouts > 0 THEN 1 WHEN session.checkouts = 0 THEN 0 END,
       CASE WHEN session.purchases > 0 THEN 1 WHEN session.purchases = 0 THEN 0 END,
       CASE WHEN session.add_to_carts > 0 AND session.purchases > 0 THEN 1
            WHEN session.add_to_carts = 0 OR session.purchases = 0 THEN 0 END,
       CASE WHEN session.checkouts > 0 AND session.purchases > 0 THEN 1
            WHEN session.checkouts = 0 OR session.purchases = 0 THEN 0 END,
       NULL,
       NULL,
       NULL
FROM sessions AS session
WHERE local_day(session.started_at) NOT IN (SELECT day FROM event_days)
  AND session.session_id NOT IN (SELECT session_id FROM seen)
  AND NOT EXISTS (SELECT 1 FROM events AS event
                  WHERE event.session_id = session.session_id AND (event.is_bot IS NULL OR NOT event.is_bot))
  /* touched: AND local_day(session.started_at) IN (SELECT day FROM touched_days) */
UNION ALL
SELECT NULL,
       NULL,
       traffic.day,
       local_midnight(traffic.day),
       NULLIF(traffic.source, ''),
       NULLIF(traffic.medium, ''),
       NULLIF(traffic.campaign_id, ''),
       NULLIF(traffic.device, ''),
       NULLIF(traffic.country, ''),
       NULLIF(traffic.region, ''),
       traffic.sessions,
       traffic.page_views,
       NULL,
       NULL,
       traffic.add_to_carts,
       NULL,
       traffic.checkouts,
       traffic.purchases,
       NULL,
       NULL,
       NULL,
       NULL,
       NULL
FROM traffic_daily AS traffic
WHERE traffic.day NOT IN (SELECT day FROM event_days)
  AND traffic.day NOT IN (SELECT day FROM session_days)
  /* touched: AND traffic.day IN (SELECT day FROM touched_days) */
