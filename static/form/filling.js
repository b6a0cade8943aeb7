/* One run of a form over one set of answers: what applies, which answers are good, what is missing (sop/filling.py). */
var MNRFilling = (function () {
  "use strict";
  const { Refused, own, toNumber } = MNRValues;
  const { attempt, truth } = MNRTrees;
  const { METADATA, clean, asValue, plain, worked, remembered } = MNRAnswers;
  const { Place, isSet, nested } = MNRPlaces;

  const MOST_INSTANCES = 200, MOST_ANSWERS = 5000;

  function isAsked(question) {
    return !["note", "calculate", ...METADATA].includes(question.type) && !question.read_only;
  }

  class Filling {
    constructor(form, answers, clock) {
      Object.assign(this, { form, clock, errors: new Map(), required: new Set(), choices: new Map(), made: 0, answered: 0 });
      this.root = new Place(form, isSet(answers) ? answers : {});
      this.places = new Map([["", [this.root]]]);
      for (const item of form.plan) {
        for (const place of this.places.get(form.home(item.name).join("/")) || []) this.visit(item, place);
      }
      for (const [home, places] of this.places) {
        for (const question of form.questionsOf(home)) {
          for (const place of places) if (place.relevant.has(question.name)) this.examine(question, place);
        }
      }
    }
    scope(place, inHand) {
      return { place, form: this.form, clock: this.clock, alone: !this.form.repeats.size, here: "", present: "", ...inHand };
    }
    visit(item, place) {
      const around = (item.groups || []).at(-1);
      if (around !== undefined && !place.relevant.has(around) && place.repeats.at(-1) !== around) return;
      if (item.relevant && !truth(item.relevant, this.scope(place), true)) return;
      place.relevant.add(item.name);
      if (item.repeat) this.repeat(item, place);
      else if (item.type && item.type !== "note") this.take(item, place);
    }
    take(question, place) {
      const path = place.prefix + question.name;
      try {
        const answer = this.answer(question, place);
        if (answer === null) return;
        this.answered++;
        if (this.answered > MOST_ANSWERS) throw new Refused("too_many_answers", { most: MOST_ANSWERS });
        place.values.set(question.name, answer);
        place.known.set(question.name, asValue(answer));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (METADATA.includes(question.type)) return;
        if (error.code !== "too_many_answers" && ++this.answered > MOST_ANSWERS) {
          error = new Refused("too_many_answers", { most: MOST_ANSWERS });
        }
        this.errors.set(path, { code: error.code, values: error.values });
      }
    }
    answer(question, place) {
      if (!question.calculation) {
        if (question.type === "calculate" || question.read_only) return null;
        return clean(question, own(place.given, question.name), this.form.options(question));
      }
      const present = this.form.remembering.has(question.name) ? remembered(own(place.given, question.name)) : "";
      return worked(attempt(question.calculation, this.scope(place, { present }), ""));
    }
    repeat(group, place) {
      const given = nested(place.given, group.name);
      let wanted = given.length;
      if (group.count) {
        const number = toNumber(attempt(group.count, this.scope(place), 0));
        wanted = Math.trunc(Math.max(0, Math.min(number, 1e6))) || 0;
      }
      const most = Math.min(wanted, MOST_INSTANCES, MOST_ANSWERS - this.made);
      this.made += most;
      if (most < wanted) {
        this.errors.set(place.prefix + group.name, { code: "too_many_instances", values: { count: wanted, most } });
      }
      const instances = Array.from({ length: most }, (_, at) => new Place(this.form, given[at] || {}, place, group.name, at + 1));
      place.instances.set(group.name, instances);
      const home = [...place.repeats, group.name].join("/");
      this.places.set(home, [...(this.places.get(home) || []), ...instances]);
    }
    examine(question, place) {
      const path = place.prefix + question.name;
      let choices = null;
      if (question.choice_filter) {
        choices = this.form.options(question).filter((choice) =>
          truth(question.choice_filter, this.scope(place, { columns: { ...choice.columns, name: choice.name } }), true));
        this.choices.set(path, choices);
      }
      if (!isAsked(question)) return;
      if (question.required && truth(question.required, this.scope(place), true)) this.required.add(path);
      const wrong = this.errors.has(path) ? "" : this.wrong(question, place, path, choices);
      if (wrong) this.errors.set(path, { code: wrong, values: {} });
    }
    wrong(question, place, path, choices) {
      if (!place.values.has(question.name)) return this.required.has(path) ? "required" : "";
      const answer = place.values.get(question.name);
      if (choices && ![answer].flat().every((one) => choices.some((choice) => choice.name === String(one)))) {
        return "choice_not_possible";
      }
      const good = !question.constraint || truth(question.constraint, this.scope(place, { here: asValue(answer) }), false);
      return good ? "" : "constraint";
    }
    good(place) {
      const found = Object.create(null);
      for (const question of this.form.questionsOf(place.repeats.join("/"))) {
        if (place.values.has(question.name) && !this.errors.has(place.prefix + question.name)) {
          found[question.name] = plain(place.values.get(question.name));
        }
      }
      for (const [name, instances] of place.instances) if (instances.length) found[name] = instances.map((one) => this.good(one));
      return found;
    }
    state() {
      const relevant = new Set();
      for (const place of this.root.all()) {
        if (place.parent) relevant.add(place.prefix.slice(0, -1));
        for (const name of place.relevant) relevant.add(place.prefix + name);
      }
      const { required, errors, choices } = this;
      return { relevant, required, values: this.good(this.root), errors, choices };
    }
  }

  return { Filling, isAsked };
})();
