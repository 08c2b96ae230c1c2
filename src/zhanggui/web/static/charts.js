// The cockpit's charts. Every number they draw stands in a table of the page too.
"use strict";

(() => {
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const css = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

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
    if (data.unit === "ms" && size) return size < 1000 ? `${trim(size)}${data.language === "zh" ? "毫秒" : " ms"}` : `${trim(size / 1000)}${data.language === "zh" ? "秒" : " s"}`;
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

  // Paths: a node stands in the column of its step; the same page or act has the same colour in every column.
  const kindColour = (node) => (node.kind === "tail" ? css("--flat-bar") : css(`--series-${(node.colour % 5) + 1}`));
  const flowTip = (point) => {
    const box = make("div", "chart-tip");
    box.append(make("b", "", point.data.title), make("span", "plain", point.data.text));
    return box;
  };
  const flowOption = (data) => ({
    animation: false,
    textStyle: base(data).textStyle,
    tooltip: { ...base(data).tooltip, trigger: "item", formatter: flowTip, show: true },
    series: [{
      type: "sankey",
      left: 4, right: 156, top: 8, bottom: 8,
      nodeWidth: 12, nodeGap: 14, nodeAlign: "left", layoutIterations: 24, draggable: false,
      emphasis: { focus: "adjacency" },
      label: { color: css("--text"), fontSize: 12, overflow: "truncate", width: 146, formatter: (point) => point.data.label },
      lineStyle: { color: "source", opacity: Number(css("--flow")), curveness: 0.5 },
      data: data.nodes.map((node) => ({ ...node, depth: node.step, itemStyle: { color: kindColour(node), borderWidth: 0 } })),
      links: data.links,
    }],
  });

  const OPTIONS = { waterfall: waterfallOption, bars: barsOption, flow: flowOption };
  const optionOf = (data) => (OPTIONS[data.kind] ?? lineOption)(data);

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
        if (data.series?.length > 1) place.before(legendOf(data));
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

  document.addEventListener("click", (event) => {
    const picture = event.target.closest("[data-png]");
    if (picture) savePicture(picture.dataset.png);
  });
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
