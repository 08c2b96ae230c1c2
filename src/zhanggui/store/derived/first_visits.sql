-- The first session of every visitor: its visits after that one are those of a returning visitor.
SELECT visitor_id, session_id, started_at
FROM (SELECT visitor_id,
             session_id,
             started_at,
             row_number() OVER (PARTITION BY visitor_id ORDER BY started_at, session_id) AS position
      FROM visits
      WHERE visitor_id IS NOT NULL AND session_id IS NOT NULL
        /* touched: AND visitor_id IN (SELECT visitor_id FROM touched_people) */
     ) AS numbered
WHERE position = 1
