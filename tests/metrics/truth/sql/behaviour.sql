-- Visits and events, as an analyst counts them by hand on days with events; see trade.sql for the braces.

-- page_views: e.occurred_at
SELECT {key}, count(*) FILTER (e.event = 'page_view') FROM events e
WHERE e.is_bot IS NOT TRUE AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- visitors: e.occurred_at
SELECT {key}, count(DISTINCT e.visitor_id) FROM events e
WHERE e.is_bot IS NOT TRUE AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- visitors_with_known_purchases: e.occurred_at
SELECT {key}, count(DISTINCT e.visitor_id) FROM events e
WHERE e.is_bot IS NOT TRUE AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- buying_visitors: e.occurred_at
SELECT {key}, count(DISTINCT e.visitor_id) FROM events e
WHERE e.event = 'purchase' AND e.is_bot IS NOT TRUE AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- searches: e.occurred_at
SELECT {key}, count(*) FROM events e
WHERE e.event = 'search' AND e.is_bot IS NOT TRUE AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- empty_searches: e.occurred_at
SELECT {key}, count(*) FROM events e
WHERE e.event = 'search' AND e.result_count = 0 AND e.is_bot IS NOT TRUE
  AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- load_ms_p75: e.occurred_at
SELECT {key}, percentile_cont(0.75) WITHIN GROUP (ORDER BY e.load_ms) FROM events e
WHERE e.event = 'page_view' AND e.is_bot IS NOT TRUE AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- lcp_ms_p75: e.occurred_at
SELECT {key}, percentile_cont(0.75) WITHIN GROUP (ORDER BY e.lcp_ms) FROM events e
WHERE e.lcp_ms IS NOT NULL AND e.is_bot IS NOT TRUE AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- inp_ms_p75: e.occurred_at
SELECT {key}, percentile_cont(0.75) WITHIN GROUP (ORDER BY e.inp_ms) FROM events e
WHERE e.inp_ms IS NOT NULL AND e.is_bot IS NOT TRUE AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- cls_p75: e.occurred_at
SELECT {key}, percentile_cont(0.75) WITHIN GROUP (ORDER BY e.cls) FROM events e
WHERE e.cls IS NOT NULL AND e.is_bot IS NOT TRUE AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- ttfb_ms_p75: e.occurred_at
SELECT {key}, percentile_cont(0.75) WITHIN GROUP (ORDER BY e.ttfb_ms) FROM events e
WHERE e.ttfb_ms IS NOT NULL AND e.is_bot IS NOT TRUE AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- timed_sessions: e.occurred_at
SELECT {key}, count(DISTINCT e.session_id) FROM events e
WHERE e.event IN ('page_view', 'web_vitals') AND e.load_ms IS NOT NULL
  AND e.is_bot IS NOT TRUE AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- slow_sessions: e.occurred_at
SELECT {key}, count(DISTINCT e.session_id) FROM events e
WHERE e.event IN ('page_view', 'web_vitals') AND e.load_ms > 2500
  AND e.is_bot IS NOT TRUE AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- error_sessions: e.occurred_at
SELECT {key}, count(DISTINCT e.session_id) FROM events e
WHERE e.event = 'error' AND e.is_bot IS NOT TRUE AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- active_sessions: e.occurred_at
SELECT {key}, count(DISTINCT e.session_id) FROM events e
WHERE e.is_bot IS NOT TRUE AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- errors_reported: e.occurred_at
SELECT {key}, count(*) FROM events e
WHERE e.event = 'error' AND e.is_bot IS NOT TRUE AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- viewed_pages: e.occurred_at
SELECT {key}, count(*) FROM events e
WHERE e.event = 'page_view' AND e.is_bot IS NOT TRUE AND e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- viewing_sessions: e.occurred_at
{visits} SELECT {key}, count(*) FILTER (list_contains(e.events, 'view_item'))
FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- checkout_starting_sessions: e.occurred_at
{visits} SELECT {key}, count(*) FILTER (list_contains(e.events, 'begin_checkout'))
FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- view_known_sessions: e.occurred_at
{visits} SELECT {key}, count(*) FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- checkout_known_sessions: e.occurred_at
{visits} SELECT {key}, count(*) FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- sessions: e.occurred_at
{visits} SELECT {key}, count(*) FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- bounces: e.occurred_at
{visits} SELECT {key}, count(*) FILTER (len(list_filter(e.events, lambda x: x = 'page_view')) = 1
                AND NOT list_has_any(e.events, ['add_to_cart', 'begin_checkout', 'purchase', 'search']))
FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- bounce_sessions: e.occurred_at
{visits} SELECT {key}, count(*) FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- purchase_sessions: e.occurred_at
{visits} SELECT {key}, count(*) FILTER (list_contains(e.events, 'purchase'))
FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- purchase_known_sessions: e.occurred_at
{visits} SELECT {key}, count(*) FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- item_cart_sessions: e.occurred_at
{visits} SELECT {key}, count(*) FILTER (list_has_all(e.events, ['view_item', 'add_to_cart']))
FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- item_sessions: e.occurred_at
{visits} SELECT {key}, count(*) FILTER (list_contains(e.events, 'view_item'))
FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- cart_sessions: e.occurred_at
{visits} SELECT {key}, count(*) FILTER (list_contains(e.events, 'add_to_cart'))
FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- cart_purchase_sessions: e.occurred_at
{visits} SELECT {key}, count(*) FILTER (list_has_all(e.events, ['add_to_cart', 'purchase']))
FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- checkout_sessions: e.occurred_at
{visits} SELECT {key}, count(*) FILTER (list_contains(e.events, 'begin_checkout'))
FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- checkout_purchase_sessions: e.occurred_at
{visits} SELECT {key}, count(*) FILTER (list_has_all(e.events, ['begin_checkout', 'purchase']))
FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- search_sessions: e.occurred_at
{visits} SELECT {key}, count(*) FILTER (list_contains(e.events, 'search'))
FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1

-- search_known_sessions: e.occurred_at
{visits} SELECT {key}, count(*) FROM e WHERE e.occurred_at >= {from} AND e.occurred_at < {to} AND {also} GROUP BY 1
