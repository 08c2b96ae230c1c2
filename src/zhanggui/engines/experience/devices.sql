-- Sessions and conversion by device, whatever they are known from.
SELECT visit.device AS device,
       CAST(sum(visit.sessions) AS BIGINT) AS sessions,
       CAST(sum(visit.sessions) FILTER (WHERE visit.with_purchase IS NOT NULL) AS BIGINT) AS measured,
       CAST(sum(visit.with_purchase) AS BIGINT) AS bought,
       CAST(sum(visit.sessions) FILTER (WHERE visit.bounced IS NOT NULL) AS BIGINT) AS bounce_measured,
       CAST(sum(visit.bounced) AS BIGINT) AS bounced
FROM visits AS visit
WHERE /*visits*/
GROUP BY visit.device
ORDER BY sessions DESC, device
