// The report's own tools: theme, print, place in the contents, filter of the answers, what if.
(() => {
  const root = document.documentElement;
  const redraw = () => document.dispatchEvent(new CustomEvent("themechange"));
  const isDark = () =>
    root.dataset.bsTheme
      ? root.dataset.bsTheme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;

  document.querySelector("[data-tools]").hidden = false;
  const theme = document.querySelector("[data-theme-switch]");
  const name = () => (theme.textContent = isDark() ? "Light" : "Dark");
  theme.addEventListener("click", () => {
    root.dataset.bsTheme = isDark() ? "light" : "dark";
    name();
    redraw();
  });
  name();
  document.querySelector("[data-print]").addEventListener("click", () => print());

  // Paper is white whatever the screen is.
  let chosen;
  addEventListener("beforeprint", () => {
    chosen = root.dataset.bsTheme;
    root.dataset.bsTheme = "light";
    redraw();
  });
  addEventListener("afterprint", () => {
    if (chosen) root.dataset.bsTheme = chosen;
    else delete root.dataset.bsTheme;
    redraw();
  });

  const links = new Map(
    [...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]),
  );
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of links.values()) link.removeAttribute("aria-current");
        links.get(entry.target.id)?.setAttribute("aria-current", "true");
      }
    },
    { rootMargin: "-10% 0px -80% 0px" },
  );
  for (const section of document.querySelectorAll(".section")) seen.observe(section);

  // A phone shows the numbers first; the drawing is one touch away.
  if (innerWidth < 600) {
    for (const chart of document.querySelectorAll("[data-figure]")) {
      chart.classList.add("shows-table");
      chart.querySelector("[data-chart-switch]").setAttribute("aria-pressed", "true");
    }
  }

  const KINDS = [
    ["All", () => true],
    ["Gates", (row) => row.querySelector(".tag")],
    ["No evidence", (row) => row.querySelector(".unproven, .tone-bad")],
    ["No level", (row) => !row.querySelector(".levels")],
  ];
  for (const table of document.querySelectorAll("table[data-filtered]")) {
    const rows = [...table.tBodies[0].rows];
    const answers = table.classList.contains("has-total") ? rows.slice(0, -1) : rows;
    const bar = document.createElement("div");
    bar.className = "filter-row";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Show");
    for (const [label, keeps] of KINDS) {
      const found = answers.filter((row) => keeps(row));
      if (!found.length) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn";
      button.textContent = `${label} ${found.length}`;
      button.setAttribute("aria-pressed", String(label === "All"));
      button.addEventListener("click", () => {
        for (const other of bar.children) other.setAttribute("aria-pressed", String(other === button));
        for (const row of answers) row.hidden = !keeps(row);
      });
      bar.append(button);
    }
    table.parentElement.before(bar);
  }

  const box = document.querySelector("[data-what-if]");
  const source = document.getElementById("what-if-data");
  if (!box || !source) return;
  const { share, floor, weights } = JSON.parse(source.textContent);
  const sliders = [...box.querySelectorAll("input")];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const show = () => {
    const logs = sliders.map((slider) => Math.log(Math.max(Number(slider.value), floor)));
    const mean = logs.reduce((sum, log, at) => sum + (log * weights[at]) / total, 0);
    const result = Math.exp((1 - share) * mean + share * Math.min(...logs));
    box.querySelector("[data-result]").textContent = result.toFixed(1);
    for (const slider of sliders) slider.nextElementSibling.textContent = Math.round(slider.value);
  };
  box.addEventListener("input", show);
  box.querySelector("[data-reset]").addEventListener("click", () => {
    for (const slider of sliders) slider.value = slider.dataset.start;
    show();
  });
  box.hidden = false;
  document.querySelector("[data-without-script]").hidden = true;
  show();
})();
