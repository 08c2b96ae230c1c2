import { safe } from "./safe.js";

// What the page already tells GA4: objects and gtag() calls of a data layer.

/** Follow the data layer of that name. Page views are left out: the tracker sees them itself. */
export const mirror = (name, track, consent) => {
  const layer = (window[name] = window[name] || []);
  // A data layer may hold anything.
  const read = safe((entry) => {
    const [kind, event, more] = entry[0] ? entry : ["event", entry.event, entry.ecommerce || entry];
    if (kind == "consent" && more && more.analytics_storage) consent(more.analytics_storage);
    if (kind == "event" && event != "page_view") track(event, more);
  });
  if (layer.zg) return;
  layer.zg = 1;
  const push = layer.push;
  layer.push = function (...entries) {
    const answer = push.apply(layer, entries);
    entries.forEach(read);
    return answer;
  };
  layer.forEach(read);
};
