// The parts of the tracker that need no browser. Run with `npm test`.
import assert from "node:assert/strict";
import test from "node:test";
import { columns, known } from "../source/events.js";
import { number, text, uuid } from "../source/text.js";

/** As the queue writes an event: without what is empty. */
const written = (event) => JSON.parse(JSON.stringify(event, (_, value) => (value || value === 0 ? value : undefined)));

test("an event of one item names it, one of several does not", () => {
  const one = { item_id: 7, price: "12.50", quantity: "2" };
  assert.deepEqual(written(columns({ items: [one] })), { product_id: "7", quantity: 2, value: 25 });
  assert.deepEqual(written(columns({ items: [one, { item_id: "x" }] })), { quantity: 3, value: 25 });
  assert.deepEqual(written(columns({})), {});
});

test("the value that is given goes before the sum of the items", () => {
  assert.equal(columns({ value: 0, items: [{ price: 9 }] }).value, 0);
  assert.equal(columns({ value: "9.99", items: [{ price: 1 }] }).value, 9.99);
  assert.equal(columns({ items: [{ price: 0.1, quantity: 3 }] }).value, 0.3);
});

test("an amount in a foreign currency is no amount of the shop", () => {
  const given = { value: 5, currency: "USD" };
  assert.deepEqual(written(columns(given, "EUR")), {});
  assert.deepEqual(written(columns(given, "USD")), { value: 5 });
  assert.deepEqual(written(columns(given)), { value: 5 });
});

test("a count of results is a whole number, and -1 is no count", () => {
  const counts = [0, "0", 3.7, -1, "many", undefined].map((result_count) => written(columns({ result_count })).result_count);
  assert.deepEqual(counts, [0, 0, 3, undefined, undefined, undefined]);
});

test("only events that the shop keeps are known", () => {
  const names = ["view_search_results", "purchase", "page_view", "web_vitals", "view_cart", "toString", "gtm.js", null];
  assert.deepEqual(names.map(known), ["search", "purchase", "page_view", ...Array(5).fill(undefined)]);
});

test("texts are short, whole and without addresses of people", () => {
  assert.equal(text("a\0b \ud83d c 🍵 "), "ab  c 🍵");
  assert.equal(text("ask me.too+x@mail.example.org now"), "ask  now");
  assert.equal(text("https://x.example/u/me%40mail.example?q=1"), "https://x.example/u/?q=1");
  assert.equal(text("🍵".repeat(200), 201).isWellFormed?.() ?? true, true);
  assert.equal(text(null), "");
  assert.equal(text(0), "0");
});

test("numbers have four decimals, and nothing is no number", () => {
  assert.deepEqual([number("1.00005"), number(0), number("2")], [1.0001, 0, 2]);
  assert.ok([null, undefined, "", "1,5", {}, NaN].every((value) => Number.isNaN(number(value))));
});

test("ids are UUIDs that rise with time and do not repeat", () => {
  const now = 1700000000000;
  const many = Array.from({ length: 2000 }, () => uuid(now));
  assert.equal(new Set(many).size, 2000);
  assert.ok(many.every((id) => /^018bcfe5-6800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)));
  assert.ok(uuid(now) < uuid(now + 1));
});
