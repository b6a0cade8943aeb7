/* A compiled form in the browser: sop/forms.py. MNRForm.compile(bundle) -> form; the bundle is made by sop/bundle.py. Each
   file of this folder says again what a file of sop/ says: the same trees, the same answers, the same error codes
   (tests/browser/test_form_logic.py holds one side against the other). */
var MNRForm = (function () {
  "use strict";
  const { own, strip, dayOf, toText, toMoment } = MNRValues;
  const { attempt } = MNRTrees;
  const { METADATA, FILES, clean, asValue, plain, worked } = MNRAnswers;
  const { Place, nested, at, put, change, added, removed } = MNRPlaces;
  const { Filling, isAsked } = MNRFilling;

  /* Without recursion: a tree may be deeper than the stack. */
  function calls(tree, name) {
    for (const waiting = [tree]; waiting.length;) {
      const node = waiting.pop();
      if (!Array.isArray(node)) continue;
      if (node[0] === name) return true;
      waiting.push(...node.slice(1));
    }
    return false;
  }
  /* {today, now}: Date objects (local time) or ISO texts; what is left out is the present. */
  function clockOn(given) {
    const { today, now } = given || {};
    const local = (date) => ({
      day: dayOf(date.getFullYear(), date.getMonth() + 1, date.getDate()),
      sec: date.getHours() * 3600 + date.getMinutes() * 60 + date.getSeconds(),
    });
    const read = (one) => (typeof one === "string" ? toMoment(one) : local(one || new Date()));
    const moment = read(now);
    return { now: moment, today: { day: (today ? read(today) : moment).day } };
  }

  class Form {
    constructor(bundle) {
      this.bundle = bundle;
      this.questions = bundle.questions;
      this.groups = new Map(bundle.groups.map((group) => [group.name, group]));
      this.repeats = new Set(bundle.groups.filter((group) => group.repeat).map((group) => group.name));
      this.items = new Map([...bundle.groups, ...bundle.questions].map((item) => [item.name, item]));
      this.homes = new Map();
      for (const item of this.items.values()) this.homes.set(item.name, (item.groups || []).filter((name) => this.repeats.has(name)));
      this.plan = bundle.order.map((name) => this.items.get(name));
      this.remembering = new Set(this.questions.filter((one) => calls(one.calculation, "once")).map((one) => one.name));
      this.tables = new Map(Object.entries(bundle.tables || {}));
      this.pulled = new Map();
      this.byHome = new Map();
      for (const question of this.questions) {
        const home = this.home(question.name).join("/");
        this.byHome.set(home, [...(this.byHome.get(home) || []), question]);
      }
    }
    home(name) { return this.homes.get(name) || []; }
    questionsOf(home) { return this.byHome.get(home) || []; }
    options(question, state, path) {
      return (state && state.choices.get(path || question.name)) || own(this.bundle.choices, question.list_name) || [];
    }
    pull(file, column, key, value) {
      const name = strip(file).replace(/\.csv$/, ""), table = this.tables.get(name), wanted = JSON.stringify([name, column, key]);
      if (!table || !table.columns.includes(column) || !table.columns.includes(key)) return "";
      if (!this.pulled.has(wanted)) {
        const asked = table.columns.indexOf(key), told = table.columns.indexOf(column);
        this.pulled.set(wanted, new Map([...table.rows].reverse().map((row) => [row[asked], row[told]])));
      }
      return this.pulled.get(wanted).get(value) ?? "";
    }
    evaluate(answers, clock) { return new Filling(this, answers, clockOn(clock)).state(); }
    screens() {
      const pages = [];
      for (const question of this.questions) {
        if (question.type === "calculate" || METADATA.includes(question.type)) continue;
        const group = (question.groups || [])[0] || "";
        if (!pages.length || pages.at(-1).group !== group) {
          const number = pages.length + 1;
          pages.push({ group, name: group || "page" + number, label: group ? this.groups.get(group).label || "" : "", number, questions: [] });
        }
        pages.at(-1).questions.push(question);
      }
      return pages;
    }
    applicable(state) {
      const first = (question) => this.home(question.name)[0] || question.name;
      return this.screens().filter((page) => page.questions.some((one) => state.relevant.has(first(one))));
    }
    initial(clock) {
      const place = new Place(this, {});
      return this.proposed({ place, form: this, clock: clockOn(clock), alone: true, here: "", present: "" }, place.known);
    }
    /* Answers to propose in a new instance of the repeat at this path. */
    initialInstance(repeat, answers, clock) {
      const filling = new Filling(this, change(answers, repeat, (where, name) => ({ ...where, [name]: [...nested(where, name), {}] })), clockOn(clock));
      const places = filling.root.all().filter((one) => one.prefix.startsWith(repeat + "/"));
      if (!places.length) return {};
      const place = places[0].parent.instances.get(places[0].repeats.at(-1)).at(-1);
      return this.proposed(filling.scope(place), place.known);
    }
    proposed(scope, known) {
      const found = {};
      for (const question of this.questionsOf(scope.place.repeats.join("/"))) {
        const lasting = this.remembering.has(question.name), node = lasting ? question.calculation : question.default;
        if (!node) continue;
        let answer = worked(attempt(node, scope, ""));
        try {
          if (!question.calculation) answer = clean(question, answer === null ? null : plain(answer), this.options(question));
        } catch (error) { answer = null; }
        if (answer === null) continue;
        found[question.name] = plain(answer);
        known.set(question.name, asValue(answer));
      }
      return found;
    }
    /* A text with each ${name} as the answer in words, seen from a path: sop/wording.py. */
    inFull(text, state, path) {
      return (text || "").replace(/\$\{\s*([^\s{}]+)\s*\}/g, (_, name) => {
        const question = this.items.get(name), answer = question && at(state.values, this.answerPath(name, path));
        if (answer === undefined) return "";
        if (!question.list_name) return toText(asValue(answer));
        const label = (code) => (this.options(question).find((one) => one.name === code) || {}).label || code;
        return [answer].flat().map(label).join(", ");
      });
    }
    answerPath(name, path) {
      const parts = path.split("/");
      let same = true;
      return this.home(name).map((repeat) => {
        const place = parts.indexOf(repeat);
        same = same && place >= 0 && place % 2 === 0 && place + 1 < parts.length;
        return repeat + "/" + (same ? parts[place + 1] : 1) + "/";
      }).join("") + name;
    }
    /* An error in words: the form's own, or ours. */
    explain(path, error) {
      const question = this.items.get(path.split("/").at(-1));
      const words = (question && question[error.code + "_message"]) || own(this.bundle.messages, error.code) || error.code;
      return words.replace(/%\((\w+)\)[ds]/g, (mark, name) => own(error.values, name) ?? mark);
    }
  }

  return {
    compile: (bundle) => new Form(bundle),
    clockOn, isAsked, FILES, at, put, added, removed, nested,
  };
})();
