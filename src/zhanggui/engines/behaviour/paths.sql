-- Paths of sessions. A path is the nodes of a session in time, repeats in a row once, cut around its anchor.
-- {visits}: the visits of the question; nodes are numbers; {from_}, {to_}, {anchor}: places in the list of
-- nodes, of which the first is 1; {first}: the step of the cut's first node.
WITH visit AS MATERIALIZED (
    {visits}
),
walked AS (
    SELECT event.session_id AS session_id, list_sort(list({moment_and_node})) AS nodes
    FROM steps AS event
    JOIN visit ON visit.session_id = event.session_id
    WHERE event.occurred_at BETWEEN :low AND :high AND {node_number} IS NOT NULL
    GROUP BY event.session_id
),
numbered AS (
    SELECT session_id, list_transform(nodes, lambda moment: CAST(moment % {shift} AS UTINYINT)) AS nodes
    FROM walked
),
without_repeats AS (
    SELECT session_id, list_filter(nodes, lambda node, place: place = 1 OR nodes[place - 1] <> node) AS nodes
    FROM numbered
),
anchored AS (
    SELECT session_id, nodes, {anchor} AS anchor
    FROM without_repeats
),
cut AS (
    SELECT anchored.nodes[{from_}:{to_}] AS nodes, {first} AS first, {from_} = 1 AS entered,
           {to_} >= len(anchored.nodes) AS left_then, visit.bought AS bought
    FROM anchored
    JOIN visit ON visit.session_id = anchored.session_id
    WHERE anchored.anchor > 0
),
path AS MATERIALIZED (
    SELECT nodes, first, entered, left_then, count(*) AS sessions, CAST(sum(bought) AS BIGINT) AS bought
    FROM cut
    GROUP BY nodes, first, entered, left_then
),
place AS (
    SELECT path.first + step.place - 1 AS step, path.nodes[step.place] AS name, path.nodes[step.place + 1] AS next,
           step.place = 1 AND path.entered AS entered, step.place = len(path.nodes) AND path.left_then AS left_then,
           path.sessions AS sessions
    FROM path, range(1, len(path.nodes) + 1) AS step(place)
),
listed AS (
    SELECT nodes, left_then AND :ends AS left_then, sum(sessions) AS sessions, sum(bought) AS bought,
           count(*) OVER () AS paths
    FROM path
    GROUP BY nodes, left_then AND :ends
    ORDER BY sum(sessions) DESC, nodes, left_then AND :ends
    LIMIT :top
)
SELECT 'node' AS kind, step, name, CAST(NULL AS UTINYINT) AS next, CAST(NULL AS UTINYINT[]) AS nodes,
       CAST(sum(sessions) AS BIGINT) AS sessions,
       CAST(coalesce(sum(sessions) FILTER (WHERE left_then), 0) AS BIGINT) AS left_then,
       CAST(coalesce(sum(sessions) FILTER (WHERE entered), 0) AS BIGINT) AS entered,
       CAST(NULL AS BIGINT) AS bought, CAST(NULL AS BIGINT) AS paths
FROM place
GROUP BY step, name
UNION ALL
SELECT 'link', step, name, next, NULL, CAST(sum(sessions) AS BIGINT), NULL, NULL, NULL, NULL
FROM place
WHERE next IS NOT NULL
GROUP BY step, name, next
UNION ALL
SELECT 'path', NULL, NULL, NULL, nodes, CAST(sessions AS BIGINT), CAST(left_then AS BIGINT), NULL,
       CAST(bought AS BIGINT), paths
FROM listed
UNION ALL
SELECT 'all', NULL, NULL, NULL, NULL, CAST(coalesce(sum(sessions), 0) AS BIGINT), NULL, NULL, NULL, NULL
FROM path
