// Toasts leave after eight seconds, unless somebody is reading them or they report a failure.
// A response may send one: HX-Trigger: {"toast": {"text": "…", "undo": "/…/", "level": "success"}}
(() => {
  const LIFE = 8000;
  const stack = document.querySelector("[data-toasts]");
  const template = document.querySelector("[data-toast-template]");
  if (!stack || !template) return;

  const live = (toast) => {
    const close = toast.querySelector("[data-toast-close]");
    close.hidden = false;
    close.addEventListener("click", () => toast.remove());
    if ("stays" in toast.dataset) return;
    let timer;
    const start = () => {
      clearTimeout(timer);
      timer = setTimeout(() => toast.remove(), LIFE);
    };
    const hold = () => clearTimeout(timer);
    for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, hold);
    for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, start);
    start();
  };

  const show = ({ text, undo, level }) => {
    const toast = template.content.firstElementChild.cloneNode(true);
    toast.querySelector("span").textContent = text;
    const form = toast.querySelector("form");
    if (undo && undo.startsWith("/") && !undo.startsWith("//")) form.action = undo;
    else form.remove();
    if (level === "error" || level === "warning") toast.classList.add(`toast-${level}`);
    if (level === "error") toast.dataset.stays = "";
    stack.append(toast);
    live(toast);
  };

  for (const toast of stack.querySelectorAll("[data-toast]")) live(toast);
  document.addEventListener("toast", (event) => show(event.detail));
  document.addEventListener("htmx:sendError", () =>
    show({ text: "No connection. Nothing was lost on this page; try again.", level: "error" }),
  );
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status >= 500) show({ text: "That did not work here. It is in our log; try again.", level: "error" });
  });
})();
