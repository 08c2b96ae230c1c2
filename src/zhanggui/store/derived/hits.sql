-- Presence of visitors: one row per visitor, session and local hour with its page views, dimensions those of the
-- session. Days without events take the sessions table, days with neither the daily aggregates.
SELECT seen.first_at AS seen_at,
       local_day(seen.first_at) AS day,
       seen.session_id AS session_id,
       seen.visitor_id AS visitor_id,
       visit.source AS source,
       visit.medium AS medium,
       visit.campaign_id AS campaign_id,
       visit.device AS device,
       visit.country AS country,
       visit.region AS region,
       seen.page_views AS page_views,
       seen.purchases AS purchases,
       NULLIF(0, 0) AS traffic_visitors
FROM (SELECT event.session_id AS session_id,
             event.visitor_id AS visitor_id,
             min(event.occurred_at) AS first_at,
             CAST(sum(CASE WHEN event.event = 'page_view' THEN 1 ELSE 0 END) AS BIGINT) AS page_views,
             CAST(sum(CASE WHEN event.event = 'purchase' THEN 1 ELSE 0 END) AS BIGINT) AS purchases
      FROM events AS event
      WHERE event.session_id IS NOT NULL
        AND (event.is_bot IS NULL OR NOT event.is_bot)
        /* touched: AND local_day(event.occurred_at) IN (SELECT day FROM touched_days) AND event.occurred_at >= (SELECT min(low) FROM touched_bounds) AND event.occurred_at < (SELECT max(high) FROM touched_bounds) */
      GROUP BY event.session_id, event.visitor_id, local_hour(event.occurred_at)) AS seen
LEFT JOIN visits AS visit ON visit.session_id = seen.session_id
UNION ALL
SELECT min(event.occurred_at),
       local_day(min(event.occurred_at)),
       NULLIF('', ''),
       event.visitor_id,
       min(event.source),
       min(event.medium),
       min(event.campaign_id),
       min(event.device),
       min(event.country),
       min(event.region),
       CAST(sum(CASE WHEN event.event = 'page_view' THEN 1 ELSE 0 END) AS BIGINT),
       CAST(sum(CASE WHEN event.event = 'purchase' THEN 1 ELSE 0 END) AS BIGINT),
       NULLIF(0, 0)
FROM events AS event
WHERE event.session_id IS NULL
  AND (event.is_bot IS NULL OR NOT event.is_bot)
  /* touched: AND local_day(event.occurred_at) IN (SELECT day FROM touched_days) AND event.occurred_at >= (SELECT min(low) FROM touched_bounds) AND event.occurred_at < (SELECT max(high) FROM touched_bounds) */
GROUP BY event.visitor_id, local_hour(event.occurred_at)
UNION ALL
SELECT session.started_at,
       local_day(session.started_at),
       session.session_id,
       session.visitor_id,
       session.source,
       session.medium,
       session.campaign_id,
       session.device,
       session.country,
       session.region,
       session.page_views,
       session.purchases,
       NULL
FROM sessions AS session
WHERE local_day(session.started_at) NOT IN (SELECT day FROM event_days)
  AND NOT EXISTS (SELECT 1 FROM events AS event
                  WHERE event.session_id = session.session_id AND (event.is_bot IS NULL OR NOT event.is_bot))
  /* touched: AND local_day(session.started_at) IN (SELECT day FROM touched_days) */
UNION ALL
SELECT local_midnight(traffic.day),
       traffic.day,
       NULL,
       NULL,
       NULLIF(traffic.source, ''),
       NULLIF(traffic.medium, ''),
       NULLIF(traffic.campaign_id, ''),
       NULLIF(traffic.device, ''),
       NULLIF(traffic.country, ''),
       NULLIF(traffic.region, ''),
       traffic.page_views,
       NULL,
       traffic.visitors
FROM traffic_daily AS traffic
WHERE traffic.day NOT IN (SELECT day FROM event_days)
  AND traffic.day NOT IN (SELECT day FROM session_days)
  /* touched: AND traffic.day IN (SELECT day FROM touched_days) */
