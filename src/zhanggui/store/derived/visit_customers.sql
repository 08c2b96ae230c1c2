-- Whose session it was, for visitors that showed themselves in some session: one without a name has the name of the
-- session before it, else of the first one after it.
SELECT session_id, customer_id
FROM (SELECT session_id,
             CASE WHEN position > 0 THEN max(customer_id) OVER (PARTITION BY visitor_id, position)
                  ELSE max(CASE WHEN position = 1 THEN customer_id END) OVER (PARTITION BY visitor_id) END AS customer_id
      FROM (SELECT visit.session_id AS session_id,
                   visit.visitor_id AS visitor_id,
                   identity.customer_id AS customer_id,
                   count(identity.customer_id) OVER (PARTITION BY visit.visitor_id
                                                     ORDER BY visit.started_at, visit.session_id) AS position
            FROM visits AS visit
            LEFT JOIN identities AS identity ON identity.session_id = visit.session_id
            WHERE visit.visitor_id IN (SELECT known.visitor_id
                                       FROM visits AS known
                                       JOIN identities AS told ON told.session_id = known.session_id)
              /* touched: AND visit.visitor_id IN (SELECT visitor_id FROM touched_people) */
           ) AS named
     ) AS stitched
WHERE customer_id IS NOT NULL
