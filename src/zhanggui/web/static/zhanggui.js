// The cockpit's script: charts, sorting, quick search, palette, keyboard. Every page works without it.
"use strict";

(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const css = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  // -- charts ----------------------------------------------------------------

  const chartData = (key) => {
    const element = document.querySelector(`.chart-data[data-for="${CSS.escape(key)}"]`);
    return element ? JSON.parse(element.textContent) : null;
  };

  let loading = null;
  const echartsReady = () => {
    // A page with charts brings the library along; others fetch it when a picture is asked for.
    loading ??= new Promise((done, failed) => {
      if (window.echarts) return done(window.echarts);
      const script = document.getElementById("charts") ?? make("script");
      script.addEventListener("load", () => done(window.echarts));
      script.addEventListener("error", failed);
      if (script.isConnected) return undefined;
      script.src = document.body.dataset.charts;
      document.head.append(script);
      return undefined;
    });
    return loading;
  };

  // Axis labels only; every value that a reader reads off comes as text from the server.
  const axisText = (value, data) => {
    const sign = value < 0 ? "\u2212" : "";
    const size = Math.abs(value);
    if (data.unit === "rate") return `${sign}${trim(size * 100)}${data.language === "zh" ? "%" : " %"}`;
    const steps = data.language === "zh" ? [[1e8, "亿"], [1e4, "万"]] : [[1e9, "bn"], [1e6, "m"], [1e3, "k"]];
    for (const [step, name] of steps) {
      if (size >= step) return `${sign}${data.symbol ?? ""}${trim(size / step)}${name}`;
    }
    return `${sign}${data.symbol ?? ""}${trim(size)}`;
  };
  const trim = (number) => String(Number(number.toPrecision(3)));

  const seriesColour = (series, index) =>
    series.role === "other" || series.role === "tail" ? css("--series-6") : css(`--series-${(index % 6) + 1}`);
  const seriesClass = (series, index) => (series.role === "main" ? `s${index % 6}` : `s${series.role}`);

  const tip = (data) => (points) => {
    const list = Array.isArray(points) ? points : [points];
    const box = make("div", "chart-tip");
    box.append(make("b", "", data.labels[list[0].dataIndex]));
    for (const [index, series] of data.series.entries()) {
      const line = make("span");
      line.append(make("i", seriesClass(series, index)), make("em", "", series.name));
      line.append(make("b", "", series.texts[list[0].dataIndex]));
      box.append(line);
    }
    return box;
  };

  const base = (data) => ({
    animation: false,
    textStyle: { fontFamily: css("--font"), fontSize: 12, color: css("--soft") },
    grid: { left: 4, right: 12, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: {
      trigger: "axis",
      formatter: data.series ? tip(data) : undefined,
      show: Boolean(data.series),
      padding: 0,
      borderWidth: 0,
      backgroundColor: "transparent",
      extraCssText: "box-shadow:none",
      confine: true,
      transitionDuration: 0,
      axisPointer: { type: "line", lineStyle: { color: css("--line-strong"), width: 1 } },
    },
  });
  const quietAxis = () => ({
    axisLine: { lineStyle: { color: css("--line-strong") } },
    axisTick: { show: false },
    axisLabel: { color: css("--faint"), hideOverlap: true },
    splitLine: { show: false },
  });
  const valueAxis = (data, more) => ({
    type: "value",
    axisLabel: { color: css("--faint"), formatter: (value) => axisText(value, data) },
    splitLine: { lineStyle: { color: css("--line") } },
    splitNumber: 4,
    ...more,
  });

  const lineOption = (data) => ({
    ...base(data),
    xAxis: { type: "category", data: data.labels, boundaryGap: data.kind === "bar", ...quietAxis() },
    yAxis: valueAxis(data, { min: lineFloor(data) }),
    series: data.series.map((series, index) => ({
      type: data.kind === "bar" && series.role !== "other" ? "bar" : "line",
      name: series.name,
      data: series.values,
      color: seriesColour(series, index),
      symbol: "circle",
      symbolSize: 5,
      showSymbol: data.labels.length < 2 || (index === 0 && data.series.length < 3 && series.values.includes(null)),
      connectNulls: true,
      barMaxWidth: 36,
      z: (series.role === "other") === (data.kind === "bar") ? 4 : 2,
      lineStyle: series.role === "other" ? { type: [4, 4], width: 1.2 } : { width: 2 },
      emphasis: { disabled: true },
    })),
  });
  // Bars start at zero. A line whose lowest value is far above zero may be zoomed; its axis then shows where it starts.
  const lineFloor = (data) => {
    const known = data.series.flatMap((series) => series.values).filter((value) => value !== null);
    const low = Math.min(...known);
    const high = Math.max(...known);
    return data.kind === "line" && low > 0 && low / high > 0.6 ? (extent) => extent.min - (extent.max - extent.min) * 0.15 : Math.min(0, low) === low && low < 0 ? null : 0;
  };

  const barsOption = (data) => {
    const values = [...data.series[0].values].reverse();
    const texts = [...data.series[0].texts].reverse();
    return {
      ...base(data),
      grid: { left: 4, right: 64, top: 8, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      xAxis: valueAxis(data),
      yAxis: { type: "category", data: [...data.labels].reverse(), ...quietAxis() },
      series: [{ type: "bar", data: values, color: css("--series-1"), barMaxWidth: 22,
        label: { show: true, position: "right", color: css("--text"), formatter: (point) => texts[point.dataIndex] } }],
    };
  };

  const waterfallOption = (data) => {
    let level = data.start;
    const rows = [{ low: Math.min(0, level), size: Math.abs(level), colour: css("--flat-bar") }];
    for (const step of data.steps) {
      const good = step > 0 === (data.better !== "down");
      const colour = data.better ? css(good ? "--good-bar" : "--bad-bar") : css("--series-1");
      rows.push({ low: Math.min(level, level + step), size: Math.abs(step), colour });
      level += step;
    }
    rows.push({ low: Math.min(0, level), size: Math.abs(level), colour: css("--flat-bar") });
    rows.reverse();
    const texts = [...data.texts].reverse();
    return {
      ...base(data),
      grid: { left: 4, right: 72, top: 8, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      xAxis: valueAxis(data),
      yAxis: { type: "category", data: [...data.names].reverse(), ...quietAxis() },
      series: [
        { type: "bar", stack: "all", data: rows.map((row) => row.low), color: "transparent", barMaxWidth: 24 },
        { type: "bar", stack: "all", barMaxWidth: 24,
          data: rows.map((row) => ({ value: row.size, itemStyle: { color: row.colour } })),
          label: { show: true, position: "right", color: css("--text"), formatter: (point) => texts[point.dataIndex] } },
      ],
    };
  };

  const optionOf = (data) =>
    data.kind === "waterfall" ? waterfallOption(data) : data.kind === "bars" ? barsOption(data) : lineOption(data);

  const legendOf = (data) => {
    const box = make("div", "legend");
    for (const [index, series] of data.series.entries()) {
      const item = make("span");
      const ns = "http://www.w3.org/2000/svg";
      const svg = document.createElementNS(ns, "svg");
      const line = document.createElementNS(ns, "line");
      const parts = { x1: 0, x2: 18, y1: 4, y2: 4, stroke: seriesColour(series, index), "stroke-width": series.role === "other" ? 1.5 : 3 };
      if (series.role === "other") parts["stroke-dasharray"] = "4 3";
      for (const [name, value] of Object.entries(parts)) line.setAttribute(name, value);
      svg.append(line);
      item.append(svg, document.createTextNode(series.name));
      box.append(item);
    }
    return box;
  };

  const drawn = new Map();
  const draw = async () => {
    const places = all("[data-chart]");
    if (!places.length) return;
    const echarts = await echartsReady();
    for (const place of places) {
      const data = chartData(place.dataset.chart);
      if (!data) continue;
      let chart = drawn.get(place);
      if (!chart) {
        if (data.series.length > 1) place.before(legendOf(data));
        chart = echarts.init(place, null, { renderer: "canvas" });
        drawn.set(place, chart);
        new ResizeObserver(() => chart.resize()).observe(place);
      }
      chart.setOption(optionOf(data), true);
      place.dataset.drawn = "";
    }
  };

  const savePicture = async (key) => {
    const data = chartData(key);
    const echarts = await echartsReady();
    const place = make("div");
    const rows = data.kind === "bars" ? data.labels.length : data.kind === "waterfall" ? data.names.length : 0;
    const chart = echarts.init(place, null, { renderer: "canvas", width: 1100, height: rows ? 60 + rows * 34 : 480 });
    chart.setOption({ ...optionOf(data), backgroundColor: css("--surface") });
    const link = make("a");
    link.href = chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: css("--surface") });
    link.download = `${data.title.replace(/[^\p{L}\p{N}]+/gu, "-")}.png`;
    link.click();
    chart.dispose();
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

  // -- start ---------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const picture = event.target.closest("[data-png]");
    if (picture) savePicture(picture.dataset.png);
    if (event.target.closest("[data-open=palette]")) openPalette();
  });
  all("table.sortable").forEach(makeSortable);
  all("tr[data-parent]").forEach(makeTwist);
  all("[data-filter]").forEach(quickFilter);
  all("form[data-auto]").forEach(autoSend);
  all("form[data-values]").forEach(offerValues);
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
