// Colours: auto follows the system. Runs before the page is painted, so that nothing flashes.
(() => {
  const KEY = "theme";
  const root = document.documentElement;
  const wish = matchMedia("(prefers-color-scheme: dark)");

  const read = () => {
    try {
      return localStorage.getItem(KEY) || "auto";
    } catch {
      return "auto";
    }
  };
  let choice = read();

  const apply = () => {
    const dark = choice === "dark" || (choice === "auto" && wish.matches);
    root.dataset.bsTheme = dark ? "dark" : "light";
    for (const button of document.querySelectorAll("[data-theme-choice] button")) {
      button.setAttribute("aria-pressed", String(button.value === choice));
    }
    document.dispatchEvent(new CustomEvent("themechange"));
  };

  apply();
  wish.addEventListener("change", apply);

  document.addEventListener("DOMContentLoaded", () => {
    for (const group of document.querySelectorAll("[data-theme-choice]")) {
      group.hidden = false;
      group.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (!button) return;
        choice = button.value;
        try {
          localStorage.setItem(KEY, choice);
        } catch {
          // Private windows may refuse; the choice then lasts for this page.
        }
        apply();
      });
    }
    apply();
  });
})();
