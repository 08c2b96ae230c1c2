// GA4's event names and parameters, as columns of the shop's events.
import { number, text } from "./text.js";

const KNOWN =
  /^(page_view|view_item(_list)?|select_(item|promotion)|(add_to|remove_from)_cart|begin_checkout|add_(shipping|payment)_info|purchase|refund|search|sign_up|login|error)$/;

/** The shop's name of an event, undefined for one that the shop does not keep. */
export const known = (name) => {
  name = name == "view_search_results" ? "search" : name;
  return KNOWN.test(name) ? name : undefined;
};

/** Columns of an event from GA4's parameters. `currency` is the shop's: an amount in another one is left out. */
export const columns = (given, currency) => {
  const items = [].concat(given.items || []);
  const total = (count) =>
    items.reduce((sum, item) => sum + (item.quantity == null ? 1 : +item.quantity) * count(item), 0);
  const foreign = currency && given.currency && given.currency != currency;
  const value = number(given.value);
  const quantity = number(given.quantity || total(() => 1));
  return {
    product_id: items[1] ? "" : text((items[0] || given).item_id),
    order_id: text(given.transaction_id),
    query: text(given.search_term),
    result_count: given.result_count < 0 ? "" : Math.floor(number(given.result_count)),
    quantity: quantity > 0 ? quantity : "",
    value: foreign ? "" : isNaN(value) ? number(total((item) => item.price || 0) || "") : value,
  };
};
