/* Lets the questions of a screen come and go while somebody types, as the server will decide; says what is wrong when a
   field is left. Without it the page is whole and the server decides when it is sent. The blank form comes from
   data-form, answers of other screens from data-known, the office's time from data-now. A question that once was on the
   page stays in it, hidden where it does not apply: what was typed there is sent and kept, and counts for nothing. */
(function () {
  "use strict";
  const page = document.querySelector("form[data-live]");
  if (!page || !window.fetch || !window.MNRView) return;
  const { idOf, last } = MNRView, told = new Map(), left = new Set(), asked = {}, loaded = performance.now();
  const known = JSON.parse(page.dataset.known), items = page.querySelector("[data-items]"), news = page.querySelector("[data-news]");
  const at = (path) => page.querySelector('[data-path="' + CSS.escape(path) + '"]');
  const fieldset = (element) => element.matches("fieldset");
  let form, state, shape = "";

  const clock = () => ({ now: new Date(Date.parse(page.dataset.now + "Z") + performance.now() - loaded).toISOString().slice(0, 19) });

  // What was typed

  function typed(data, path, question) {
    const name = "q-" + path, parts = ["year", "month", "day"].map((part) => (data.get(name + "-" + part) || "").trim().replaceAll("-", " "));
    if (question.type === "select_multiple") return data.getAll(name).filter(Boolean);
    if (question.type === "date") return parts.join("") && parts.join("-");
    if (!MNRForm.FILES.includes(question.type)) return data.get(name) || "";
    if (data.get(name) && data.get(name).name) return path.replaceAll("/", "-");
    return data.getAll("remove").includes(path) ? "" : MNRForm.at(known, path);
  }
  function read() {
    const data = new FormData(page);
    let answers = known;
    for (const path of data.getAll("shown")) {
      const parts = path.split("/"), question = form.items.get(last(path));
      for (let level = 1; level < parts.length; level += 2) {
        const repeat = parts.slice(0, level).join("/");
        while ((MNRForm.at(answers, repeat) || []).length < parts[level]) answers = MNRForm.added(answers, repeat);
      }
      if (question) answers = MNRForm.put(answers, path, typed(data, path, question));
    }
    return answers;
  }

  // What is there

  /* Everything that decides which elements there are: what applies, what may be chosen, where “no answer” is offered. */
  function shapeOf() {
    const choices = [...state.choices].map(([path, found]) => [path, found.map((one) => one.name)]);
    return JSON.stringify([[...state.relevant], choices, [...state.required]]);
  }
  const offered = (element) => JSON.stringify([...element.querySelectorAll("option, [type=radio], [type=checkbox]")].map((one) => one.value).sort());
  function isStale(element, wanted) {
    return Boolean((form.items.get(last(wanted.dataset.path)) || {}).list_name) && offered(element) !== offered(wanted);
  }
  const belonging = (path) => [...page.querySelectorAll('[data-of="' + CSS.escape(path) + '"]')];
  function hide(element, hidden) {
    [element, ...belonging(element.dataset.path)].forEach((one) => { one.hidden = hidden; });
  }
  function shownField(path) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "shown", value: path });
    return field;
  }
  /* Puts what came up into its place and hides what fell away; returns how many came up. */
  function arrange(drawn, here) {
    let after = here.querySelector(":scope > :is(legend, h2, h3, h4, h5, h6)"), came = 0;
    for (const wanted of [...drawn.children].filter((one) => one.dataset.path)) {
      const path = wanted.dataset.path, applies = state.relevant.has(path);
      let found = at(path);
      if (!found && !applies) continue;
      if (applies && (!found || found.hidden)) came++;
      if (found && applies && isStale(found, wanted)) {
        found.replaceWith(wanted);
        found = wanted;
      } else if (found) {
        if (applies && wanted.matches(".repeat, .instance")) came += arrange(wanted, found);
      } else {
        found = wanted;
        if (wanted.querySelector("[type=file]")) page.enctype = "multipart/form-data";
        const fresh = [...wanted.querySelectorAll("[data-path]"), wanted];
        if (after) after.after(wanted);
        else here.prepend(wanted);
        fresh.filter((one) => isAsked(one.dataset.path)).forEach((one) => one.before(shownField(one.dataset.path)));
      }
      hide(found, !applies);
      after = belonging(path).at(-1) || found;
    }
    for (const gone of here.querySelectorAll(":scope > .instance")) if (!state.relevant.has(gone.dataset.path)) hide(gone, true);
    here.querySelectorAll(":scope > .why").forEach((none) => { none.hidden = Boolean(here.querySelector(":scope > .instance:not([hidden])")); });
    return came;
  }
  function isAsked(path) {
    const item = form.items.get(last(path));
    return Boolean(item && item.type && MNRForm.isAsked(item));
  }
  function mark(element, path) {
    const label = element.querySelector(":scope > label:not(.choice), :scope > legend"), required = state.required.has(path);
    if (!label || !isAsked(path)) return;
    let optional = label.querySelector(".optional");
    if (!optional && !required) label.append(optional = MNRView.make("span", { class: "optional" }, " " + form.bundle.words.optional));
    if (optional) optional.hidden = required;
  }

  // What is wrong

  /* What was left is told; what was told and is mended is told no more. A file is the server's to judge. */
  function judge(element, path) {
    const error = state.errors.get(path), item = form.items.get(last(path)), old = document.getElementById(idOf(path) + "-error");
    if (!item || MNRForm.FILES.includes(item.type) || (!old && (!error || error.code === "required" || !left.has(path)))) return;
    const text = error ? form.inFull(form.explain(path, error), state, path) : "";
    if (old && old.lastChild.data.trim() === text) return;
    if (old) old.remove();
    element.classList.toggle("bad", Boolean(error));
    const field = fieldset(element) ? element : document.getElementById(idOf(path)), id = idOf(path) + "-error";
    const described = (field.getAttribute("aria-describedby") || "").split(" ").filter((one) => one && one !== id);
    if (error) {
      const box = MNRView.make("p", { class: "error-text", id, role: "alert" }, MNRView.make("span", { "aria-hidden": "true" }, "✕"), " " + text);
      const above = element.querySelector(":scope > .hint") || element.querySelector(":scope > label:not(.choice), :scope > legend");
      if (above) above.after(box);
      else element.prepend(box);
      described.push(id);
      field.setAttribute("aria-invalid", "true");
    } else field.removeAttribute("aria-invalid");
    if (described.length) field.setAttribute("aria-describedby", described.join(" "));
    else field.removeAttribute("aria-describedby");
    summarise(path, Boolean(error));
  }
  /* The list on top of the page loses what is mended. */
  function summarise(path, wrong) {
    const box = page.querySelector(".error-summary"), link = box && box.querySelector('a[href="#' + CSS.escape(idOf(path)) + '"]');
    if (!link || wrong) return;
    link.closest("li").remove();
    const count = box.querySelectorAll("li").length, { one_error, errors } = form.bundle.words;
    box.querySelector("h2").textContent = count === 1 ? one_error : errors.replace("%(num)d", count);
    if (!count) box.remove();
  }

  function update() {
    const answers = read(), focused = document.activeElement && document.activeElement.id;
    state = form.evaluate(answers, clock());
    if (shape && shape !== shapeOf()) {
      const drawn = document.createElement("div");
      MNRView.screen(drawn, form, page.dataset.live, answers, { submits: true, clock: clock() });
      news.textContent = arrange(drawn.lastChild, items) ? news.dataset.news : "";
      const again = focused && document.getElementById(focused);
      if (again && again !== document.activeElement) again.focus();
    }
    shape = shapeOf();
    MNRView.refresh(page, form, state, told);
    for (const element of page.querySelectorAll("[data-path]")) {
      if (element.hidden) continue;
      mark(element, element.dataset.path);
      judge(element, element.dataset.path);
    }
  }

  function leave(event) {
    const element = event.target.closest("[data-path]");
    if (!element || (event.relatedTarget && element.contains(event.relatedTarget))) return;
    left.add(element.dataset.path);
    update();
  }
  function start(bundle) {
    form = MNRForm.compile(bundle);
    page.querySelectorAll("input[name=shown]").forEach((one) => { one.nextElementSibling.dataset.path = one.value; });
    update();
    page.addEventListener("input", (event) => {
      const element = event.target.closest("[data-path]");
      if (element) left.delete(element.dataset.path);
      update();
    });
    page.addEventListener("change", (event) => { if (!["text", "tel", "textarea"].includes(event.target.type)) leave(event); });
    page.addEventListener("focusout", leave);
    page.setAttribute("data-ready", "");
  }
  fetch(page.dataset.form, { credentials: "same-origin" }).then((answer) => (answer.ok ? answer.json() : null), () => null).then((bundle) => bundle && start(bundle));
})();
