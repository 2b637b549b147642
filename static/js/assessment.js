// Answers save themselves. Each [data-answer] holds the fields of one answer and saves on its own;
// what could not be saved waits in this browser until it can. The card adds keys.
(() => {
  const TYPING_PAUSE = 600;
  const RETRY_AFTER = 10000;

  const field = (root, name) => root.querySelectorAll(`[data-field="${name}"]`);
  const wordsOf = (count, text) => `${count} ${text}`;

  // Saving state in the crumb line; the worst of all answers on the page wins.
  const line = document.getElementById("saved");
  const units = [];
  const show = (state, text) => {
    if (!line) return;
    const template = document.querySelector(`template[data-state="${state}"]`);
    line.replaceChildren(template.content.cloneNode(true));
    line.querySelector("[data-text]").textContent = text;
    line.className = state === "saved" ? "saved" : `saved saved-${state}`;
  };
  const report = () => {
    const failed = units.find((unit) => unit.failure);
    if (failed && line) {
      show("failed", `Not saved: ${failed.failure}`);
      line.querySelector("[data-retry]").hidden = Boolean(failed.theirs);
    } else if (units.some((unit) => unit.isDirty)) show("saving", "Saving");
    else {
      const last = units.map((unit) => unit.savedAt).filter(Boolean).sort().pop();
      if (last) show("saved", `Saved ${last}`);
    }
  };

  const store = {
    read(key) {
      try {
        return JSON.parse(localStorage.getItem(`answer:${key}`));
      } catch {
        return null;
      }
    },
    write(key, values) {
      try {
        localStorage.setItem(`answer:${key}`, JSON.stringify(values));
      } catch {
        // A browser without storage still saves to the server.
      }
    },
    drop(key) {
      try {
        localStorage.removeItem(`answer:${key}`);
      } catch {
        // Nothing was stored then.
      }
    },
  };

  const reasonOf = (status, body) => {
    if (body && body.message) return body.message;
    if (status === 403) return "you are signed out or may not change this.";
    if (status === 404) return "this round is no longer there.";
    return "the server did not answer.";
  };

  class Answer {
    constructor(root) {
      this.root = root;
      this.url = root.dataset.url;
      this.key = root.dataset.key;
      this.isDirty = false;
      this.failure = "";
      this.savedAt = "";
      this.theirs = null;
      this.running = null;
      this.wasAnswered = this.values.choice !== "" && !root.querySelector("[data-carried]");
      root.addEventListener("input", (event) => this.changed(event));
      root.addEventListener("click", (event) => this.clicked(event));
      this.restore();
    }

    get values() {
      const chosen = this.root.querySelector('[data-field="choice"]:checked');
      const text = (name) => field(this.root, name)[0].value;
      return {
        choice: chosen ? chosen.value : "",
        reason: text("reason"),
        note: text("note"),
        version: text("version"),
      };
    }

    fill({ choice, reason, note, version }) {
      for (const radio of field(this.root, "choice")) radio.checked = radio.value === choice;
      field(this.root, "reason")[0].value = reason;
      field(this.root, "note")[0].value = note;
      if (version !== undefined) this.version = version;
    }

    set version(version) {
      field(this.root, "version")[0].value = version;
    }

    // What a lost connection left behind is put back; the server finds out if it is out of date.
    restore() {
      const kept = store.read(this.key);
      if (!kept) return;
      const now = this.values;
      if (["choice", "reason", "note"].every((name) => kept[name] === now[name])) {
        store.drop(this.key);
        return;
      }
      this.fill(kept);
      this.touch(0);
    }

    changed(event) {
      if (!event.target.dataset.field) return;
      this.touch(event.target.type === "radio" ? 0 : TYPING_PAUSE);
      if (event.target.value === "not_applicable") field(this.root, "reason")[0].focus();
    }

    touch(pause) {
      this.isDirty = true;
      this.failure = "";
      store.write(this.key, this.values);
      clearTimeout(this.timer);
      // “Not applicable” waits for its reason; leaving the item asks for it.
      const { choice, reason } = this.values;
      if (choice === "not_applicable" && !reason.trim()) show("saving", "Write why it does not apply");
      else {
        this.timer = setTimeout(() => this.save(), pause);
        report();
      }
    }

    clicked(event) {
      const hit = (name) => event.target.closest(`[data-${name}]`);
      if (hit("keep")) {
        event.preventDefault();
        this.version = this.theirs.version;
        this.settle();
        this.touch(0);
      } else if (hit("use")) {
        event.preventDefault();
        this.fill(this.theirs);
        this.settle();
        this.done(this.savedAt);
      } else if (hit("clear")) {
        event.preventDefault();
        this.clear();
      } else if (hit("confirm")) {
        event.preventDefault();
        this.touch(0);
      }
    }

    clear() {
      for (const radio of field(this.root, "choice")) radio.checked = false;
      this.touch(0);
    }

    settle() {
      this.theirs = null;
      this.failure = "";
      this.root.querySelector("[data-conflict]").replaceChildren();
    }

    // One request at a time, so that an answer never conflicts with itself.
    async save() {
      clearTimeout(this.timer);
      if (this.theirs) return false;
      while (this.running) await this.running;
      if (!this.isDirty) return !this.failure;
      this.running = this.send();
      const isSaved = await this.running;
      this.running = null;
      report();
      return isSaved;
    }

    body(values) {
      const data = new FormData();
      for (const [name, value] of Object.entries(values)) data.set(name, value);
      data.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
      return data;
    }

    request(values, options) {
      return fetch(this.url, {
        method: "POST",
        body: this.body(values),
        headers: { Accept: "application/json" },
        ...options,
      });
    }

    async send() {
      const sent = this.values;
      let response, body;
      try {
        response = await this.request(sent);
        const isJson = (response.headers.get("Content-Type") || "").includes("json");
        body = isJson ? await response.json() : null;
      } catch {
        return this.fail("no connection. Your text is kept in this browser.", true);
      }
      if (response.status === 409 && body && body.conflict) return this.conflict(body);
      if (response.redirected && !body) return this.fail("you are signed out. Sign in in another window.");
      if (!response.ok || !body) return this.fail(reasonOf(response.status, body), response.status >= 500);
      this.version = body.version;
      const now = this.values;
      if (["choice", "reason", "note"].some((name) => now[name] !== sent[name])) {
        store.write(this.key, now);
        return true; // typed on meanwhile: the pause that is running saves the rest
      }
      this.done(body.at);
      return true;
    }

    done(at) {
      this.isDirty = false;
      this.failure = "";
      this.savedAt = at;
      store.drop(this.key);
      this.problem("");
      for (const note of this.root.querySelectorAll("[data-carried]")) note.remove();
      this.root.dispatchEvent(new CustomEvent("answered", { detail: this }));
      report();
    }

    fail(reason, again) {
      this.failure = reason;
      this.problem(again ? "" : reason);
      if (again) this.timer = setTimeout(() => this.save(), RETRY_AFTER);
      return false;
    }

    problem(text) {
      const place = this.root.querySelector("[data-problem]");
      place.textContent = text;
      place.hidden = !text;
    }

    conflict({ conflict, version, theirs }) {
      this.theirs = { ...theirs, version };
      this.failure = "somebody changed it meanwhile. Choose one version.";
      const place = this.root.querySelector("[data-conflict]");
      // The block comes from our own template, which escapes what people typed.
      place.innerHTML = conflict;
      place.scrollIntoView({ block: "nearest" });
      return false;
    }

    // Save now and tell whether everything is safe.
    async flush() {
      while (this.isDirty && !this.theirs) {
        if (!(await this.save())) return false;
      }
      return !this.theirs;
    }

    leave() {
      const { choice, reason } = this.values;
      const waits = choice === "not_applicable" && !reason.trim();
      if (this.isDirty && !this.theirs && !waits) this.request(this.values, { keepalive: true });
    }
  }

  for (const root of document.querySelectorAll("[data-answer]")) units.push(new Answer(root));
  for (const button of document.querySelectorAll("[data-script]")) button.hidden = false;
  for (const button of document.querySelectorAll("[data-plain]")) button.hidden = true;

  const flushAll = async () => (await Promise.all(units.map((unit) => unit.flush()))).every(Boolean);

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-retry]")) return;
    for (const unit of units) {
      if (unit.failure) unit.save();
    }
  });
  addEventListener("online", () => units.forEach((unit) => unit.failure && unit.save()));
  addEventListener("pagehide", () => units.forEach((unit) => unit.leave()));
  addEventListener("beforeunload", (event) => {
    if (units.some((unit) => unit.isDirty && unit.failure)) event.preventDefault();
  });

  // Forms that lead away (evidence, agree all) wait until the answers are safe.
  for (const form of document.querySelectorAll("form[data-leaves]")) {
    form.addEventListener("submit", async (event) => {
      if (!units.some((unit) => unit.isDirty)) return;
      event.preventDefault();
      if (await flushAll()) form.submit();
    });
  }

  const form = document.getElementById("answer");
  const all = document.getElementById("answers");
  for (const root of document.querySelectorAll("form[data-answer]")) {
    root.addEventListener("submit", (event) => event.preventDefault());
  }
  if (all) {
    all.addEventListener("submit", (event) => {
      event.preventDefault();
      flushAll();
    });
  }

  const card = document.querySelector("[data-card]");
  if (!card) return;
  const unit = units[0];

  const go = async (url) => {
    if (!url) return;
    if (!unit || (await unit.flush())) location.href = url;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter && "go" in event.submitter.dataset) go(event.submitter.dataset.go);
  });

  // After the first answer: the counts, and what the others said.
  if (unit) {
    card.addEventListener("answered", async () => {
      const tally = card.querySelector("[data-tally]");
      const names = { level: "levels", dont_know: "dontKnow", not_applicable: "notApplicable" };
      const choice = unit.values.choice;
      const state = choice === "" ? "blank" : choice in names ? choice : "level";
      if (names[tally.dataset.state]) tally.dataset[names[tally.dataset.state]] -= 1;
      if (names[state]) tally.dataset[names[state]] = Number(tally.dataset[names[state]]) + 1;
      tally.dataset.state = state;
      const { levels, dontKnow, notApplicable } = tally.dataset;
      const parts = [wordsOf(levels, "answered"), wordsOf(dontKnow, "don’t know")];
      if (Number(notApplicable)) parts.push(wordsOf(notApplicable, "not applicable"));
      tally.textContent = parts.join(", ");
      if (unit.wasAnswered === (choice !== "")) return;
      unit.wasAnswered = choice !== "";
      const response = await fetch(card.dataset.earlier);
      if (response.ok) card.querySelector("[data-earlier-box]").innerHTML = await response.text();
    });
  }

  // Keys
  const keys = document.querySelector("[data-keys]");
  document.querySelector("[data-keys-open]").addEventListener("click", () => keys.showModal());
  const choose = (value) => {
    const radio = card.querySelector(`[data-field="choice"][value="${value}"]`);
    if (!radio || radio.matches(":disabled")) return;
    radio.checked = true;
    radio.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const target = (name) => {
    const button = card.querySelector(`.bar-sticky [name="go"][value="${name}"]`);
    const link = card.querySelector(`.bar-sticky [data-${name}]`);
    return (button || link || card.querySelector('[name="go"][value="finish"]'))?.dataset.go;
  };
  const acts = {
    n: () => choose("dont_know"),
    a: () => choose("not_applicable"),
    Backspace: () => unit && unit.clear(),
    j: () => go(target("next")),
    ArrowRight: () => go(target("next")),
    k: () => go(target("back")),
    ArrowLeft: () => go(target("back")),
    m: () => document.getElementById("note").focus(),
    e: () => {
      const first = card.querySelector("[data-evidence]");
      if (first) first.focus();
      document.getElementById("evidence").scrollIntoView({ block: "nearest" });
    },
    "?": () => keys.showModal(),
  };
  const isTyping = (element) =>
    element.matches("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox])");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || keys.open) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const act = /^[0-4]$/.test(event.key) ? () => choose(event.key) : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
