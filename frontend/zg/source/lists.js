// Lists without a line of script: elements with data-zg-item that are seen or clicked.

const about = (element) => {
  const item = element.closest("[data-zg-item]");
  const data = item ? item.dataset : {};
  return { items: item ? [{ item_id: data.zgItem, price: data.zgPrice, quantity: data.zgQuantity }] : [] };
};

export const lists = (track, on) => {
  const seen = new WeakMap(); // element -> product that it showed; apps put other products into the same element
  let timer;
  on(document, "click", (event) => {
    const element = event.target.closest("[data-zg-event],[data-zg-item]");
    if (element) track(element.dataset.zgEvent || "select_item", about(element));
  }, true); // prettier-ignore

  // Seen = at least half of it for a second.
  const watcher = new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => {
    clearTimeout(target.zgTimer);
    if (isIntersecting) target.zgTimer = setTimeout(() => {
      watcher.unobserve(target);
      track("view_item_list", about(target));
    }, 1000);
  }), { threshold: 0.5 }); // prettier-ignore
  const scan = () => {
    timer = 0;
    document.querySelectorAll("[data-zg-item]").forEach((element) => {
      if (seen.get(element) == element.dataset.zgItem) return;
      seen.set(element, element.dataset.zgItem);
      watcher.observe(element);
    });
  };
  new MutationObserver(() => (timer = timer || setTimeout(scan, 200))).observe(document, {
    childList: true, subtree: true, attributeFilter: ["data-zg-item"],
  }); // prettier-ignore
  scan();
};
