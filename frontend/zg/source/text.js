// Values as the collector takes them: short, well-formed, without anything that looks like an e-mail address.
// What is empty, null or not a number is left out of an event when it is written (queue.js).
const EMAIL = /[^\s/?&=#:@]+(@|%40)[^\s/?&=#:@]+/gi;
const BROKEN = /[\0\ud800-\udfff]/gu; // with `u` this matches lone surrogates only: whole emoji stay

/** The text of a value, at most `length` characters. */
export const text = (value, length) =>
  value == null ? "" : ("" + value).slice(0, length || 200).replace(EMAIL, "").replace(BROKEN, "").trim();

/** The number with at most four decimals, NaN when it is none. */
export const number = (value) => (value == null || value === "" ? NaN : Math.round(value * 1e4) / 1e4);

/** A UUID of version 7: it starts with the time, so that new events lie together in the warehouse. */
export const uuid = (now) =>
  "0" + now.toString(16).replace(/.{7}/, "$&-") + // twelve digits until the year 2527
  "-7000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
  );
