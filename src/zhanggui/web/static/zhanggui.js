// The cockpit's script: sorting, quick search, palette, keyboard, live pages. Every page works without it.
"use strict";

(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  // -- tables ----------------------------------------------------------------

  const cellValue = (row, index) => {
    const cell = row.cells[index];
    const value = cell.dataset.value ?? cell.textContent.trim();
    return value !== "" && !Number.isNaN(Number(value)) ? Number(value) : value;
  };
  const compare = (one, two) => {
    if (typeof one === "number" && typeof two === "number") return one - two;
    if (typeof one === "number") return -1;
    if (typeof two === "number") return 1;
    return one.localeCompare(two, root.lang, { numeric: true });
  };
  const sortBy = (table, index, header) => {
    const up = header.getAttribute("aria-sort") === "descending" || (!header.hasAttribute("aria-sort") && !header.classList.contains("c-number"));
    const body = table.tBodies[0];
    const rows = [...body.rows].filter((row) => !row.matches(".total, .tail"));
    const last = [...body.rows].filter((row) => row.matches(".tail")).concat([...body.rows].filter((row) => row.matches(".total")));
    const known = (row) => cellValue(row, index) !== "–" && cellValue(row, index) !== "";
    rows.sort((one, two) => known(two) - known(one) || (up ? 1 : -1) * compare(cellValue(one, index), cellValue(two, index)));
    body.append(...rows, ...last);
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", up ? "ascending" : "descending");
  };
  const makeSortable = (table) => {
    [...table.tHead.rows[0].cells].forEach((header, index) => {
      if (header.querySelector("a") || header.matches(".c-bar, .c-spark")) return;
      const button = make("button", "sort", header.textContent.trim());
      button.type = "button";
      button.addEventListener("click", () => sortBy(table, index, header));
      header.replaceChildren(button);
    });
  };
  const quickFilter = (input) => {
    const table = document.getElementById(input.dataset.filter);
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLocaleLowerCase();
      for (const row of table.tBodies[0].rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
    });
  };
  const levelOf = (row) => Number(row.dataset.level ?? 0);
  const makeTwist = (row) => {
    const button = make("button", "twist", "▾");
    button.type = "button";
    button.setAttribute("aria-expanded", "true");
    button.setAttribute("aria-label", row.cells[0].textContent.trim());
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(open));
      button.textContent = open ? "▾" : "▸";
      for (let next = row.nextElementSibling; next && levelOf(next) > levelOf(row); next = next.nextElementSibling) next.hidden = !open;
    });
    row.cells[0].prepend(button);
  };

  // -- forms and popovers ------------------------------------------------------

  const autoSend = (form) => {
    if (!form.querySelector("input:not([type=hidden])")) form.classList.add("picks");
    form.addEventListener("change", (event) => event.target.matches("select, input[type=number]") && form.requestSubmit());
    form.addEventListener("formdata", (event) => {
      for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
    });
  };
  const offerValues = (form) => {
    const choice = form.elements.add_dim;
    const list = form.querySelector("datalist");
    const fill = async () => {
      const query = new URLSearchParams(new FormData(form));
      query.delete("add_value");
      query.delete("add_dim");
      query.set("dim", choice.value);
      const answer = await fetch(`${form.dataset.values}?${query}`);
      const names = answer.ok ? await answer.json() : [];
      list.replaceChildren(...names.map((name) => Object.assign(make("option"), { value: name })));
    };
    choice.addEventListener("change", fill);
    form.closest("details").addEventListener("toggle", (event) => event.target.open && fill());
  };
  document.addEventListener("click", (event) => {
    for (const pop of all("details.pop[open]")) {
      if (!pop.contains(event.target)) pop.open = false;
    }
  });

  // -- palette and keyboard ------------------------------------------------------

  const palette = document.getElementById("palette");
  const help = document.getElementById("help");
  let entries = null;
  let chosen = 0;
  const score = (entry, wanted) => {
    const text = `${entry.text} ${entry.more}`.toLocaleLowerCase();
    if (!wanted) return 1;
    if (text.startsWith(wanted)) return 3;
    const at = text.indexOf(wanted);
    if (at >= 0) return text[at - 1] === " " ? 2 : 1;
    let from = 0;
    for (const letter of wanted) {
      from = text.indexOf(letter, from) + 1;
      if (!from) return 0;
    }
    return 0.2;
  };
  const showEntries = () => {
    const list = document.getElementById("palette-list");
    const input = document.getElementById("palette-input");
    const wanted = input.value.trim().toLocaleLowerCase();
    const found = entries
      .map((entry) => [score(entry, wanted), entry])
      .filter(([points]) => points > 0)
      .sort((one, two) => two[0] - one[0])
      .slice(0, 12);
    chosen = Math.min(chosen, Math.max(found.length - 1, 0));
    list.replaceChildren(
      ...found.map(([, entry], index) => {
        const item = make("li");
        item.id = `palette-${index}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(index === chosen));
        const link = make("a");
        link.href = entry.href;
        link.tabIndex = -1;
        link.append(make("span", "", entry.text), make("small", "", entry.kind));
        item.append(link);
        return item;
      }),
    );
    if (!found.length) list.append(make("li", "none", list.dataset.empty));
    input.setAttribute("aria-activedescendant", found.length ? `palette-${chosen}` : "");
  };
  const openPalette = async () => {
    if (!palette || palette.open) return;
    palette.showModal();
    const input = document.getElementById("palette-input");
    input.value = "";
    chosen = 0;
    if (!entries) {
      const answer = await fetch(document.body.dataset.palette);
      entries = answer.ok ? await answer.json() : [];
    }
    showEntries();
  };
  if (palette) {
    const input = document.getElementById("palette-input");
    input.addEventListener("input", () => {
      chosen = 0;
      if (entries) showEntries();
    });
    input.addEventListener("keydown", (event) => {
      const count = all("#palette-list [role=option]").length;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        chosen = (chosen + (event.key === "ArrowDown" ? 1 : count - 1)) % Math.max(count, 1);
        showEntries();
        document.getElementById(`palette-${chosen}`)?.scrollIntoView({ block: "nearest" });
      } else if (event.key === "Enter") {
        event.preventDefault();
        document.querySelector(`#palette-${chosen} a`)?.click();
      }
    });
    for (const dialog of [palette, help]) dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }
  let waiting = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const pop of all("details.pop[open]")) { pop.open = false; pop.querySelector("summary").focus(); }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "/") { event.preventDefault(); openPalette(); }
    else if (event.key === "?" && help) help.showModal();
    else if (event.key === "g") waiting = Date.now();
    else if (Date.now() - waiting < 1500) document.querySelector(`.nav a[data-key="${CSS.escape(event.key)}"]`)?.click();
  });

  // -- pages that ask themselves again -------------------------------------------------

  // Only what changed is replaced, and not while the reader selects text or has something open.
  const fresh = (from, to) => {
    const olds = [...from.children];
    const news = [...to.children];
    news.forEach((wanted, index) => {
      const old = olds[index];
      if (!old) from.append(document.importNode(wanted, true));
      else if (!old.isEqualNode(wanted) && !old.querySelector("details[open]")) old.replaceWith(document.importNode(wanted, true));
    });
    olds.slice(news.length).forEach((old) => old.remove());
  };
  const refresh = async (main) => {
    if (document.hidden || !getSelection().isCollapsed) return;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById("main");
      if (next) fresh(main, next);
    } catch {
      // The server is away for a moment; the next turn asks again.
    }
  };
  const keepFresh = (main) => {
    const turn = async () => {
      await refresh(main);
      setTimeout(turn, 1000 * main.dataset.refresh);
    };
    setTimeout(turn, 1000 * main.dataset.refresh);
  };

  const copy = async (button) => {
    const code = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
    }
    const before = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = before), 1600);
  };

  // -- start ---------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open=palette]")) openPalette();
    const copied = event.target.closest("[data-copy]");
    if (copied) copy(copied);
  });
  all("table.sortable").forEach(makeSortable);
  all("tr[data-parent]").forEach(makeTwist);
  all("[data-filter]").forEach(quickFilter);
  all("form[data-auto]").forEach(autoSend);
  if (matchMedia("(max-width: 860px)").matches) all("details.fold").forEach((fold) => { fold.open = false; });
  all("form[data-values]").forEach(offerValues);
  all("[data-refresh]").forEach(keepFresh);
})();
