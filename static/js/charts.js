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
      const layout = { ...frame(style, height), ...resolve(figure.layout || {}, style) };
      layout.font = { ...frame(style, height).font, ...(layout.font || {}) };
      // Plotly would take any hidden box for one of no width.
      const shown = !chart.classList.contains("shows-table");
      canvas.hidden = false;
      await window.Plotly.react(canvas, resolve(figure.data, style), layout, {
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

  document.addEventListener("themechange", () => drawAll(document));
  document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
  document.fonts.ready.then(() => drawAll(document));
})();
