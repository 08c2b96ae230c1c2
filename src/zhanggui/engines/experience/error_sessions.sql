-- How many sessions met an error, and how many of those and of the others bought.
SELECT count(*) AS sessions,
       count(*) FILTER (WHERE visit.with_purchase > 0) AS bought,
       count(*) FILTER (WHERE met.session_id IS NOT NULL) AS met,
       count(*) FILTER (WHERE met.session_id IS NOT NULL AND visit.with_purchase > 0) AS met_bought,
       CAST(coalesce(sum(met.events), 0) AS BIGINT) AS events
FROM visits AS visit
LEFT JOIN (
    SELECT step.session_id AS session_id, count(*) AS events
    FROM steps AS step
    WHERE step.event = 'error' AND step.occurred_at >= :from AND step.occurred_at <= :last AND /*pages*/
    GROUP BY step.session_id
) AS met ON met.session_id = visit.session_id
WHERE visit.session_id IS NOT NULL AND visit.evidence = 'events' AND /*visits*/
