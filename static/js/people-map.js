// The map of people: find and move a dot by pointer or by keys. Each move asks for its
// reason and its source; the server draws the map anew, so that it alone knows where dots stand.
(() => {
  const frame = document.querySelector("[data-map]");
  if (!frame) return;

  const COLUMN = 99;
  const FIRST_COLUMN = 98;
  const SLIP = 4; // pixels under which a drag is a click
  const SVG = "http://www.w3.org/2000/svg";
  const LEVELS = { "-2": "opposes", "-1": "doubts", 0: "neutral", 1: "supports", 2: "promotes" };
  const STEPS = { ArrowUp: ["influence", 1], ArrowDown: ["influence", -1], ArrowRight: ["now", 1], ArrowLeft: ["now", -1] };

  const isEditable = "editable" in frame.dataset;
  const dialog = document.querySelector("[data-move-dialog]");
  const found = document.querySelector("[data-found]");
  const svg = () => document.getElementById("people-svg");
  const dots = () => [...svg().querySelectorAll(".dot")];
  const within = (value, low, high) => Math.min(Math.max(value, low), high);
  const columnOf = (support) => FIRST_COLUMN + COLUMN * (support + 2);
  const element = (name, attributes) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };

  for (const node of document.querySelectorAll("[data-with-script]")) node.hidden = false;
  for (const node of document.querySelectorAll("[data-no-script]")) node.hidden = true;
  document.querySelector("[data-map-group] select")?.addEventListener("change", (event) => event.target.form.submit());

  const lanes = () =>
    [...svg().querySelectorAll("[data-lane]")].map(({ dataset }) => ({
      influence: Number(dataset.lane),
      top: Number(dataset.top),
      size: Number(dataset.size),
    }));

  // One dot on the move: where it stood, where it would stand.
  class Move {
    constructor(dot) {
      this.dot = dot;
      this.lanes = lanes();
      const { influence, now, needed } = dot.dataset;
      this.was = { influence: Number(influence), now: Number(now), needed: needed === "" ? null : Number(needed) };
      this.is = { ...this.was };
      const [x, y] = dot.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
      this.home = { x, y };
      this.lift();
    }

    // The dot moves on a layer of its own, so that a thousand others are not painted again.
    lift() {
      this.layer = svg().cloneNode(false);
      for (const name of ["id", "data-part", "role", "aria-label"]) this.layer.removeAttribute(name);
      this.layer.setAttribute("aria-hidden", "true");
      this.layer.classList.add("map-layer");
      this.copy = element("g", { class: this.dot.getAttribute("class") });
      this.copy.classList.add("is-moving");
      this.copy.append(...[...this.dot.childNodes].map((node) => node.cloneNode(true)));
      this.parts = this.copy.querySelectorAll(".arrow, .head");
      this.layer.append(this.copy);
      frame.append(this.layer);
      this.dot.classList.add("is-lifted");
      this.draw(this.home.x, this.home.y);
    }

    get isChanged() {
      return Object.keys(this.is).some((name) => this.is[name] !== this.was[name]);
    }

    // Follow the pointer; the cell under it is the new place.
    follow(x, y) {
      this.is.now = within(Math.round((x - FIRST_COLUMN) / COLUMN) - 2, -2, 2);
      const lane = this.lanes.find(({ top, size }) => y < top + size) || this.lanes.at(-1);
      this.is.influence = lane.influence;
      this.draw(x, y);
    }

    aim(x) {
      this.is.needed = within(Math.round((x - FIRST_COLUMN) / COLUMN) - 2, -2, 2);
      this.draw(this.home.x, this.home.y, x);
    }

    step(name, by) {
      const [low, high] = name === "influence" ? [1, 5] : [-2, 2];
      this.is[name] = within((this.is[name] ?? this.is.now) + by, low, high);
      const lane = this.lanes.find(({ influence }) => influence === this.is.influence);
      const isHome = this.is.influence === this.was.influence;
      this.draw(
        this.is.now === this.was.now ? this.home.x : columnOf(this.is.now),
        isHome ? this.home.y : lane.top + lane.size / 2,
      );
    }

    draw(x, y, aimed) {
      this.copy.setAttribute("transform", `translate(${x} ${y})`);
      const end = aimed ?? (this.is.needed === null ? x : columnOf(this.is.needed));
      const tip = end - x;
      const side = tip < 0 ? -1 : 1;
      const isLong = Math.abs(tip) > 16;
      for (const part of this.parts) {
        if (part.classList.contains("arrow")) part.setAttribute("d", isLong ? `M${8 * side} 0H${tip - 8 * side}` : "");
        else part.setAttribute("d", isLong ? `M${tip} 0l${-8 * side} -4v8z` : "");
      }
    }

    back() {
      this.layer.remove();
      this.dot.classList.remove("is-lifted");
    }

    get words() {
      return wordsOf(this.is);
    }
  }

  const wordsOf = ({ influence, now, needed }) => {
    const aim = needed === null ? "" : `, needed ${LEVELS[needed]}`;
    return `influence ${influence}, ${LEVELS[now]}${aim}`;
  };

  let move = null; // by pointer or by keys; one at a time

  const stop = () => {
    if (!move) return;
    move.back();
    move = null;
    say("");
  };
  const say = (text) => {
    if (found.textContent !== text) found.textContent = text;
  };

  // By pointer

  let drag = null;
  const at = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(drag.matrix);
    return [point.x, point.y];
  };

  frame.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const dot = event.target.closest(".dot");
    if (dot && isEditable) {
      stop();
      drag = {
        dot,
        isAim: event.target.classList.contains("head"),
        matrix: svg().getScreenCTM().inverse(),
        x: event.clientX,
        y: event.clientY,
      };
      event.preventDefault(); // else the browser drags the link itself
      dot.focus({ preventScroll: true });
    }
  });

  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!move && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < SLIP) return;
    move ??= new Move(drag.dot);
    const [x, y] = at(event);
    if (drag.isAim) move.aim(x);
    else move.follow(x, y);
    say(move.words);
  });

  const drop = (isKept) => {
    const was = drag;
    drag = null;
    if (!was || !move) return;
    // The click that follows a drag must not open the person.
    const block = (event) => event.preventDefault();
    frame.addEventListener("click", block, { capture: true, once: true });
    setTimeout(() => frame.removeEventListener("click", block, { capture: true }), 0);
    if (isKept && move.isChanged) ask();
    else stop();
  };
  document.addEventListener("pointerup", () => drop(true));
  document.addEventListener("pointercancel", () => drop(false));
  frame.addEventListener("dragstart", (event) => event.preventDefault());

  // By keys

  const walk = (dot, by) => {
    const all = dots().filter((each) => !each.classList.contains("is-faded"));
    all[within(all.indexOf(dot) + by, 0, all.length - 1)]?.focus();
  };

  frame.addEventListener("keydown", (event) => {
    const dot = event.target.closest(".dot");
    if (!dot || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key;
    if (key === "PageDown" || key === "PageUp") walk(dot, key === "PageDown" ? 1 : -1);
    else if (key === "Escape" && move) stop();
    else if (key === "Enter" && move) {
      if (move.isChanged) ask();
      else stop();
    } else if (STEPS[key] && isEditable) {
      if (move?.dot !== dot) {
        stop();
        move = new Move(dot);
      }
      const [name, by] = STEPS[key];
      move.step(event.shiftKey && name === "now" ? "needed" : name, by);
      say(`${dot.dataset.name}: ${move.words}. Enter to save, Escape to leave.`);
    } else return;
    event.preventDefault();
  });
  frame.addEventListener("focusout", (event) => {
    if (move && !drag && !dialog?.open && event.target === move.dot) stop();
  });

  // The question

  const field = (name) => dialog.querySelector(`[name="${name}"]`);
  const number = (name) => (field(name).value === "" ? null : Number(field(name).value));

  const describe = () => {
    const now = number("support_now");
    const needed = number("support_needed");
    dialog.querySelector("[data-step-back]").hidden = !(now !== null && needed !== null && needed < now);
  };
  const complain = (errors) => {
    for (const name of ["influence", "support_now", "support_needed", "reason", "source"]) {
      const input = field(name);
      const text = (errors[name] || []).join(" ");
      let note = dialog.querySelector(`#move-error-${name}`);
      input.classList.toggle("is-invalid", Boolean(text));
      if (text && !note) {
        note = Object.assign(document.createElement("p"), { id: `move-error-${name}`, className: "invalid-feedback" });
        input.after(note);
        input.setAttribute("aria-describedby", note.id);
      }
      if (note) note.textContent = text;
    }
    const first = dialog.querySelector(".is-invalid");
    if (first) first.focus();
  };
  const problem = (text) => {
    const place = dialog.querySelector("[data-move-problem]");
    place.textContent = text;
    place.hidden = !text;
  };

  const ask = () => {
    const { dot, was, is } = move;
    dialog.querySelector("form").reset();
    complain({});
    problem("");
    dialog.querySelector("[data-move-conflict]").replaceChildren();
    dialog.querySelector("[data-move-name]").textContent = dot.dataset.name;
    dialog.querySelector("[data-move-words]").textContent = `Before: ${wordsOf(was)}. Now: ${wordsOf(is)}.`;
    field("version").value = dot.dataset.version;
    field("influence").value = is.influence;
    field("support_now").value = is.now;
    field("support_needed").value = is.needed ?? "";
    describe();
    dialog.showModal();
    field("reason").focus();
  };

  // What is left empty is said at once; the server asks for the same.
  const gaps = () => {
    const empty = ["reason", "source"].filter((name) => !field(name).value.trim());
    return Object.fromEntries(empty.map((name) => [name, [field(name).dataset.asked]]));
  };

  const save = async () => {
    const missing = gaps();
    complain(missing);
    if (Object.keys(missing).length) return;
    const url = `${dialog.dataset.url}${move.dot.dataset.id}/position/`;
    problem("");
    let response, body;
    try {
      response = await fetch(url, {
        method: "POST",
        body: new FormData(dialog.querySelector("form")),
        headers: { Accept: "application/json" },
      });
      const isJson = (response.headers.get("Content-Type") || "").includes("json");
      body = isJson ? await response.json() : null;
    } catch {
      return problem("No connection. Your entries stay here; save again.");
    }
    if (response.status === 409 && body) {
      // The block comes from our own template, which escapes what people typed.
      dialog.querySelector("[data-move-conflict]").innerHTML = body.conflict;
      field("version").value = body.version;
      return dialog.scrollTo(0, 0);
    }
    if (response.status === 422 && body) return complain(body.errors);
    if (!response.ok || !body) {
      return problem(response.status === 404 ? "This person is no longer there." : "That was not saved. Sign in again, or try once more.");
    }
    const id = move.dot.dataset.id;
    move = null;
    dialog.close();
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: body.text, undo: `${body.undo}?next=map` } }));
    await refresh(id);
  };

  if (dialog) {
    dialog.addEventListener("input", describe);
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      save();
    });
    dialog.querySelector("[data-move-cancel]").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      const dot = move?.dot;
      const isStale = dialog.querySelector("[data-move-conflict]").hasChildNodes();
      stop();
      if (dot && isStale) refresh(dot.dataset.id);
      else dot?.focus();
    });
  }

  // The server's new picture takes the place of the old one; focus and search stay.
  const refresh = async (id) => {
    const response = await fetch(location.href);
    if (!response.ok) return location.reload();
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of document.querySelectorAll("[data-part]")) {
      const fresh = page.getElementById(part.id);
      if (fresh) part.replaceWith(document.adoptNode(fresh));
    }
    frame.dispatchEvent(new CustomEvent("map:fresh"));
    seek();
    svg().querySelector(`[data-id="${CSS.escape(id)}"]`)?.focus();
  };

  // Find

  const search = document.querySelector("[data-map-search]");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const seek = () => {
    const wanted = plain(search.elements.q.value.trim());
    let count = 0;
    for (const dot of dots()) {
      const isHit = !wanted || plain(dot.dataset.name).includes(wanted);
      dot.classList.toggle("is-faded", !isHit);
      dot.classList.toggle("is-found", Boolean(wanted) && isHit);
      if (isHit) count += 1;
    }
    say(wanted ? `${count} found. Enter goes to the first, Page down from there to the next.` : "");
  };
  search.addEventListener("input", seek);
  search.addEventListener("submit", (event) => {
    event.preventDefault();
    svg().querySelector(".is-found")?.focus();
  });
  if (search.elements.q.value) seek();

  // Names of unnamed dots, on top of everything

  const name = (dot) => {
    svg().querySelector(".hover-name")?.remove();
    if (!dot || dot.classList.contains("is-named")) return;
    const [x, y] = dot.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
    const text = element("text", { class: "hover-name", x, y: y - 11, "aria-hidden": "true" });
    text.setAttribute("text-anchor", x > 400 ? "end" : x < 140 ? "start" : "middle");
    text.textContent = dot.dataset.name;
    svg().append(text);
  };
  frame.addEventListener("pointerover", (event) => name(event.target.closest(".dot")));
  frame.addEventListener("focusin", (event) => name(event.target.closest(".dot")));
  frame.addEventListener("focusout", () => name(null));
})();
