// Names people and their ties in the picture. Without it the table says the same.
"use strict";

(() => {
  for (const field of document.querySelectorAll("[data-net-submit]")) {
    field.addEventListener("change", () => field.form.requestSubmit());
  }

  const svg = document.querySelector("[data-net]");
  const source = document.getElementById("net-data");
  if (!svg || !source) return;
  const { people, asks } = JSON.parse(source.textContent);
  const card = document.querySelector("[data-net-card]");
  const lines = svg.querySelector("[data-net-chosen]");
  const dots = new Map([...svg.querySelectorAll("[data-i]")].map((dot) => [Number(dot.dataset.i), dot]));
  const [ID, NAME, GROUP, STATE, ASKED_BY] = [0, 1, 2, 3, 4];
  const MOST = 12;
  const quiet = card.innerHTML;
  const root = location.pathname.replace(/network\/$/, "");
  let kept = null; // chosen by search, or by a click

  const askedBy = people.map(() => []);
  asks.forEach((row, i) => row.forEach((j) => askedBy[j].push(i)));

  const spot = (i) => `${dots.get(i).getAttribute("cx")} ${dots.get(i).getAttribute("cy")}`;
  const names = (list) => {
    const shown = list.slice(0, MOST).map((i) => people[i][NAME]).join(", ");
    return list.length > MOST ? `${shown} and ${list.length - MOST} more` : shown;
  };

  const show = (i) => {
    for (const dot of svg.querySelectorAll(".is-chosen")) dot.classList.remove("is-chosen");
    if (i === null) {
      lines.setAttribute("d", "");
      card.innerHTML = quiet;
      return;
    }
    const person = people[i];
    dots.get(i).classList.add("is-chosen");
    const near = [...asks[i], ...askedBy[i]];
    lines.setAttribute("d", near.map((j) => `M${spot(i)}L${spot(j)}`).join(""));
    const link = document.createElement("a");
    link.href = `${root}${person[ID]}/asks/`;
    const strong = document.createElement("strong");
    strong.textContent = person[NAME];
    link.append(strong);
    const asked = askedBy[i].length ? `asked by ${person[ASKED_BY]}: ${names(askedBy[i])}` : `asked by ${person[ASKED_BY]}`;
    const turns = asks[i].length ? `asks ${names(asks[i])}` : "asks nobody shown here";
    card.replaceChildren(link, `, ${person[GROUP] || "no group"}, ${person[STATE]}; ${asked}; ${turns}.`);
  };

  const dotOf = (event) => event.target.closest("[data-i]");
  svg.addEventListener("pointerover", (event) => {
    const dot = dotOf(event);
    if (dot) show(Number(dot.dataset.i));
  });
  svg.addEventListener("pointerleave", () => show(kept));
  svg.addEventListener("click", (event) => {
    const dot = dotOf(event);
    kept = dot ? Number(dot.dataset.i) : null;
    show(kept);
  });

  const search = document.querySelector("[data-net-search]");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = people.map((person) => plain(person[NAME]));
  const find = () => {
    const wanted = plain(search.value.trim());
    const found = wanted ? words.flatMap((name, i) => (name.includes(wanted) ? [i] : [])) : [];
    svg.classList.toggle("is-searched", Boolean(wanted));
    for (const dot of svg.querySelectorAll(".is-found")) dot.classList.remove("is-found");
    for (const i of found) dots.get(i).classList.add("is-found");
    kept = found.length ? found[0] : null;
    show(kept);
    if (wanted && !found.length) card.textContent = "Nobody in the picture is called that.";
    else if (found.length > 1) card.append(` ${found.length} people found.`);
  };
  search.addEventListener("input", find);
  search.form.addEventListener("submit", (event) => {
    // Enter stays in the picture; the button opens the table.
    if (!search.value.trim() || event.submitter !== null && document.activeElement !== search) return;
    event.preventDefault();
    find();
  });
})();
