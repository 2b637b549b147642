// Ratings save themselves, one side of one aspect at a time. Without this script the one
// Save button sends them all.
(() => {
  const TYPING_PAUSE = 700;
  const RETRY_AFTER = 10000;
  const form = document.querySelector("[data-impact]");
  if (!form) return;
  form.querySelector("[data-plain-save]").hidden = true;

  const line = document.getElementById("saved");
  const lanes = [];
  const show = (state, text) => {
    const template = document.querySelector(`template[data-state="${state}"]`);
    line.replaceChildren(template.content.cloneNode(true));
    line.querySelector("[data-text]").textContent = text;
    line.className = state === "saved" ? "saved" : `saved saved-${state}`;
    const retry = line.querySelector("[data-retry]");
    if (retry) retry.hidden = lanes.some((lane) => lane.failure && !lane.mayRetry);
  };
  const report = () => {
    const failed = lanes.find((lane) => lane.failure);
    const last = lanes.map((lane) => lane.savedAt).sort().pop();
    if (failed) show("failed", `Not saved: ${failed.failure}`);
    else if (lanes.some((lane) => lane.isDirty)) show("saving", "Saving");
    else if (last) show("saved", `Saved ${last}`);
  };

  class Lane {
    constructor(root) {
      this.root = root;
      this.key = root.dataset.lane;
      this.isDirty = false;
      this.failure = "";
      this.mayRetry = false;
      this.savedAt = "";
      this.theirs = null;
      this.running = null;
      root.addEventListener("input", (event) => this.touch(event.target.tagName === "SELECT" ? 0 : TYPING_PAUSE));
      root.addEventListener("change", () => this.touch(0));
      root.addEventListener("click", (event) => this.clicked(event));
      // What a refused page brought back is typed, but not saved.
      if (!root.querySelector("[data-problem]").hidden || root.querySelector("[data-keep]")) this.isDirty = true;
      this.saved = this.isDirty ? null : this.state;
    }

    field(name) {
      return this.root.querySelector(`[name="${this.key}-${name}"]`);
    }

    get body() {
      const data = new FormData();
      for (const field of this.root.querySelectorAll("[name]")) data.set(field.name, field.value);
      data.set("only", this.key);
      data.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
      return data;
    }

    get state() {
      return JSON.stringify([...this.body].filter(([name]) => !name.endsWith("-seen")));
    }

    touch(pause) {
      clearTimeout(this.timer);
      this.failure = "";
      this.isDirty = this.state !== this.saved;
      if (this.isDirty) this.timer = setTimeout(() => this.save(), pause);
      report();
    }

    clicked(event) {
      if (event.target.closest("[data-keep]")) {
        event.preventDefault();
        this.settle();
        this.touch(0);
      } else if (event.target.closest("[data-use]") && this.theirs) {
        event.preventDefault();
        for (const [name, value] of Object.entries(this.theirs)) this.field(name).value = value;
        this.settle();
        this.touch(0);
      }
    }

    settle() {
      this.theirs = null;
      this.root.querySelector("[data-conflict]").replaceChildren();
    }

    // One request at a time, so that a rating never conflicts with itself.
    async save() {
      clearTimeout(this.timer);
      if (this.theirs) return;
      while (this.running) await this.running;
      if (!this.isDirty) return;
      this.running = this.send();
      await this.running;
      this.running = null;
      report();
    }

    async send() {
      const sent = this.state;
      let response, body;
      try {
        response = await fetch(form.action, {
          method: "POST",
          body: this.body,
          headers: { Accept: "application/json" },
        });
        const isJson = (response.headers.get("Content-Type") || "").includes("json");
        body = isJson ? await response.json() : null;
      } catch {
        return this.fail("no connection. Your text is still here.", true);
      }
      if (!body && response.redirected) return this.fail("you are signed out. Sign in in another window.", true);
      if (!body && response.status === 403) return this.fail("you may not change this, or you are signed out.", true);
      if (!body && response.status === 404) return this.fail("this group is no longer there.");
      if (!body) return this.fail("the server did not answer.", true);
      if (body.conflict) return this.conflict(body);
      this.problem(body.problem || "");
      if (!response.ok) return this.fail(body.problem);
      this.field("seen").value = body.seen;
      if (this.state !== sent) return; // typed on meanwhile: the pause that is running saves the rest
      if (body.rated_by !== null) this.field("rated_by").value = body.rated_by;
      if (body.rated_on !== null) this.field("rated_on").value = body.rated_on;
      this.saved = this.state;
      this.isDirty = false;
      this.failure = "";
      this.savedAt = body.at;
      // The parts come from our own templates, which escape what people typed.
      for (const [id, html] of Object.entries(body.parts)) document.getElementById(id).innerHTML = html;
    }

    fail(reason, again = false) {
      this.failure = reason;
      this.mayRetry = again;
      if (again) this.timer = setTimeout(() => this.save(), RETRY_AFTER);
    }

    problem(text) {
      const place = this.root.querySelector("[data-problem]");
      place.textContent = text;
      place.hidden = !text;
    }

    conflict(body) {
      this.theirs = body.theirs;
      this.field("seen").value = body.seen;
      this.failure = "somebody changed it meanwhile. Choose one of the two.";
      this.mayRetry = false;
      const place = this.root.querySelector("[data-conflict]");
      place.innerHTML = body.conflict;
      place.scrollIntoView({ block: "nearest" });
    }
  }

  for (const root of form.querySelectorAll("[data-lane]")) lanes.push(new Lane(root));

  const saveAll = () => Promise.all(lanes.filter((lane) => lane.isDirty).map((lane) => lane.save()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    saveAll();
  });
  line.addEventListener("click", (event) => {
    if (event.target.closest("[data-retry]")) saveAll();
  });
  window.addEventListener("beforeunload", (event) => {
    if (lanes.some((lane) => lane.isDirty)) event.preventDefault();
  });
  // Only one “who said so” stands open, and Escape closes it.
  document.addEventListener("click", (event) => {
    for (const open of form.querySelectorAll(".said[open]")) if (!open.contains(event.target)) open.open = false;
  });
  form.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && event.target.closest(".said[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
})();
