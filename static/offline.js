/* The page of static/outbox.js: who uses the phone, their drafts and queue, one form at a time. What was opened with a code
   is in memory only, and goes when the page is locked: by the button or after a while without a touch. */
(function () {
  "use strict";
  const box = MNROutbox, make = MNRView.make, root = document.getElementById("offline"), words = {};
  root.querySelectorAll("[data-word]").forEach((one) => { words[one.dataset.word] = one.textContent; });
  const one = (css) => root.querySelector(css), language = root.dataset.language, IDLE = Number(root.dataset.lock) * 60000;
  let who = null, draft = null, form = null, page = null, chosen = null, idle = 0, pause = 0, signedIn, saving = Promise.resolve();

  const button = (text, click) => make("button", { type: "button", class: "btn-quiet", click }, text);
  const moment = (time) => new Date(time).toLocaleString(language, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  function say(text) {
    one("[data-message]").hidden = !text;
    one("[data-message] span").textContent = text || "";
  }
  function show(part) {
    root.querySelectorAll("[data-part]").forEach((section) => { section.hidden = section.dataset.part !== part; });
    document.querySelectorAll("[data-unlocked]").forEach((control) => { control.hidden = !who; });
    window.scrollTo(0, 0);
  }
  function list(name, items) {
    one(`[data-list=${name}]`).replaceChildren(...items);
    one(`[data-empty=${name}]`).hidden = items.length > 0;
  }

  // Who uses the phone

  async function users() {
    const profiles = await box.all("profiles"), kit = await box.get("kit", "kit");
    list("users", profiles.map((profile) => button(profile.colour + " " + profile.label, () => {
      chosen = profile.id;
      one("[data-form=unlock]").hidden = false;
      one("[data-form=unlock] input").focus();
      say("");
    })));
    one("[data-form=unlock]").hidden = true;
    one("[data-prepared]").textContent = kit ? words.ready + " " + moment(kit.at) : words.not_ready;
    show("users");
  }
  /* Fetches blank forms and the sealing key; older versions stay for the drafts that were begun with them. */
  async function fetchKit() {
    const answer = await fetch("/offline/kit.json", { cache: "no-store" });
    if (!answer.ok || answer.redirected) return say(words.sign_in);
    const { forms, key } = await answer.json(), names = Object.keys(forms);
    if (!names.length) return say(words.no_form);
    for (const name of names) await box.put("kit", forms[name], forms[name].version + "|" + name);
    await box.put("kit", { key, version: forms[names[0]].version, at: Date.now() }, "kit");
    return true;
  }
  async function prepare() {
    if (!(await fetchKit())) return;
    if (navigator.serviceWorker) {
      await navigator.serviceWorker.register("/offline/worker.js", { scope: "/offline/", updateViaCache: "none" });
      await navigator.serviceWorker.ready;
    }
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    say("");
    await users();
  }
  async function addUser(fields) {
    const code = fields["new-code"].value;
    if (code.length < box.LEAST_CODE) return say(words.short);
    if (code !== fields.again.value) return say(words.differ);
    const { user } = await box.session();
    if (!user) return say(words.sign_in);
    try { who = await box.addProfile(fields.label.value.trim().slice(0, 4) || "?", fields.colour.value, user, code); }
    catch (error) { return say(words.taken); }
    say("");
    return desk();
  }
  async function unlock(code) {
    const found = await box.unlock(chosen, code);
    if (found.key) { who = found; say(""); return desk(); }
    return say(found.gone ? words.gone : found.wait ? words.wait + " " + Math.ceil(found.wait / 1000) : words.wrong + " " + found.wrong);
  }
  async function lock() {
    await keep();
    who = draft = form = page = null;
    one("[data-screen]").replaceChildren();
    one("[data-review]").replaceChildren();
    one("[data-list=drafts]").replaceChildren();
    one("[data-list=queue]").replaceChildren();
    say("");
    await users();
  }
  function touched() {
    clearTimeout(idle);
    if (who) idle = setTimeout(lock, IDLE);
  }

  // Drafts and queue

  async function desk() {
    draft = null;
    one("[data-screen]").replaceChildren();
    one("[data-review]").replaceChildren();
    touched();
    await refresh();
    show("desk");
    send(false);
  }
  async function refresh() {
    if (!who) return;
    const drafts = await box.drafts(who), items = await box.queue(who.profile.id);
    if (!who) return;
    list("drafts", drafts.map(({ id, saved }) => make("li", {}, words.begun + " " + moment(saved), make("div", { class: "buttons mt-0" },
      button(words.continue, async () => open(await box.openDraft(who, id))),
      button(words.discard, async () => { if (confirm(words.sure_draft)) { await box.dropDraft(id); refresh(); } })))));
    list("queue", items.map(queued));
    one("[data-sign-in]").hidden = signedIn === undefined || signedIn === who.profile.user || !items.some((item) => item.blob);
  }
  const TONES = { waiting: "hold", sending: "info", sent: "ok", refused: "late", to_complete: "soon", erased: "hold" };
  function queued(item) {
    const drop = async () => { if (!item.blob || confirm(words.sure)) { await box.discard(item.sequence); refresh(); } };
    const why = [item.words, item.state === "refused" && words.what_refused, item.state === "waiting" && item.tries > 0 && words.next_try].filter(Boolean);
    const ways = item.blob
      ? [item.state === "refused" && button(words.retry, async () => { await box.put("outbox", { ...item, state: "waiting", next: 0 }); send(true); }),
        button(words.export, () => save(item)), button(words.discard, drop)]
      : [button(words.clear, drop)];
    return make("li", { class: "mb-3", "data-state": item.state },
      `${words.form} ${item.sequence} · ${moment(item.made)} `, make("span", { class: "tag t-" + TONES[item.state] }, words[item.state] + (item.code ? " · " + item.code : "")),
      make("p", { class: "why mb-1" }, why.join(" ")), make("div", { class: "buttons mt-0" }, ...ways.filter(Boolean)));
  }
  function save(item) {
    const address = URL.createObjectURL(new Blob([item.blob])), link = make("a", { href: address, download: "mnr-" + item.id.slice(0, 8) + ".parcel" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }
  async function send(now) {
    const found = await box.send(now, refresh);
    if (found.busy) return;
    signedIn = found.offline ? undefined : found.user;
    if (who && now) say(found.offline ? words.no_network : signedIn && signedIn !== who.profile.user ? words.other_user : "");
    await refresh();
    const kit = await box.get("kit", "kit");
    if (signedIn && kit && Date.now() - kit.at > 864e5) await fetchKit().catch(() => 0);
  }

  // One form

  async function begin() {
    const kit = await box.get("kit", "kit");
    if (!kit) return say(words.not_ready);
    const told = { version: kit.version, started_at: new Date().toISOString(), answers: null };
    return open({ id: crypto.randomUUID(), told, files: new Map() });
  }
  async function open(opened) {
    const blank = await box.get("kit", opened.told.version + "|" + language);
    if (!blank) return say(words.version);
    form = MNRForm.compile(blank);
    draft = opened;
    draft.told.form = blank.id;
    draft.told.answers = draft.told.answers || form.initial();
    say("");
    return turn(draft.told.screen || form.applicable(form.evaluate(draft.told.answers))[0].name);
  }
  function turn(name, errors) {
    const pages = form.applicable(form.evaluate(draft.told.answers)), place = Math.max(pages.findIndex((known) => known.name === name), 0);
    draft.told.screen = pages[place].name;
    one("[data-progress]").textContent = `${pages[place].label || ""} · ${words.screen} ${place + 1} / ${pages.length + 1}`;
    one("[data-do=back]").hidden = place === 0;
    show("screen");
    page = MNRView.screen(one("[data-screen]"), form, pages[place].name, draft.told.answers, { errors, files: draft.files, onchange: changed });
    if (errors) return;
    const title = one("[data-progress]");
    title.tabIndex = -1;
    title.focus();
  }
  function changed(answers) {
    draft.told.answers = answers;
    const used = JSON.stringify(answers);
    for (const name of draft.files.keys()) if (!used.includes(JSON.stringify(name))) draft.files.delete(name);
    say(box.sizeOf(draft.files) > box.MOST_FILES ? words.too_big : "");
    clearTimeout(pause);
    pause = setTimeout(keep, 700);
  }
  /* One saving after the other; each takes what is there when its turn comes. */
  function keep() {
    clearTimeout(pause);
    const mine = draft, me = who;
    if (!mine || !me) return saving;
    saving = saving.then(() => (draft === mine || draft === null) && !mine.sealed && box.saveDraft(me, mine)).then(
      (kept) => { if (kept !== false) one("[data-kept]").textContent = words.kept + " " + moment(Date.now()); },
      () => say(words.not_kept));
    return saving;
  }
  async function next() {
    const answers = draft.told.answers = page.read(), state = form.evaluate(answers), pages = form.applicable(state);
    const here = pages.findIndex((known) => known.name === draft.told.screen), names = new Set(pages[here].questions.map((asked) => asked.name));
    const wrong = new Map([...state.errors].filter(([path]) => names.has(path.split("/").at(-1)) || form.repeats.has(path.split("/").at(-1)) && names.has(path)));
    await keep();
    if (wrong.size && !draft.warned) { draft.warned = draft.told.screen; return page.show(wrong); }
    draft.warned = null;
    return here + 1 < pages.length ? turn(pages[here + 1].name) : review();
  }
  function back() {
    draft.told.answers = page.read();
    const pages = form.applicable(form.evaluate(draft.told.answers)), here = pages.findIndex((known) => known.name === draft.told.screen);
    keep();
    turn(pages[Math.max(here - 1, 0)].name);
  }
  function review() {
    page = null;
    show("review");
    const state = MNRView.review(one("[data-review]"), form, draft.told.answers, { onjump: (name) => turn(name, state.errors) });
    one("[data-incomplete]").hidden = !state.errors.size;
  }
  async function finish() {
    if (box.sizeOf(draft.files) > box.MOST_FILES) return say(words.too_big);
    const kit = await box.get("kit", "kit"), done = draft;
    await saving;
    done.sealed = true;
    done.told.finished_at = new Date().toISOString();
    try { await box.finish(who, done, kit.key); } catch (error) { done.sealed = false; return say(words.not_kept); }
    await desk();
    return say(words.finished);
  }
  async function leave() {
    if (page) draft.told.answers = page.read();
    await keep();
    page = null;
    return desk();
  }
  function interview() {
    const on = document.documentElement.classList.toggle("interview");
    document.querySelector("[data-do=interview]").setAttribute("aria-pressed", on);
  }

  const DEEDS = {
    prepare, lock, new: begin, send: () => send(true), next, back, leave, finish, interview,
    add: () => { one("[data-form=add]").hidden = false; one("[data-form=add] input").focus(); },
  };
  document.querySelectorAll("[data-do]").forEach((control) => control.addEventListener("click", () => {
    if (control.getAttribute("aria-busy")) return;
    control.setAttribute("aria-busy", "true");
    Promise.resolve().then(DEEDS[control.dataset.do]).catch(() => say(words.no_network)).finally(() => control.removeAttribute("aria-busy"));
  }));
  function onSubmit(name, work) {
    const asked = one(`[data-form=${name}]`);
    asked.addEventListener("submit", (event) => {
      event.preventDefault();
      const sent = event.submitter;
      if (sent) sent.disabled = true;
      Promise.resolve(work(asked.elements)).catch(() => say(words.no_network)).finally(() => {
        if (sent) sent.disabled = false;
        asked.querySelectorAll("[type=password]").forEach((field) => { field.value = ""; });
      });
    });
  }
  onSubmit("unlock", (fields) => unlock(fields.code.value));
  onSubmit("add", addUser);
  ["pointerdown", "keydown", "input"].forEach((name) => document.addEventListener(name, touched, { passive: true }));
  document.addEventListener("visibilitychange", () => { if (document.hidden && draft) { if (page) draft.told.answers = page.read(); keep(); } });
  window.addEventListener("online", () => send(true));
  setInterval(() => { if (navigator.onLine) send(false); }, 60000);

  if (!window.crypto || !crypto.subtle || !window.indexedDB) one("[data-unfit]").hidden = false;
  else {
    one("[data-no-worker]").hidden = Boolean(navigator.serviceWorker);
    users().then(() => send(false));
  }
})();
