-- Where events that came without a session belong: stretches of time of a visitor, each with a session.
-- Events of a visitor that follow each other within the idle time are one stretch. In it, events without a session
-- join the last session given before them, else the first given after them, else they make a session of their own,
-- named by visitor and first moment. An event belongs to the row whose from_at <= moment <= until_at, moment < next_at.
WITH loose AS (
    SELECT event.visitor_id AS visitor_id
    FROM events AS event
    WHERE event.session_id IS NULL
      AND (event.is_bot IS NULL OR NOT event.is_bot)
      /* touched: AND event.visitor_id IN (SELECT visitor_id FROM touched_visitors) */
    GROUP BY event.visitor_id
),
neighbours AS (
    SELECT event.visitor_id AS visitor_id,
           event.occurred_at AS moment,
           lag(event.occurred_at) OVER (PARTITION BY event.visitor_id ORDER BY event.occurred_at) AS earlier,
           lead(event.occurred_at) OVER (PARTITION BY event.visitor_id ORDER BY event.occurred_at) AS later
    FROM events AS event
    WHERE event.visitor_id IN (SELECT visitor_id FROM loose)
      AND (event.is_bot IS NULL OR NOT event.is_bot)
),
edges AS (
    SELECT visitor_id,
           moment,
           CASE WHEN earlier IS NULL OR milliseconds(moment) - milliseconds(earlier) > idle_ms() THEN 1 ELSE 0 END AS opens,
           CASE WHEN later IS NULL OR milliseconds(later) - milliseconds(moment) > idle_ms() THEN 1 ELSE 0 END AS closes
    FROM neighbours
),
-- Of each stretch its first and its last event, next to each other; equal moments cannot be of two stretches.
ends AS (
    SELECT visitor_id,
           moment,
           opens,
           CASE WHEN closes = 1 THEN moment
                ELSE lead(moment) OVER (PARTITION BY visitor_id ORDER BY moment, opens DESC) END AS ended_at
    FROM edges
    WHERE opens = 1 OR closes = 1
),
stretches AS (
    SELECT visitor_id, moment AS began_at, ended_at FROM ends WHERE opens = 1
),
given AS (
    SELECT event.visitor_id AS visitor_id, event.occurred_at AS moment, max(event.session_id) AS session_id
    FROM events AS event
    WHERE event.session_id IS NOT NULL
      AND event.visitor_id IN (SELECT visitor_id FROM loose)
      AND (event.is_bot IS NULL OR NOT event.is_bot)
    GROUP BY event.visitor_id, event.occurred_at
),
anchors AS (
    SELECT stretch.visitor_id AS visitor_id,
           stretch.began_at AS began_at,
           stretch.ended_at AS ended_at,
           given.moment AS moment,
           given.session_id AS session_id,
           lead(given.moment) OVER (PARTITION BY stretch.visitor_id, stretch.began_at ORDER BY given.moment) AS next_at,
           row_number() OVER (PARTITION BY stretch.visitor_id, stretch.began_at ORDER BY given.moment) AS position
    FROM stretches AS stretch
    JOIN given ON given.visitor_id = stretch.visitor_id
    WHERE given.moment >= stretch.began_at AND given.moment <= stretch.ended_at
)
SELECT stretch.visitor_id AS visitor_id,
       concat(stretch.visitor_id, '.', CAST(milliseconds(stretch.began_at) AS VARCHAR)) AS session_id,
       stretch.began_at AS from_at,
       stretch.ended_at AS until_at,
       NULLIF(stretch.ended_at, stretch.ended_at) AS next_at
FROM stretches AS stretch
LEFT JOIN (SELECT DISTINCT visitor_id, began_at FROM anchors) AS anchor
       ON anchor.visitor_id = stretch.visitor_id AND anchor.began_at = stretch.began_at
WHERE anchor.visitor_id IS NULL
UNION ALL
SELECT visitor_id, session_id, moment, ended_at, next_at FROM anchors
UNION ALL
SELECT visitor_id, session_id, began_at, ended_at, moment FROM anchors WHERE position = 1
