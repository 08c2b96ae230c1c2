-- Presence of visitors: one row per visitor, session and local hour with its page views, dimensions those of the
-- session. Days without events take the sessions table, days with neither the daily aggregates.
SELECT seen.first_at AS seen_at,
       local_day(seen.first_at) AS day,
       seen.session_id AS session_id,
       seen.visitor_id AS visitor_id,
       visit.source AS source,
       visit.medium AS medium,
       visit.campaign_id AS campaign_id,
       visit.channel_group AS channel_group,
       visit.device AS device,
       visit.os AS os,
       visit.browser AS browser,
       visit.country AS country,
       visit.region AS region,
       visit.landing_page_type AS landing_page_type,
       seen.page_views AS page_views,
       seen.purchases AS purchases,
       NULLIF(0, 0) AS traffic_visitors,
       'events' AS evidence
FROM (SELECT step.session_id AS session_id,
             step.visitor_id AS visitor_id,
             min(step.occurred_at) AS first_at,
             CAST(sum(CASE WHEN step.event = 'page_view' THEN 1 ELSE 0 END) AS BIGINT) AS page_views,
             CAST(sum(CASE WHEN step.event = 'purchase' THEN 1 ELSE 0 END) AS BIGINT) AS purchases
      FROM steps AS step
      WHERE step.visitor_id NOT IN (SELECT visitor_id FROM robots)
        /* touched: AND step.session_id IN (SELECT session_id FROM rebuilt_sessions) AND step.occurred_at >= touched_from() AND step.occurred_at <= touched_to() */
      GROUP BY step.session_id, step.visitor_id, local_hour(step.occurred_at)) AS seen
LEFT JOIN visits AS visit ON visit.session_id = seen.session_id
UNION ALL
SELECT visit.started_at,
       visit.day,
       visit.session_id,
       visit.visitor_id,
       visit.source,
       visit.medium,
       visit.campaign_id,
       visit.channel_group,
       visit.device,
       visit.os,
       visit.browser,
       visit.country,
       visit.region,
       visit.landing_page_type,
       visit.page_views,
       visit.purchases,
       NULL,
       'sessions'
FROM visits AS visit
WHERE visit.evidence = 'sessions'
  /* touched: AND visit.day IN (SELECT day FROM touched_days) */
UNION ALL
SELECT local_midnight(traffic.day),
       traffic.day,
       NULL,
       NULL,
       NULLIF(traffic.source, ''),
       NULLIF(traffic.medium, ''),
       NULLIF(traffic.campaign_id, ''),
       channel.channel_group,
       NULLIF(traffic.device, ''),
       NULL,
       NULL,
       NULLIF(traffic.country, ''),
       NULLIF(traffic.region, ''),
       NULL,
       traffic.page_views,
       NULL,
       traffic.visitors,
       'daily'
FROM traffic_daily AS traffic
LEFT JOIN channels AS channel
       ON channel.source = traffic.source AND channel.medium = traffic.medium
      AND channel.campaign_id = traffic.campaign_id
WHERE traffic.day NOT IN (SELECT day FROM event_days)
  AND traffic.day NOT IN (SELECT day FROM session_days)
  /* touched: AND traffic.day IN (SELECT day FROM touched_days) */
