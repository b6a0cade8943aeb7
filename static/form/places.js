/* Where answers stand: sop/repeats.py and sop/paths.py. A place is the form itself or one instance of a repeat; a path
   (`members/2/age`) names what is in nested answers. */
var MNRPlaces = (function () {
  "use strict";
  const { own } = MNRValues;

  const isSet = (given) => typeof given === "object" && given !== null && !Array.isArray(given);
  function nested(answers, name) {
    const found = own(answers, name);
    return Array.isArray(found) ? found.map((one) => (isSet(one) ? one : {})) : [];
  }

  class Place {
    constructor(form, given, parent, repeat, number) {
      Object.assign(this, { form, given, parent, number: number || 0 });
      this.repeats = parent ? [...parent.repeats, repeat] : [];
      this.prefix = parent ? parent.prefix + repeat + "/" + number + "/" : "";
      this.known = new Map();
      this.values = new Map();
      this.relevant = new Set();
      this.instances = new Map();
    }
    nearest(home) {
      let place = this;
      while (place.parent && !place.repeats.every((name, level) => home[level] === name)) place = place.parent;
      return place;
    }
    get(name) {
      if (this.known.has(name)) return this.known.get(name);
      const home = this.form.home(name);
      if (home.join("/") === this.repeats.join("/")) return "";
      let place = this.nearest(home);
      for (const repeat of home.slice(place.repeats.length)) {
        place = (place.instances.get(repeat) || [])[0];
        if (!place) return "";
      }
      return place.known.get(name) ?? "";
    }
    each(name) {
      const home = this.form.home(name), base = this.nearest(home);
      const places = home.slice(base.repeats.length).reduce(
        (found, repeat) => found.flatMap((place) => place.instances.get(repeat) || []), [base]);
      if (places.some((place) => place.instances.has(name))) {
        return places.flatMap((place) => (place.instances.get(name) || []).map((one) => one.number));
      }
      return places.filter((place) => place.relevant.has(name)).map((place) => place.known.get(name) ?? "");
    }
    nth(name, indexes) {
      const home = this.form.home(name), outer = home.slice(0, Math.max(0, home.length - indexes.length));
      let place = this.nearest(outer);
      const wanted = [...Array(Math.max(0, outer.length - place.repeats.length)).fill(1), ...indexes];
      for (const [level, repeat] of home.slice(place.repeats.length).entries()) {
        if (level >= wanted.length) break;
        place = (place.instances.get(repeat) || [])[Math.trunc(wanted[level]) - 1];
        if (!place) return "";
      }
      return place.known.get(name) ?? "";
    }
    position(repeat) {
      let place = this;
      while (place && repeat && place.repeats.at(-1) !== repeat) place = place.parent;
      return place ? place.number : 0;
    }
    all() {
      return [this, ...[...this.instances.values()].flat().flatMap((place) => place.all())];
    }
  }

  // Nested answers by path

  function change(answers, path, work) {
    const [name, number, ...rest] = path.split("/");
    if (number === undefined) return work({ ...answers }, name);
    const found = nested(answers, name), at = Number(number) - 1;
    if (!rest.length || !found[at]) return { ...answers };
    found[at] = change(found[at], rest.join("/"), work);
    return { ...answers, [name]: found };
  }
  function at(answers, path) {
    const [name, number, ...rest] = path.split("/");
    if (number === undefined) return own(answers, name);
    const instance = nested(answers, name)[Number(number) - 1];
    return rest.length && instance ? at(instance, rest.join("/")) : instance;
  }
  function put(answers, path, answer) {
    return change(answers, path, (where, name) => ({ ...where, [name]: answer }));
  }
  function added(answers, repeat, instance) {
    return change(answers, repeat, (where, name) => ({ ...where, [name]: [...nested(where, name), instance || {}] }));
  }
  function removed(answers, path) {
    const cut = path.lastIndexOf("/"), number = Number(path.slice(cut + 1));
    return change(answers, path.slice(0, cut), (where, name) =>
      ({ ...where, [name]: nested(where, name).filter((_, place) => place + 1 !== number) }));
  }

  return { Place, isSet, nested, at, put, change, added, removed };
})();
