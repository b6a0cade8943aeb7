/* Shows a compiled form (static/form/model.js) with the markup of templates/components/forms.html, and reads it back.
   Every text goes in as text, never as markup. MNRView.screen(container, form, name, answers, {errors, onchange,
   clock, files}) -> {read(), show(errors)}; MNRView.review(container, form, answers, {onjump, clock}). files: a Map that takes
   the chosen File by its name. */
var MNRView = (function () {
  "use strict";
  const RADIOS = 8; // more than these become a list to open, as on the server's pages
  const FILE_KINDS = { image: ["image/*", "environment"], audio: ["audio/*", "microphone"], video: ["video/*", "environment"], file: ["", ""] };

  /* An element: functions listen, other values are attributes; false, null and "" are left out. */
  function make(tag, attributes, ...inside) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (typeof value === "function") made.addEventListener(name, value);
      else if (value !== false && value != null && (value !== "" || name === "value")) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...inside.flat().filter((one) => one != null && one !== ""));
    return made;
  }
  const idOf = (path) => "f-q-" + path, nameOf = (path) => "q-" + path;
  const last = (path) => path.split("/").at(-1);

  function widget(form, question, options) {
    const looks = question.appearance || [], kind = question.type;
    if (kind === "text") return looks.includes("multiline") ? "textarea" : looks.includes("phone") || looks.includes("numbers") ? "tel" : "text";
    if (kind === "select_one") return looks.includes("minimal") || looks.includes("autocomplete") || options.length > RADIOS ? "select" : "radio";
    const kinds = {
      integer: "number", decimal: "number", date: "date", time: "time", datetime: "datetime-local", select_multiple: "checkbox",
      acknowledge: "tick", note: "note", phone: "tel",
    };
    return FILE_KINDS[kind] ? "file" : kinds[kind] || "text";
  }

  const textOf = (form, state, item, path) => form.inFull(item.label || item.name, state, path);
  const MARK = () => make("span", { "aria-hidden": "true" }, "✕");

  /* Brings what is on the page up to date: texts that quote answers, and what was worked out. `told`: what was said so far. */
  function refresh(root, form, state, told) {
    for (const element of root.querySelectorAll("[data-path]")) {
      const path = element.dataset.path, item = form.items.get(/\/\d+$/.test(path) ? path.split("/").at(-2) : last(path));
      const output = element.querySelector(":scope > output"), answer = MNRForm.at(state.values, path);
      if (output) output.textContent = answer === undefined ? "–" : inWords(form, path, answer, form.bundle.words);
      for (const text of [item.label, item.hint]) {
        if (!text || !text.includes("${") || !state.relevant.has(path)) continue;
        const key = path + " " + text, now = form.inFull(text, state, path), before = told.get(key);
        told.set(key, now);
        if (before && before !== now) say(element, before, now);
      }
    }
  }
  function say(element, before, now) {
    const deep = !element.matches(".repeat, .instance"), walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) node.data = node.data.replace(before, () => now);
      else if (deep || node === element || !node.dataset.path) node.childNodes.forEach(walk);
    };
    walk(element);
  }

  class Screen {
    constructor(container, form, name, answers, options) {
      Object.assign(this, { container, form, options, errors: options.errors || new Map(), told: new Map() });
      this.words = form.bundle.words;
      this.answers = answers;
      this.page = form.screens().find((one) => one.name === name);
      this.fields = new Map(); // path -> {element, read, type}
      this.body = make("div", { class: "stacked-x" });
      this.summary = make("div", {});
      container.replaceChildren(this.summary, this.body);
      container.addEventListener("input", this.changed = () => this.update());
      container.addEventListener("change", this.changed);
      this.draw();
    }
    state() { return this.form.evaluate(this.answers, this.options.clock); }

    /* Builds everything anew from the answers: at first, and when an instance comes or goes. */
    draw() {
      this.fields.clear();
      this.shape = this.shapeOf(this.now = this.state());
      this.body.replaceChildren(...this.inside("", this.page.group, [], this.page.questions));
      this.apply(this.now);
      this.summarise();
    }
    /* What changes the blocks themselves: how many instances there are, and which choices are offered. */
    shapeOf(state) {
      const instances = [...state.relevant].filter((path) => /\/\d+$/.test(path));
      return JSON.stringify([instances, [...state.choices].map(([path, found]) => [path, found.map((one) => one.name)])]);
    }
    inside(prefix, group, home, questions) {
      const found = [], done = new Set();
      for (const question of questions) {
        const repeat = this.form.home(question.name)[home.length];
        if (!repeat) found.push(this.field(prefix + question.name, question));
        else if (!done.has(repeat)) {
          done.add(repeat);
          found.push(this.repeat(prefix + repeat, repeat, [...home, repeat], questions.filter((one) => this.form.home(one.name)[home.length] === repeat)));
        }
      }
      return found;
    }
    repeat(path, name, home, questions) {
      const { form } = this, group = form.groups.get(name), blocks = [];
      for (let number = 1; this.now.relevant.has(path + "/" + number); number++) {
        const block = path + "/" + number;
        const label = textOf(form, this.now, group, block) + " " + number;
        blocks.push(make("fieldset", { class: "instance", id: idOf(block), "data-path": block },
          make("legend", {}, label),
          this.inside(block + "/", name, home, questions),
          !group.count && this.button("remove:" + block, this.words.remove + " " + label, () => this.remove(block))));
      }
      const label = textOf(form, this.now, group, path);
      const add = !group.count && this.button("add:" + path, this.words.add + " " + label, () => this.add(path));
      const element = make("div", { class: "repeat", id: idOf(path), "data-path": path },
        make("h" + (home.length + 1), {}, label), this.error(path), blocks, add || "");
      this.fields.set(path, { element, read: null });
      return element;
    }
    button(value, text, click) {
      const type = this.options.submits ? "submit" : "button"; // there the server adds and removes
      return make("button", { type, class: "btn-quiet", name: "do", value, click: type === "button" && click }, text);
    }
    add(path) {
      const answers = this.read();
      this.answers = MNRForm.added(answers, path, this.form.initialInstance(path, answers, this.options.clock));
      this.redraw();
      const block = document.getElementById(idOf(path + "/" + MNRForm.at(this.answers, path).length));
      const first = block && block.querySelector("input, select, textarea");
      if (first) first.focus();
    }
    remove(path) {
      this.answers = MNRForm.removed(this.read(), path);
      this.errors = new Map(); // the numbers behind it have moved
      this.redraw();
      const add = this.container.querySelector('[value="add:' + path.slice(0, path.lastIndexOf("/")) + '"]');
      if (add) add.focus();
    }
    redraw() {
      this.draw();
      if (this.options.onchange) this.options.onchange(this.answers, this.now);
    }

    // One question

    error(path) {
      const error = this.errors.get(path);
      if (!error) return "";
      return make("p", { class: "error-text", id: idOf(path) + "-error" }, MARK(), " " + this.explained(path, error));
    }
    explained(path, error) {
      return this.form.inFull(this.form.explain(path, error), this.now, path);
    }
    described(path, question) {
      const wrong = this.errors.has(path), ids = [question.hint && idOf(path) + "-hint", wrong && idOf(path) + "-error"];
      return { "aria-describedby": ids.filter(Boolean).join(" "), "aria-invalid": wrong && "true" };
    }
    field(path, question) {
      const options = this.form.options(question, this.now, path), kind = widget(this.form, question, options);
      const label = textOf(this.form, this.now, question, path), hint = this.form.inFull(question.hint, this.now, path);
      let element;
      if (kind === "note") element = make("div", { class: "flash t-info", id: idOf(path) }, make("p", {}, label));
      else if (!question.read_only) element = this.asked(path, { ...question, label, hint }, kind, options, MNRForm.at(this.answers, path));
      else element = make("div", { class: "field said", id: idOf(path) }, make("p", {}, label), hint && make("p", { class: "hint" }, hint), make("output", {}));
      element.dataset.path = path;
      this.fields.set(path, { read: null, ...this.fields.get(path), element });
      return element;
    }
    asked(path, question, kind, options, raw) {
      const wrong = this.errors.has(path), look = "field" + (wrong ? " bad" : ""), many = ["radio", "checkbox", "date"].includes(kind);
      const optional = make("span", { class: "optional" }, " " + this.words.optional);
      const hint = question.hint ? make("p", { class: "hint", id: idOf(path) + "-hint" }, question.hint) : "";
      const { label } = question;
      const control = this["show_" + kind] ? this["show_" + kind](path, question, raw, options) : this.show_input(path, question, raw, kind);
      if (kind === "tick") {
        return make("div", { class: look }, this.error(path), make("label", { class: "choice", for: idOf(path) }, control, make("span", {}, label, optional, hint)));
      }
      if (many) {
        const radio = kind === "radio" && { role: "radiogroup" };
        return make("fieldset", { class: look, ...this.described(path, question), ...radio }, make("legend", {}, label, optional), hint, this.error(path), control);
      }
      return make("div", { class: look }, make("label", { for: idOf(path) }, label, optional), hint, this.error(path), control);
    }
    keep(path, read) { this.fields.set(path, { read }); }
    show_input(path, question, raw, kind) {
      const text = kind === "number", moment = kind === "time" || kind === "datetime-local";
      const input = make("input", {
        class: "input" + (text ? " short" : moment || kind === "tel" ? " medium" : ""), id: idOf(path), name: nameOf(path), type: text ? "text" : kind,
        inputmode: text && (question.type === "decimal" ? "decimal" : "numeric"), autocomplete: "off", ...this.described(path, question),
      });
      input.value = raw ?? "";
      this.keep(path, () => input.value);
      return input;
    }
    show_textarea(path, question, raw) {
      const input = make("textarea", { class: "input", id: idOf(path), name: nameOf(path), rows: 4, ...this.described(path, question) });
      input.value = raw ?? "";
      this.keep(path, () => input.value);
      return input;
    }
    show_select(path, question, raw, options) {
      const input = make("select", { class: "input", id: idOf(path), name: nameOf(path), ...this.described(path, question) },
        make("option", { value: "" }, this.words.choose), options.map((one) => make("option", { value: one.name }, textOf(this.form, this.now, one, path))));
      const chosen = String([raw].flat()[0] ?? "");
      input.value = options.some((one) => one.name === chosen) ? chosen : "";
      this.keep(path, () => input.value);
      return input;
    }
    boxes(path, type, options, chosen) {
      const inputs = options.map((one, place) => {
        const input = make("input", { type, id: idOf(path) + (place ? "-" + (place + 1) : ""), name: nameOf(path), value: one.name });
        input.checked = chosen.includes(one.name);
        return input;
      });
      const labels = options.map((one, place) => make("label", { class: "choice", for: inputs[place].id }, inputs[place], make("span", {}, textOf(this.form, this.now, one, path))));
      return [inputs, make("div", { class: "choices" + (type === "radio" && options.length <= 2 ? " inline" : "") }, labels)];
    }
    show_radio(path, question, raw, options) {
      const offered = this.now.required.has(path) ? options : [...options, { name: "", label: this.words.no_answer }];
      const [inputs, element] = this.boxes(path, "radio", offered, [String([raw].flat()[0] ?? "")]);
      this.keep(path, () => (inputs.find((one) => one.checked) || { value: "" }).value);
      return element;
    }
    show_checkbox(path, question, raw, options) {
      const chosen = typeof raw === "string" ? raw.split(" ") : Array.isArray(raw) ? raw.map(String) : [];
      const [inputs, element] = this.boxes(path, "checkbox", options, chosen);
      this.keep(path, () => inputs.filter((one) => one.checked).map((one) => one.value));
      return element;
    }
    show_tick(path, question, raw) {
      const input = make("input", { type: "checkbox", id: idOf(path), name: nameOf(path), value: "OK", ...this.described(path, question) });
      input.checked = [true, 1, "OK", "ok", "on", "1", "true", "yes"].includes(raw);
      this.keep(path, () => (input.checked ? "OK" : ""));
      return input;
    }
    show_date(path, question, raw) {
      const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})/.exec(raw ?? ""), typed = String(raw ?? "").split("/");
      const values = iso ? [iso[3], iso[2], iso[1]] : [0, 1, 2].map((place) => typed[place] ?? "");
      const inputs = ["day", "month", "year"].map((part, place) => {
        const input = make("input", {
          class: "input" + (place === 2 ? " year" : ""), id: idOf(path) + (place ? "-" + part : ""), name: nameOf(path) + "-" + part,
          inputmode: "numeric", maxlength: place === 2 ? 4 : 2, autocomplete: "off",
        });
        input.value = values[place];
        return input;
      });
      this.keep(path, () => (inputs.some((one) => one.value.trim()) ? inputs.map((one) => one.value.trim()).join("/") : ""));
      return make("div", { class: "date-parts" }, inputs.map((input, place) =>
        make("div", {}, make("label", { for: input.id }, this.words[["day", "month", "year"][place]]), input)));
    }
    show_file(path, question, raw) {
      const [accept, capture] = FILE_KINDS[question.type], shown = make("span", { class: "hint" }, raw || "");
      let name = raw ?? "";
      const input = make("input", {
        class: "input", type: "file", id: idOf(path), name: nameOf(path), accept, capture, ...this.described(path, question),
        change: () => {
          const file = input.files[0];
          if (!file) return;
          // Not the file's own name: two cameras call every photo alike, and it may tell who is on it.
          name = shown.textContent = path.replaceAll("/", "-") + (/\.\w{1,5}$/.exec(file.name) || [""])[0];
          if (this.options.files) this.options.files.set(name, file);
        },
      });
      this.keep(path, () => name);
      return make("div", {}, input, shown);
    }
    // Reading back, and what applies

    read() {
      let answers = this.answers;
      for (const [path, { read }] of this.fields) if (read) answers = MNRForm.put(answers, path, read());
      return answers;
    }
    update() {
      this.answers = this.read();
      const state = this.state();
      if (this.shapeOf(state) === this.shape) this.apply(this.now = state);
      else {
        const focused = document.activeElement && document.activeElement.id;
        this.draw();
        const again = focused && document.getElementById(focused);
        if (again) again.focus();
      }
      if (this.options.onchange) this.options.onchange(this.answers, this.now);
    }
    /* Hides what does not apply; what was typed there stays in the field until the form is sent. */
    apply(state) {
      for (const [path, { element }] of this.fields) {
        element.hidden = !state.relevant.has(path);
        const mark = element.querySelector(":scope > label .optional, :scope > legend .optional");
        if (mark) mark.hidden = state.required.has(path);
      }
      refresh(this.body, this.form, state, this.told);
    }
    summarise() {
      const wrong = [...this.errors].filter(([path]) => this.fields.has(path));
      if (!wrong.length) return this.summary.replaceChildren();
      const title = wrong.length === 1 ? this.words.one_error : this.words.errors.replace("%(num)d", wrong.length);
      const box = make("div", { class: "error-summary", role: "alert", tabindex: "-1", "aria-labelledby": "error-summary-title" },
        make("h2", { id: "error-summary-title" }, title),
        make("ul", {}, wrong.map(([path, error]) => make("li", {}, make("a", {
          href: "#" + idOf(path),
          click: (event) => { event.preventDefault(); const field = document.getElementById(idOf(path)); if (field) { field.scrollIntoView(); field.focus(); } },
        }, this.form.inFull(labelOf(this.form, path), this.now, path) + this.words.colon + this.explained(path, error))))));
      this.summary.replaceChildren(box);
      box.focus();
    }
    show(errors) {
      this.answers = this.read();
      this.errors = errors;
      this.draw();
    }
  }

  function labelOf(form, path) {
    const item = form.items.get(last(path)) || {}, places = path.split("/").slice(0, -1);
    const where = places.map((part, level) => (level % 2 ? part : (form.groups.get(part) || {}).label || part)).join(" ");
    return (where ? where + " · " : "") + (item.label || item.name || path);
  }

  function screen(container, form, name, answers, options) {
    if (container.mnrScreen) container.mnrScreen.leave();
    const shown = new Screen(container, form, name, answers, options || {});
    const leave = () => {
      container.removeEventListener("input", shown.changed);
      container.removeEventListener("change", shown.changed);
    };
    container.mnrScreen = { leave };
    return { read: () => shown.read(), show: (errors) => shown.show(errors), leave };
  }

  /* An answer in words: labels of choices, dates as day/month/year. */
  function inWords(form, path, answer, words) {
    const question = form.items.get(last(path));
    const label = (name) => (form.options(question).find((one) => one.name === name) || { label: name }).label || name;
    if (Array.isArray(answer)) return answer.map(label).join(" · ");
    if (question.list_name) return label(answer);
    if (answer === true) return words.yes;
    const iso = /^date/.test(question.type) && /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d))?/.exec(answer);
    if (typeof answer === "number") return answer.toLocaleString(form.bundle.language, { maximumFractionDigits: 1 });
    return iso ? iso[3] + "/" + iso[2] + "/" + iso[1] + (iso[4] ? " " + iso[4] : "") : String(answer);
  }
  function review(container, form, answers, options) {
    if (container.mnrScreen) container.mnrScreen.leave();
    const state = form.evaluate(answers, options.clock), { words } = form.bundle;
    const rows = (prefix, home, questions, values) => {
      const found = [], done = new Set();
      for (const question of questions) {
        const repeat = form.home(question.name)[home], path = prefix + question.name;
        if (repeat) {
          if (done.has(repeat)) continue;
          done.add(repeat);
          const own = questions.filter((one) => form.home(one.name)[home] === repeat);
          for (let number = 1; state.relevant.has(prefix + repeat + "/" + number); number++) {
            const inside = rows(prefix + repeat + "/" + number + "/", home + 1, own, MNRForm.nested(values, repeat)[number - 1]);
            found.push(make("dt", { class: "instance" }, textOf(form, state, form.groups.get(repeat), prefix + repeat + "/" + number) + " " + number), make("dd", {}, make("dl", { class: "facts answers" }, inside)));
          }
        } else if (state.relevant.has(path) && MNRForm.isAsked(question)) {
          const answer = values && values[question.name], error = state.errors.get(path);
          if (answer === undefined && !error) continue;
          found.push(make("dt", {}, textOf(form, state, question, path)), make("dd", {},
            answer === undefined ? "" : make("span", { class: "typed" }, inWords(form, path, answer, words)),
            error ? make("span", { class: "error-text" }, " " + form.inFull(form.explain(path, error), state, path)) : ""));
        }
      }
      return found;
    };
    container.replaceChildren(...form.applicable(state).map((page) => make("section", { class: "card-x" },
      make("h2", {}, textOf(form, state, page, "")),
      make("button", { type: "button", class: "btn-quiet", click: () => options.onjump && options.onjump(page.name) },
        words.change, make("span", { class: "visually-hidden" }, words.colon + textOf(form, state, page, ""))),
      make("dl", { class: "facts answers" }, rows("", 0, page.questions, state.values)))));
    return state;
  }

  return { make, refresh, screen, review, idOf, last };
})();
