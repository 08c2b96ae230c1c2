-- Sessions that searched, by device and whether a search of theirs found nothing, and how many bought.
SELECT visit.device AS device,
       visit.searches_without_result > 0 AS lacked,
       count(*) AS sessions,
       count(*) FILTER (WHERE visit.with_purchase > 0) AS bought,
       CAST(sum(visit.searches) AS BIGINT) AS searches,
       CAST(sum(visit.searches_without_result) AS BIGINT) AS without_result
FROM visits AS visit
WHERE visit.session_id IS NOT NULL AND visit.evidence = 'events' AND visit.searches > 0 AND /*visits*/
GROUP BY ALL
ORDER BY ALL
