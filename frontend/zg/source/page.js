// What page this is: its type, and its address without what could be personal.
import { text } from "./text.js";

const TYPES = /^(home|category|item|search|cart|checkout|account|other)$/;
// Sources of visits (tags of campaigns, click ids) and what was searched for; every other parameter stays in the
// browser. A test holds it against the parameters that channels.toml names.
const KEPT =
  /^([mu]tm_|pk_|hm|_hsmi|awc$|epik|igsh|xhsshare|cjevent|qz_gdt|(q|s|k|wd|kw|query|keywords?|search(_?term|_query)?)$)|(clk?|ck|[_cs]c|creative|promotion|ransite|^ad|_fat_)id$|braid$|_vid$/i;
const ROUTE = /^#!?\//;

/** Rules of last resort: the first pattern that fits the path and query names the type. */
const RULES = [
  ["/(cart|basket|bag)\\b", "cart"],
  ["/(checkouts?|pay(ment)?|thank.*)\\b", "checkout"],
  ["/search\\b|[?&](q|query|keywords?|wd)=", "search"],
  ["/(products?|items?|goods|detail|dp|p)\\b", "item"],
  ["/(collections?|categor(y|ies)|c)\\b", "category"],
  ["/(account|login|register|user)\\b", "account"],
  ["^/(\\w\\w(-\\w\\w)?/?)?((index|home)[.\\w]*)?([?#]|$)", "home"],
];

/** Content of a meta tag `zg:NAME`, undefined where there is none. */
export const meta = (name) => (document.querySelector('meta[name="zg:' + name + '"]') || {}).content;

/** Path of the page, with query; the part behind # counts where it is a route. */
export const route = () => location.pathname + location.search + (ROUTE.test(location.hash) ? location.hash : "");

/** The first valid one of the types offered, else what the rules say of the address. */
export const pageType = (offered, rules) =>
  offered
    .concat(((rules || []).concat(RULES).find(([pattern]) => RegExp(pattern, "i").test(route())) || "")[1])
    .find((type) => TYPES.test(type)) || "other";

/** An address with known parameters only. */
export const address = (href) => {
  const url = new URL(href);
  url.search = new URLSearchParams([...url.searchParams].filter(([name]) => KEPT.test(name)));
  url.hash = ROUTE.test(url.hash) ? url.hash.split("?")[0] : "";
  return text(url.href, 1000);
};
