// Load time and web vitals, as web.dev defines them, of the page that is shown.

import { safe } from "./safe.js";

export const vitals = () => {
  let page = performance.getEntriesByType("navigation")[0] || {}; // {} for the later views of a single-page app
  let over = document.hidden; // what is painted after the page was hidden says nothing about its speed
  let lcp, shift, start, last, worst, presses, told; // prettier-ignore

  const round = (time) => (time > 0 ? Math.round(time) : "");
  const reset = () => {
    shift = start = last = worst = 0;
    presses = {};
  };
  // Safe, as a browser may not measure it.
  const watch = safe((type, each) => {
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({
      type,
      buffered: true,
      durationThreshold: 16,
    });
  });
  reset();
  watch("largest-contentful-paint", (entry) => {
    if (!over) lcp = entry.startTime;
  });
  // The worst window of shifts: gaps under a second, at most five seconds long.
  watch("layout-shift", (entry) => {
    const time = entry.startTime;
    if (entry.hadRecentInput) return;
    if (time - last > 1000 || time - start > 5000) shift = 0;
    if (!shift) start = time;
    last = time;
    shift += entry.value;
    worst = Math.max(worst, shift);
  });
  const press = (entry) => {
    const id = entry.interactionId;
    if (id) presses[id] = Math.max(presses[id] || 0, entry.duration);
  };
  watch("event", press);
  watch("first-input", press); // also when it was too quick to be among the events

  const since = (time) => round(time - (page.activationStart || 0));

  /** Load time, told once: with the page view when the page has loaded by then, else with the other measures. */
  const load = () => told || !(told = since(page.loadEventEnd)) ? "" : told;
  /** What was measured since the last call. */
  const measured = () => {
      const times = Object.values(presses).sort((one, other) => other - one);
      const found = {
        load_ms: load(),
        ttfb_ms: since(page.responseStart),
        lcp_ms: since(lcp),
        inp_ms: round(times[Math.floor(times.length / 50)]), // one in fifty may be worse
        cls: window.LayoutShift ? +worst.toFixed(4) : "",
      };
      page = {};
      over = 1;
      lcp = 0;
      reset();
      return found;
  };
  return [measured, load];
};
