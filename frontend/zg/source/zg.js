// The tracker: <script async src="https://HOST/zg.js" data-key="KEY"></script>. Nothing in it may break the page.
import { columns, known } from "./events.js";
import { lists } from "./lists.js";
import { mirror } from "./mirror.js";
import { address, meta, pageType, route } from "./page.js";
import { queue } from "./queue.js";
import { safe } from "./safe.js";
import { text, uuid } from "./text.js";
import { visitor } from "./visitor.js";
import { vitals } from "./vitals.js";

const start = (script) => {
  const settings = script.dataset;
  const early = (window.zg && window.zg.q) || [];
  const who = visitor(settings);
  const line = queue(new URL("collect?k=" + settings.key, script.src).href, settings.key);
  const [measured, loadTime] = vitals();
  const automatic = settings.auto != "off";
  const set = {}; // customer_id, page_type, rules: what the page told by zg("set", ...)
  // What all events of the page carry; page_type, page_url and referrer of the view that is shown are added to it.
  const page = { timezone: Intl.DateTimeFormat().resolvedOptions().timeZone, language: navigator.language };
  let held = []; // events of this page while the visitor has not decided; in memory only
  let pending = automatic; // a view that is not recorded yet
  let shown; // its route
  let ended; // its measures are sent
  let errors = 0;
  let clock = 0;

  const on = (target, type, act, more) => target.addEventListener(type, safe(act), more);

  const keep = (event) => {
    const consent = who.consent();
    const ids = consent && who.ids(!/web_vitals|error/.test(event.event));
    if (ids) line.put(Object.assign(event, ids));
    else if (consent == null && held.length < 100) held.push(event);
  };
  const record = (event, more) => {
    const now = Date.now();
    // Strictly rising, so that the order of events is the order of what happened; a clock set back is followed.
    clock = now > clock || clock - now > 1000 ? now : clock + 1;
    keep({
      event_id: more.order_id && event == "purchase" ? "purchase-" + more.order_id : uuid(clock),
      occurred_at: new Date(clock).toISOString(),
      event,
      customer_id: text(set.customer_id),
      ...page,
      ...more,
    });
  };
  const view = (given) => {
    const before = page.page_url;
    const from = !before && document.referrer; // of the later views it is the shop itself
    pending = clearTimeout(pending);
    page.page_type = pageType([given.page_type, set.page_type, meta("page-type"), before ? "" : settings.pageType], set.rules);
    page.page_url = address(location.href);
    page.referrer = from && new URL(from).host != location.host ? address(from) : "";
    set.page_type = ended = "";
    shown = route();
    record("page_view", { load_ms: loadTime() });
    if (meta("status") >= 400) record("error", {});
  };
  const settle = () => pending && view({});
  const track = safe((name, given) => {
    given = given || {};
    const event = known(name);
    if (event == "page_view") return view(given);
    settle();
    if (event) record(event, columns(given, settings.currency));
  });
  const leave = () => {
    if (ended || !shown) return;
    ended = 1;
    record("web_vitals", measured());
  };
  const moved = (replaced) => {
    const now = route();
    if (now == shown || !automatic || (replaced && now.split("?")[0] == shown.split("?")[0])) return;
    leave();
    shown = now;
    clearTimeout(pending);
    pending = setTimeout(safe(view), 50, {}); // the app may still set its meta tags
  };
  const consent = safe((decision) => {
    who.decide(decision == "granted");
    if (who.consent()) held.forEach(keep);
    else line.clear();
    held = [];
  });
  const hide = () => {
    settle();
    leave();
    line.beacon();
  };
  const fail = (message) => {
    if (message && errors++ < 5) track("error");
  };

  const commands = {
    set: (given) => Object.assign(set, given),
    consent,
    mirror: (name) => mirror(name || "dataLayer", track, consent),
  };
  const zg = safe((name, given) => (commands[name] ? commands[name](given) : track(name, given)));
  zg.mirror = safe(commands.mirror);
  window.zg = zg;

  ["pushState", "replaceState"].forEach((name) => {
    const original = history[name];
    history[name] = function (...given) {
      safe(settle)(); // before its address is gone
      const answer = original.apply(this, given);
      safe(moved)(name == "replaceState");
      return answer;
    };
  });
  on(window, "popstate", () => moved());
  on(window, "hashchange", () => moved());
  on(window, "pageshow", (event) => event.persisted && automatic && view({}));
  on(window, "error", (event) => fail(event.filename && !/ResizeObserver/.test(event.message)));
  on(window, "unhandledrejection", fail);
  on(window, "online", line.flush);
  on(window, "pagehide", hide);
  on(document, "visibilitychange", () => document.hidden && hide());
  if (who.consent() === false) line.clear();
  [].forEach.call(early, (given) => zg(...given));
  if ("mirror" in settings) zg.mirror(settings.mirror);
  const ready = safe(() => lists(track, on));
  // The view is recorded when the time of loading is known, or before if something else happens.
  if (document.readyState == "complete") settle();
  else on(window, "load", () => setTimeout(safe(settle)));
  if (document.readyState == "loading") on(document, "DOMContentLoaded", ready);
  else ready();
};

safe(() => {
  const script = document.currentScript;
  if (window.zg && window.zg.mirror) return; // the tag is there twice
  if (document.prerendering) document.addEventListener("prerenderingchange", safe(() => start(script)));
  else start(script);
})();
