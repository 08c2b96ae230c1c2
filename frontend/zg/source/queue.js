// Events wait in localStorage, one entry each, until the collector says that it has them. An entry per event needs
// no reading back before writing, so tabs never overwrite each other; what is sent twice the shop drops by event_id.
const BATCH = 20; // events; with addresses of 1,000 characters still below the 64 KB of a keepalive request
const KEPT = 500; // events
const AGAIN = 1000; // ms until a second attempt
const LATEST = 300000; // ms between two attempts

export const queue = (url, key) => {
  const prefix = "zg." + key + ".";
  const fresh = new Set(); // of this page and never tried: what a beacon takes along
  let box; // localStorage, or a plain object where that is refused or full
  let timer; // set from the first event that waits until the last one is sent
  let pause = AGAIN;

  const names = () => {
    try {
      box = box || localStorage;
    } catch (refused) {
      box = {};
    }
    return Object.keys(box).filter((name) => name.startsWith(prefix)).sort(); // prettier-ignore
  };
  const drop = (some) => some.forEach((name) => delete box[name]);
  const body = (some) =>
    "[" + some.map((name) => box[name].slice(0, -1) + ',"sent_at":"' + new Date().toISOString() + '"}') + "]";
  const later = (after) => {
    clearTimeout(timer);
    timer = setTimeout(flush, after);
  };
  const send = async () => {
    const some = names().slice(0, BATCH);
    timer = some[0];
    if (!timer) return;
    some.forEach(fresh.delete, fresh);
    let status = 0;
    try {
      status = (
        await fetch(url, {
          method: "POST",
          body: body(some), // a string goes as text/plain, which needs no preflight
          keepalive: true,
          signal: AbortSignal.timeout && AbortSignal.timeout(20000),
        })
      ).status;
    } catch (unreachable) {} // tried again below
    timer = 0;
    if (/^(2|4(?!08|29))/.test(status)) {
      drop(some); // taken, or refused for good
      pause = AGAIN;
      if (names()[0]) later(0);
    } else {
      some.forEach(fresh.add, fresh);
      later(pause);
      pause = Math.min(pause * (1.5 + Math.random()), LATEST);
    }
  };
  // One tab at a time where the browser knows locks; elsewhere two tabs may send the same, which does no harm.
  const flush = () => {
    (navigator.locks ? navigator.locks.request(prefix, send) : send()).catch(() => (timer = 0));
  };

  return {
    flush,
    /** Keep an event and send it soon. */
    put: (event) => {
      const name = prefix + event.event_id;
      const line = JSON.stringify(event, (_, value) => (value || value === 0 ? value : undefined));
      drop(names().slice(0, 1 - KEPT));
      try {
        box[name] = line;
      } catch (full) {
        box = { [name]: line };
      }
      fresh.add(name);
      if (!timer) later(0); // events of the same moment go together, and those that come while others are on their way
    },
    /** Hand what waits to the browser as the page goes. A beacon tells nothing back: the next page sends it again. */
    beacon: () => {
      const some = names().filter((name) => fresh.has(name)).slice(-BATCH); // prettier-ignore
      if (some[0]) navigator.sendBeacon(url, body(some));
      fresh.clear();
    },
    clear: () => drop(names()),
  };
};
