-- One row per session. From its events (robots left out); from the sessions table on days without events;
-- from daily aggregates on days with neither. Flags are 0 or 1 (or counts of an aggregate), null when unknown.
WITH placed AS (
    SELECT event.session_id AS session_id, event.visitor_id AS visitor_id, event.occurred_at AS occurred_at,
           time_order(event.occurred_at, event.event_id) AS turn, event.event AS event, event.page_type AS page_type,
           event.result_count AS result_count, event.source AS source, event.medium AS medium,
           event.campaign_id AS campaign_id, event.device AS device, event.os AS os,
           event.browser AS browser, event.country AS country, event.region AS region
    FROM events AS event
    WHERE event.session_id IS NOT NULL
      AND (event.is_bot IS NULL OR NOT event.is_bot)
      AND event.visitor_id NOT IN (SELECT visitor_id FROM robots)
      /* touched: AND event.session_id IN (SELECT session_id FROM rebuilt_sessions) AND event.occurred_at >= touched_from() AND event.occurred_at <= touched_to() */
    UNION ALL
    SELECT span.session_id, event.visitor_id, event.occurred_at, time_order(event.occurred_at, event.event_id),
           event.event, event.page_type, event.result_count, event.source, event.medium, event.campaign_id,
           event.device, event.os, event.browser, event.country, event.region
    FROM events AS event
    JOIN spans AS span ON span.visitor_id = event.visitor_id
    WHERE event.session_id IS NULL
      AND (event.is_bot IS NULL OR NOT event.is_bot)
      AND event.occurred_at >= span.from_at
      AND event.occurred_at <= span.until_at
      AND (span.next_at IS NULL OR event.occurred_at < span.next_at)
      AND event.visitor_id NOT IN (SELECT visitor_id FROM robots)
      /* touched: AND span.session_id IN (SELECT session_id FROM rebuilt_sessions) AND event.occurred_at >= touched_from() AND event.occurred_at <= touched_to() */
),
-- A session's source is that of its first event that names one other than direct, all three words of the same event;
-- without such an event that of the first that says anything. Larger turns come later.
spoken AS (
    SELECT event.*,
           coalesce(event.source, '') AS said_source,
           coalesce(event.medium, '') AS said_medium,
           coalesce(event.campaign_id, '') AS said_campaign_id,
           CASE WHEN event.source NOT IN ('direct', '(direct)', 'Direct') THEN event.turn
                WHEN event.source IS NOT NULL OR event.medium IS NOT NULL OR event.campaign_id IS NOT NULL
                THEN event.turn + 2305843009213693952
                ELSE event.turn + 4611686018427387904 END AS told_turn
    FROM placed AS event
),
seen AS (
    SELECT event.session_id AS session_id,
           arg_min(event.visitor_id, event.turn) AS visitor_id,
           min(event.occurred_at) AS first_at,
           max(event.occurred_at) AS last_at,
           arg_min(event.said_source, event.told_turn) AS source,
           arg_min(event.said_medium, event.told_turn) AS medium,
           arg_min(event.said_campaign_id, event.told_turn) AS campaign_id,
           arg_min(event.device, event.turn) FILTER (WHERE event.device IS NOT NULL) AS device,
           arg_min(event.os, event.turn) FILTER (WHERE event.os IS NOT NULL) AS os,
           arg_min(event.browser, event.turn) FILTER (WHERE event.browser IS NOT NULL) AS browser,
           arg_min(event.country, event.turn) FILTER (WHERE event.country IS NOT NULL) AS country,
           arg_min(event.region, event.turn) FILTER (WHERE event.region IS NOT NULL) AS region,
           arg_min(event.page_type, event.turn) FILTER (WHERE event.page_type IS NOT NULL) AS landing_page_type,
           CAST(count(*) FILTER (WHERE event.event = 'page_view') AS BIGINT) AS page_views,
           CAST(count(*) FILTER (WHERE event.event = 'view_item') AS BIGINT) AS item_views,
           CAST(count(*) FILTER (WHERE event.event = 'add_to_cart') AS BIGINT) AS add_to_carts,
           CAST(count(*) FILTER (WHERE event.event = 'begin_checkout') AS BIGINT) AS checkouts,
           CAST(count(*) FILTER (WHERE event.event = 'purchase') AS BIGINT) AS purchases,
           CAST(count(*) FILTER (WHERE event.event = 'search') AS BIGINT) AS searches,
           CAST(count(*) FILTER (WHERE event.event = 'search' AND event.result_count = 0) AS BIGINT) AS empty_searches,
           CAST(count(*) FILTER (WHERE event.event NOT IN ('page_view', 'view_item', 'view_item_list', 'web_vitals', 'error')) AS BIGINT)
               AS acts
    FROM spoken AS event
    GROUP BY event.session_id
),
told AS (
SELECT seen.session_id AS session_id,
       coalesce(session.visitor_id, seen.visitor_id) AS visitor_id,
       local_day(coalesce(session.started_at, seen.first_at)) AS day,
       coalesce(session.started_at, seen.first_at) AS started_at,
       coalesce(session.ended_at, seen.last_at) AS ended_at,
       coalesce(session.source, NULLIF(seen.source, '')) AS source,
       CASE WHEN session.source IS NOT NULL THEN session.medium ELSE coalesce(session.medium, NULLIF(seen.medium, '')) END
           AS medium,
       coalesce(session.campaign_id, CASE WHEN session.source IS NULL THEN NULLIF(seen.campaign_id, '') END) AS campaign_id,
       coalesce(session.device, seen.device) AS device,
       seen.os AS os,
       seen.browser AS browser,
       coalesce(session.country, seen.country) AS country,
       coalesce(session.region, seen.region) AS region,
       coalesce(session.landing_page_type, seen.landing_page_type) AS landing_page_type,
       1 AS sessions,
       seen.page_views AS page_views,
       seen.item_views AS item_views,
       seen.add_to_carts AS add_to_carts,
       seen.checkouts AS checkouts,
       seen.purchases AS purchases,
       CASE WHEN seen.page_views = 1 AND seen.acts = 0 THEN 1 ELSE 0 END AS bounced,
       CASE WHEN seen.item_views > 0 THEN 1 ELSE 0 END AS with_item,
       CASE WHEN seen.add_to_carts > 0 THEN 1 ELSE 0 END AS with_cart,
       CASE WHEN seen.item_views > 0 AND seen.add_to_carts > 0 THEN 1 ELSE 0 END AS with_item_and_cart,
       CASE WHEN seen.checkouts > 0 THEN 1 ELSE 0 END AS with_checkout,
       CASE WHEN seen.purchases > 0 THEN 1 ELSE 0 END AS with_purchase,
       CASE WHEN seen.add_to_carts > 0 AND seen.purchases > 0 THEN 1 ELSE 0 END AS cart_and_purchase,
       CASE WHEN seen.checkouts > 0 AND seen.purchases > 0 THEN 1 ELSE 0 END AS checkout_and_purchase,
       CASE WHEN seen.searches > 0 THEN 1 ELSE 0 END AS with_search,
       seen.searches AS searches,
       seen.empty_searches AS searches_without_result,
       'events' AS evidence
FROM seen
LEFT JOIN sessions AS session ON session.session_id = seen.session_id
UNION ALL
SELECT session.session_id,
       session.visitor_id,
       local_day(session.started_at),
       session.started_at,
       session.ended_at,
       session.source,
       session.medium,
       session.campaign_id,
       session.device,
       NULLIF('', ''),
       NULLIF('', ''),
       session.country,
       session.region,
       session.landing_page_type,
       1,
       session.page_views,
       session.item_views,
       session.add_to_carts,
       session.checkouts,
       session.purchases,
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
       NULL,
       'sessions'
FROM sessions AS session
WHERE local_day(session.started_at) NOT IN (SELECT day FROM event_days)
  AND session.session_id NOT IN (SELECT session_id FROM event_sessions)
  /* touched: AND local_day(session.started_at) IN (SELECT day FROM touched_days) */
UNION ALL
SELECT NULL,
       NULL,
       traffic.day,
       local_midnight(traffic.day),
       NULL,
       NULLIF(traffic.source, ''),
       NULLIF(traffic.medium, ''),
       NULLIF(traffic.campaign_id, ''),
       NULLIF(traffic.device, ''),
       NULL,
       NULL,
       NULLIF(traffic.country, ''),
       NULLIF(traffic.region, ''),
       NULL,
       traffic.sessions,
       traffic.page_views,
       NULL,
       traffic.add_to_carts,
       traffic.checkouts,
       traffic.purchases,
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
       NULL,
       'daily'
FROM traffic_daily AS traffic
WHERE traffic.day NOT IN (SELECT day FROM event_days)
  AND traffic.day NOT IN (SELECT day FROM session_days)
  /* touched: AND traffic.day IN (SELECT day FROM touched_days) */
)
SELECT told.*,
       channel.channel_group AS channel_group
FROM told
LEFT JOIN channels AS channel
       ON channel.source = coalesce(told.source, '') AND channel.medium = coalesce(told.medium, '')
      AND channel.campaign_id = coalesce(told.campaign_id, '')
