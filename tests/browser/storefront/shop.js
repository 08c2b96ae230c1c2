// The shop behind the static pages: goods, a cart in sessionStorage, and what it tells the tracker.
"use strict";
window.zg = window.zg || function () { (zg.q = zg.q || []).push(arguments); };
window.dataLayer = window.dataLayer || [];

const GOODS = [
  { id: "LAMP-1", name: "Brass lamp 黄铜台灯", price: 49.9 },
  { id: "LAMP-2", name: "<b>Paper</b> lamp 🏮", price: 12.5 },
  { id: "LAMP-3", name: "Desk lamp", price: 30.1 },
];
const asked = new URLSearchParams(location.search);
const find = (id) => GOODS.find((good) => good.id === id);
const read = () => JSON.parse(sessionStorage.getItem("cart") || "[]");
const at = (id) => document.getElementById(id);
const items = () => read().map((id) => ({ item_id: id, item_name: find(id).name, price: find(id).price, quantity: 1 }));
// What a shop with Google Tag Manager pushes at each step.
const push = (event, more) => {
  dataLayer.push({ ecommerce: null });
  dataLayer.push({ event, ecommerce: { currency: "EUR", items: items(), ...more } });
};
const list = (goods) => {
  at("list").append(...goods.map((good) => {
    const link = document.createElement("a");
    link.href = "/item.html?sku=" + encodeURIComponent(good.id);
    link.textContent = good.name;
    const line = document.createElement("li");
    line.dataset.zgItem = good.id;
    line.dataset.zgPrice = good.price;
    line.append(link);
    return line;
  }));
};
const go = (path) => { location.href = path; };

const pages = {
  "/category.html": () => list(GOODS),
  "/search.html": () => {
    if (!asked.has("q")) return;
    const found = GOODS.filter((good) => good.name.toLowerCase().includes(asked.get("q").toLowerCase()));
    at("count").textContent = found.length + " results for " + asked.get("q");
    list(found);
    zg("search", { search_term: asked.get("q"), result_count: found.length });
  },
  "/item.html": () => {
    const good = find(asked.get("sku"));
    const item = { item_id: good.id, price: good.price, quantity: 1 };
    at("price").textContent = good.name + " " + good.price;
    zg("view_item", { currency: "EUR", value: good.price, items: [item] });
    at("add").addEventListener("click", () => {
      sessionStorage.setItem("cart", JSON.stringify([...read(), good.id]));
      zg("add_to_cart", { currency: "EUR", value: good.price, items: [item] });
      at("add").textContent = "Added";
    });
  },
  "/cart.html": () => {
    at("cart").append(...read().map((id) => {
      const line = document.createElement("li");
      const button = document.createElement("button");
      button.textContent = "Remove " + id;
      button.addEventListener("click", () => {
        const left = read();
        left.splice(left.indexOf(id), 1);
        sessionStorage.setItem("cart", JSON.stringify(left));
        zg("remove_from_cart", { currency: "EUR", items: [{ item_id: id, price: find(id).price, quantity: 1 }] });
        line.remove();
      });
      line.append(button);
      return line;
    }));
  },
  "/checkout.html": () => {
    push("begin_checkout");
    at("ship").addEventListener("click", () => { push("add_shipping_info", { shipping_tier: "post" }); go("/payment.html"); });
  },
  "/payment.html": () => {
    at("pay").addEventListener("click", () => { push("add_payment_info", { payment_type: "card" }); go("/thanks.html?order=" + (sessionStorage.getItem("order") || "A-1001")); });
  },
  "/thanks.html": () => push("purchase", { transaction_id: asked.get("order"), shipping: 4 }),
};
if (pages[location.pathname]) pages[location.pathname]();
