// The sidebar opens by its address (#side) without this script; with it, Escape and focus work too.
(() => {
  const side = document.getElementById("side");
  const opener = document.querySelector("[data-menu-open]");
  if (!side || !opener) return;

  const set = (open) => {
    side.classList.toggle("is-open", open);
    opener.setAttribute("aria-expanded", String(open));
    if (open) side.querySelector(".side-close").focus();
    else opener.focus();
  };
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-expanded", "false");

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-menu-open]")) {
      event.preventDefault();
      set(true);
    } else if (event.target.closest("[data-menu-close]")) {
      event.preventDefault();
      if (location.hash === "#side") history.replaceState(null, "", "#main");
      set(false);
    }
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  opener.addEventListener("keydown", (event) => {
    if (event.key === " ") {
      event.preventDefault();
      set(true);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (side.classList.contains("is-open")) {
      set(false);
    }
  });
})();
