// Draw each [data-figure] with Plotly in the colours of the theme. The table stands until the
// drawing does, and comes back when it fails.
(() => {
  const TOKEN = /^var\((--[a-z0-9-]+)\)$/;

  const resolve = (value, style) => {
    if (typeof value === "string") {
      const token = value.match(TOKEN);
      return token ? style.getPropertyValue(token[1]).trim() : value;
    }
    if (Array.isArray(value)) return value.map((one) => resolve(one, style));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolve(one, style)]));
    }
    return value;
  };

  const frame = (style, height) => {
    const colour = (name) => style.getPropertyValue(name).trim();
    return {
      height,
      autosize: true,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: "Inter, system-ui, sans-serif", size: 12, color: colour("--ink2") },
      hoverlabel: {
        bgcolor: colour("--paper"),
        bordercolor: colour("--control"),
        font: { family: "Inter, system-ui, sans-serif", size: 12, color: colour("--ink") },
      },
      colorway: [colour("--ink3"), colour("--ink"), colour("--accent")],
      margin: { l: 0, r: 14, t: 24, b: 20 },
      showlegend: false,
    };
  };

  // On a phone each row's name goes above its bar, so that the whole axis stays in view.
  const NARROW = 560;
  const stack = (data, layout) => {
    const { l: left, r: right, t: top } = layout.margin;
    const isName = (each) => each.xref === "paper" && each.yref === "y" && each.x === 0;
    const names = layout.annotations.filter(isName);
    const lines = Math.max(...names.map((each) => each.text.split("<br>").length));
    const rows = Math.abs(layout.yaxis.range[0] - layout.yaxis.range[1]);
    const height = 54 + 17 * (lines - 1);
    const thinner = layout.height / rows / height;
    const nearer = (y) => Math.round(y) + (y - Math.round(y)) * thinner;
    for (const each of names) {
      const isAside = each.xanchor === "right";
      Object.assign(each, { yanchor: "bottom", yshift: 11 });
      Object.assign(each, isAside ? { x: 1, xshift: right } : { xshift: each.xshift + left });
    }
    for (const each of data) if (each.type === "bar") each.width = each.width.map((one) => one * thinner);
    // The joints between the rows would run through the names.
    const isJoint = (each) => each.xref === "x" && Math.round(each.y0) !== Math.round(each.y1);
    layout.shapes = layout.shapes.filter((each) => !isJoint(each));
    for (const each of layout.shapes) {
      if (each.xsizemode === "pixel") {
        Object.assign(each, { x0: each.x0 + left, x1: each.x1 + left, y0: 13, y1: 27 });
      } else if (each.xref === "x") {
        Object.assign(each, { y0: nearer(each.y0), y1: nearer(each.y1) });
      }
    }
    layout.height = rows * height + top + 16;
    layout.margin = { ...layout.margin, l: 4 };
  };

  const draw = async (chart) => {
    const canvas = chart.querySelector("[data-chart-canvas]");
    const table = chart.querySelector("[data-chart-table]");
    const button = chart.querySelector("[data-chart-switch]");
    const source = document.getElementById(chart.dataset.figure);
    if (!canvas || !source || !window.Plotly) return;
    try {
      const figure = JSON.parse(source.textContent);
      const style = getComputedStyle(chart);
      const height = (figure.layout && figure.layout.height) || Number(chart.dataset.height);
      const data = resolve(figure.data, style);
      const layout = { ...frame(style, height), ...resolve(figure.layout || {}, style) };
      if (chart.clientWidth < NARROW && layout.margin.l > 100) stack(data, layout);
      layout.font = { ...frame(style, height).font, ...(layout.font || {}) };
      // Plotly would take any hidden box for one of no width.
      const shown = !chart.classList.contains("shows-table");
      canvas.hidden = false;
      await window.Plotly.react(canvas, data, layout, {
        responsive: true,
        displayModeBar: false,
        displaylogo: false,
        showTips: false,
      });
      canvas.hidden = !shown;
      table.hidden = shown;
      if (button) button.hidden = false;
    } catch (error) {
      canvas.hidden = true;
      table.hidden = false;
      console.error(error);
    }
  };

  const drawAll = (root) => {
    for (const chart of root.querySelectorAll("[data-figure]")) draw(chart);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-chart-switch]");
    if (!button) return;
    const chart = button.closest("[data-figure]");
    const asTable = chart.classList.toggle("shows-table");
    button.setAttribute("aria-pressed", String(asTable));
    chart.querySelector("[data-chart-table]").hidden = !asTable;
    const canvas = chart.querySelector("[data-chart-canvas]");
    canvas.hidden = asTable;
    if (!asTable) window.Plotly.Plots.resize(canvas);
  });

  window.matchMedia(`(max-width: ${NARROW}px)`).addEventListener("change", () => drawAll(document));
  document.addEventListener("themechange", () => drawAll(document));
  document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
  document.fonts.ready.then(() => drawAll(document));
})();
