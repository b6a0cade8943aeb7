/* The form logic of sop/evaluation.py, sop/filling.py and sop/answers.py once more, for the browser: the same trees, the
   same answers, the same error codes (tests/browser/test_form_logic.py holds one against the other).
   MNRForm.compile(bundle) -> form; the bundle is made by sop/bundle.py. Texts count in code points, as in Python.
   Values: text, number, boolean, {day} (days since 1970), {sec} (seconds of a day), {day, sec} (a local moment). */
var MNRForm = (function () {
  "use strict";
  const MAX_TEXT = 1e4, MAX_RAW = 5e4, MAX_DEPTH = 200, MOST_INSTANCES = 200, MOST_ANSWERS = 5000;
  const SPACES = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"; // as Python's str.split
  const SPACE = new RegExp("[" + SPACES + "]+", "g"), EDGES = new RegExp("^[" + SPACES + "]+|[" + SPACES + "]+$", "g");
  const NUMBER = /^[ \t\r\n]*-?(\d{1,300}(\.\d{0,300})?|\.\d{1,300})[ \t\r\n]*$/;
  const CLOCK = "(\\d\\d):(\\d\\d)(?::(\\d\\d)(?:[.,]\\d{1,9})?)?(?:Z|[+-]\\d\\d:?\\d\\d)?";
  const MOMENT = new RegExp("^(\\d{4})-(\\d\\d)-(\\d\\d)(?:[T ]" + CLOCK + ")?$"), TIME = new RegExp("^" + CLOCK + "$");

  class Failed extends Error {} // cannot be worked out: Python's EvaluationError
  class Refused extends Error {
    constructor(code, values) { super(code); this.code = code; this.values = values || {}; }
  }

  const own = (map, key) => (map != null && Object.hasOwn(map, key) ? map[key] : undefined);
  const points = (text) => Array.from(text);
  const size = (text) => (/[\ud800-\udfff]/.test(text) ? points(text).length : text.length);
  const strip = (text) => text.replace(EDGES, "");
  const split = (text) => text.split(SPACE).filter(Boolean);
  const two = (number) => String(number).padStart(2, "0");

  // Days and clocks

  function dayOf(year, month, day) {
    const moment = new Date(0);
    moment.setUTCFullYear(year, month - 1, day);
    const good = year > 0 && moment.getUTCMonth() === month - 1 && moment.getUTCDate() === day;
    return good ? Math.round(moment / 864e5) : null;
  }
  function parts(day) {
    const moment = new Date(day * 864e5);
    return [moment.getUTCFullYear(), moment.getUTCMonth() + 1, moment.getUTCDate()];
  }
  const possible = (day) => day >= -719162 && day <= 2932896; // years 1 to 9999
  function secondsOf(hour, minute, second) {
    return hour < 24 && minute < 60 && second < 60 ? hour * 3600 + minute * 60 + second : null;
  }
  const clockOf = (sec) => [Math.floor(sec / 3600), Math.floor(sec / 60) % 60, sec % 60];
  function iso(value) {
    const found = [];
    if (value.day !== undefined) {
      const [year, month, day] = parts(value.day);
      found.push(String(year).padStart(4, "0") + "-" + two(month) + "-" + two(day));
    }
    if (value.sec !== undefined) found.push(clockOf(value.sec).map(two).join(":"));
    return found.join("T");
  }

  // Conversions (XPath 1.0, §4)

  function toBoolean(value) {
    return typeof value === "object" || (typeof value === "number" ? value !== 0 && value === value : Boolean(value));
  }
  function toNumber(value) {
    if (typeof value === "string") return NUMBER.test(value) ? Number(value.trim()) : NaN;
    return typeof value === "object" ? (value.day || 0) + (value.sec || 0) / 86400 : Number(value);
  }
  function toText(value) {
    if (typeof value === "object") return iso(value);
    if (typeof value !== "number" || !isFinite(value)) return String(value);
    if (Number.isInteger(value)) return BigInt(value).toString();
    const [digits, zeros] = String(Math.abs(value)).split("e-");
    return (value < 0 ? "-" : "") + (zeros ? "0." + "0".repeat(zeros - 1) + digits.replace(".", "") : digits);
  }
  function toDate(value) {
    if (value.day !== undefined) return { day: value.day };
    if (typeof value === "string" && !NUMBER.test(value)) {
      const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(points(value).slice(0, 10).join(""));
      const day = found && dayOf(+found[1], +found[2], +found[3]);
      return day === null ? "" : { day };
    }
    const day = Math.floor(toNumber(value));
    return possible(day) ? { day } : "";
  }
  function toMoment(value) {
    if (value.day !== undefined && value.sec !== undefined) return value;
    if (typeof value === "string" && !NUMBER.test(value)) {
      const found = MOMENT.exec(value);
      if (!found) return "";
      const [, year, month, day, hour, minute, second] = found.map((part) => +(part || 0));
      const moment = { day: dayOf(year, month, day), sec: secondsOf(hour, minute, second) };
      return moment.day === null || moment.sec === null ? "" : moment;
    }
    const seconds = Math.floor(toNumber(value) * 86400 + 0.5), day = Math.floor(seconds / 86400);
    return possible(day) ? { day, sec: seconds - day * 86400 } : "";
  }
  function toTime(value) {
    if (value.sec !== undefined) return { sec: value.sec };
    if (typeof value !== "string") return value;
    const found = TIME.exec(value), sec = found && secondsOf(+found[1], +found[2], +(found[3] || 0));
    return sec === null ? "" : { sec };
  }

  // Patterns: sop/patterns.py; sets of states, never a step back, so that no pattern can hang the page

  const same = (wanted) => (c) => c === wanted;
  const among = (pattern) => (c) => pattern.test(c);
  const word = among(/^[\p{L}\p{N}_]$/u), digit = among(/^[0-9]$/), blank = among(new RegExp("^[" + SPACES + "]$"));
  const not = (test) => (c) => !test(c);
  const CLASSES = new Map(Object.entries({ d: digit, D: not(digit), w: word, W: not(word), s: blank, S: not(blank) }));
  const CONTROLS = new Map(Object.entries({ n: "\n", r: "\r", t: "\t" }));

  function compilePattern(text) {
    const source = points(text), states = [{ after: [] }];
    let position = 0;
    if (source.length > 400) throw new Failed();
    const peek = () => source[position] || "";
    function take() {
      if (position >= source.length) throw new Failed();
      return source[position++];
    }
    function until(mark) {
      const end = source.indexOf(mark, position);
      if (end < 0) throw new Failed();
      const found = source.slice(position, end).join("");
      position = end + 1;
      return found;
    }
    function alternatives(depth) {
      if (depth > 20) throw new Failed();
      const choices = [sequence(depth)];
      while (peek() === "|") { take(); choices.push(sequence(depth)); }
      return choices.length === 1 ? choices[0] : ["any", choices];
    }
    function sequence(depth) {
      const found = [];
      while (!["", "|", ")"].includes(peek())) found.push(repeated(depth));
      return ["all", found];
    }
    function repeated(depth) {
      let node = atom(depth);
      while (peek() && "*+?{".includes(peek())) {
        const mark = take(), [low, high] = mark === "{" ? counts() : { "*": [0, null], "+": [1, null], "?": [0, 1] }[mark];
        if (peek() === "?") take(); // lazy: the same language when the whole text must match
        node = ["repeat", node, low, high];
      }
      return node;
    }
    function counts() {
      const found = /^(\d{1,3})(,(\d{1,3})?)?$/.exec(until("}"));
      if (!found) throw new Failed();
      const low = +found[1], high = found[3] ? +found[3] : found[2] ? null : low;
      if (Math.max(low, high || 0) > 100 || (high !== null && high < low)) throw new Failed();
      return [low, high];
    }
    function atom(depth) {
      const c = take();
      if (c === "(") return group(depth);
      if (c === "[") return ["test", characterClass()];
      if (c === "^" || c === "$") return ["at", c];
      if (c === ".") return ["test", (one) => one !== "\n"];
      if (c === "\\") return ["test", escape()];
      if ("*+?{".includes(c)) throw new Failed();
      return ["test", same(c)];
    }
    function group(depth) {
      if (peek() === "?") {
        take();
        if (take() !== ":") throw new Failed();
      }
      const node = alternatives(depth + 1);
      if (take() !== ")") throw new Failed();
      return node;
    }
    function escape() {
      const c = take();
      if (CLASSES.has(c)) return CLASSES.get(c);
      if (c === "p" || c === "P") return category(c === "P");
      if (CONTROLS.has(c)) return same(CONTROLS.get(c));
      if (c !== "_" && word(c)) throw new Failed();
      return same(c);
    }
    function category(negated) {
      if (take() !== "{") throw new Failed();
      const name = until("}");
      let test = () => false; // no such category
      if (!/^\p{L}{1,2}$/u.test(name)) throw new Failed();
      if (/^([CLMNPSZ]|C[cfnos]|L[ulmot]|M[nce]|N[dlo]|P[cdseifo]|S[mcko]|Z[slp])$/.test(name)) {
        test = among(new RegExp("^\\p{" + name + "}$", "u"));
      }
      return negated ? not(test) : test;
    }
    function characterClass() {
      const negated = peek() === "^", tests = [];
      if (negated) take();
      while (peek() !== "]" || !tests.length) tests.push(classItem());
      take();
      return (c) => tests.some((test) => test(c)) !== negated;
    }
    function classItem() {
      let c = take();
      if (c === "\\") {
        if (CLASSES.has(peek()) || "pP".includes(peek())) return escape();
        c = take();
        c = CONTROLS.get(c) || c;
      }
      if (peek() !== "-" || ["", undefined, "]"].includes(source[position + 1])) return same(c);
      take();
      let end = take();
      if (end === "\\") end = take();
      const low = c.codePointAt(0), high = end.codePointAt(0);
      if (high < low) throw new Failed();
      return (one) => low <= one.codePointAt(0) && one.codePointAt(0) <= high;
    }
    function add(state) {
      if (states.length >= 600) throw new Failed();
      return states.push(state) - 1;
    }
    function build([kind, what, low, high], next) { // from the end to the start; state 0 is success
      if (kind === "test") return add({ test: what, after: [next] });
      if (kind === "at") return add({ at: what, after: [next] });
      if (kind === "any") return add({ after: what.map((choice) => build(choice, next)) });
      if (kind === "all") return what.reduceRight((after, part) => build(part, after), next);
      let entry = next;
      if (high === null) {
        entry = add({ after: [] });
        states[entry].after = [build(what, entry), next];
      } else {
        for (let more = low; more < high; more++) entry = add({ after: [build(what, entry), next] });
      }
      for (let more = 0; more < low; more++) {
        const before = states.length;
        entry = build(what, entry);
        if (states.length === before) break; // nothing in it: a thousand times nothing is nothing
      }
      return entry;
    }
    const tree = alternatives(0);
    if (position < source.length) throw new Failed();
    const start = build(tree, 0);

    function closure(numbers, place, last) {
      const seen = new Set(), waiting = [...numbers];
      while (waiting.length) {
        const number = waiting.pop(), state = states[number];
        if (seen.has(number) || (state.at === "^" && place) || (state.at === "$" && place !== last)) continue;
        seen.add(number);
        if (!state.test) waiting.push(...state.after);
      }
      return seen;
    }
    return function (subject) {
      const characters = points(subject);
      let current = closure([start], 0, characters.length);
      for (let place = 0; place < characters.length && current.size; place++) {
        const reached = new Set();
        for (const number of current) {
          const state = states[number];
          if (state.test && state.test(characters[place])) reached.add(state.after[0]);
        }
        current = closure(reached, place + 1, characters.length);
      }
      return current.has(0);
    };
  }

  // Functions of ready values: sop/functions.py

  function equal(left, right) {
    const kinds = [typeof left, typeof right];
    if (kinds.includes("boolean")) return toBoolean(left) === toBoolean(right);
    if (kinds.includes("number")) return toNumber(left) === toNumber(right);
    return toText(left) === toText(right);
  }
  function power(base, exponent) {
    if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1;
    if (base === 0 && exponent < 0) return NaN;
    const found = Math.pow(base, exponent);
    return isFinite(base) && isFinite(exponent) && found === -Infinity ? Infinity : found;
  }
  const whole = (rounding) => (value) => rounding(toNumber(value)) + 0; // + 0: no negative zero
  const floor = whole(Math.floor);
  function round(value, digits) {
    const number = toNumber(value), places = digits === undefined ? 0 : toNumber(digits);
    if (!isFinite(number) || !isFinite(places)) return number;
    const factor = Number("1e" + Math.max(-15, Math.min(15, Math.trunc(places))));
    return floor(number * factor + 0.5) / factor;
  }
  function extreme(better) {
    return function (...values) {
      const found = values.filter((value) => value !== "").map(toNumber);
      return found.length && !found.some(isNaN) ? found.reduce((a, b) => (better(b, a) ? b : a)) : NaN;
    };
  }
  function substring(value, start, length) {
    const first = round(start), last = first + (length === undefined ? Infinity : round(length));
    return points(toText(value)).filter((_, place) => place + 1 >= first && place + 1 < last).join("");
  }
  function substr(value, start, end) {
    const text = points(toText(value));
    const bound = (given) => {
      const number = given === undefined ? Infinity : toNumber(given);
      return number === Infinity ? text.length : isFinite(number) ? Math.trunc(number) : 0;
    };
    return text.slice(bound(start), bound(end)).join("");
  }
  function translate(text, wanted, given) {
    const letters = points(given), table = new Map();
    points(wanted).forEach((c, place) => { if (!table.has(c)) table.set(c, letters[place] || ""); });
    return points(text).map((c) => (table.has(c) ? table.get(c) : c)).join("");
  }
  function formatDate(value, layout) {
    const moment = value.day !== undefined ? value : toDate(value);
    if (moment === "") return "";
    const [year, month, day] = parts(moment.day), [hour, minute, second] = clockOf(moment.sec || 0).map(two);
    const marks = {
      Y: String(year).padStart(4, "0"), y: two(year % 100), m: two(month), n: month, d: two(day), e: day,
      H: hour, M: minute, S: second,
    };
    return toText(layout).replace(/%([A-Za-z])/g, (mark, letter) => (letter in marks ? String(marks[letter]) : mark));
  }
  const patterns = new Map();
  function regex(value, pattern) {
    const text = toText(value), source = toText(pattern);
    if (size(text) > MAX_TEXT) throw new Failed();
    if (patterns.size > 255) patterns.clear();
    if (!patterns.has(source)) patterns.set(source, compilePattern(source));
    return patterns.get(source)(text);
  }
  const texts = (work) => (...values) => work(...values.map(toText));
  const numbers = (work) => (...values) => work(...values.map(toNumber));
  function selectedAt(codes, index) {
    const found = split(toText(codes)), place = toNumber(index);
    return place >= 0 && place < found.length ? found[Math.trunc(place)] : "";
  }

  const CALLS = new Map(Object.entries({
    "=": equal,
    "!=": (a, b) => !equal(a, b),
    "<": numbers((a, b) => a < b),
    "<=": numbers((a, b) => a <= b),
    ">": numbers((a, b) => a > b),
    ">=": numbers((a, b) => a >= b),
    "+": numbers((a, b) => a + b),
    "-": numbers((a, b) => a - b),
    "*": numbers((a, b) => a * b),
    div: numbers((a, b) => a / b),
    mod: numbers((a, b) => a % b),
    negate: numbers((a) => -a),
    abs: numbers(Math.abs),
    boolean: toBoolean,
    "boolean-from-string": texts((a) => a === "1" || a === "true"),
    ceiling: whole(Math.ceil),
    coalesce: (a, b) => (toText(a) ? a : b),
    concat: texts((...all) => all.join("")),
    contains: texts((a, b) => a.includes(b)),
    count: (...all) => all.length,
    "count-non-empty": (...all) => all.filter((one) => one !== "").length,
    "count-selected": texts((a) => split(a).length),
    date: toDate,
    "date-time": toMoment,
    "decimal-date-time": (a) => toNumber(typeof a === "number" ? a : toMoment(toText(a))),
    "decimal-time": (a) => toNumber(toTime(a)),
    "ends-with": texts((a, b) => a.endsWith(b)),
    exp: numbers((a) => power(Math.E, a)),
    false: () => false,
    floor,
    "format-date": formatDate,
    "format-date-time": formatDate,
    int: whole(Math.trunc),
    join: texts((mark, ...all) => all.join(mark)),
    log: numbers(Math.log),
    log10: numbers(Math.log10),
    max: extreme((a, b) => a > b),
    min: extreme((a, b) => a < b),
    "normalize-space": texts((a) => split(a).join(" ")),
    not: (a) => !toBoolean(a),
    "number()": toNumber,
    pi: () => Math.PI,
    pow: numbers(power),
    regex,
    round,
    selected: texts((a, code) => split(a).includes(strip(code))),
    "selected-at": selectedAt,
    sqrt: numbers(Math.sqrt),
    "starts-with": texts((a, b) => a.startsWith(b)),
    string: toText,
    "string-length": texts(size),
    substr,
    substring,
    "substring-after": texts((a, b) => (a.includes(b) ? a.slice(a.indexOf(b) + b.length) : "")),
    "substring-before": texts((a, b) => a.slice(0, Math.max(0, a.indexOf(b)))),
    sum: (...all) => all.map(toNumber).reduce((a, b) => (b === b ? a + b : a), 0),
    translate: texts(translate),
    true: () => true,
  }));
  const OF_HERE = new Set(["string", "number()", "string-length", "normalize-space"]);

  // Trees: sop/evaluation.py. scope: place, form, clock, and in hand: here, columns, present, alone (nothing repeats)

  const SPECIAL = new Map(Object.entries({
    number: ([, value]) => Number(value),
    text: ([, value]) => String(value),
    answer: ([, name], scope) => scope.place.get(name),
    here: (_, scope) => scope.here,
    column: ([, name], scope) => own(scope.columns, name) ?? "",
    each: (node, scope) => eachOf(node, scope)[0] ?? "",
    nth: ([, name, ...indexes], scope, one) =>
      scope.alone ? scope.place.get(name) : scope.place.nth(name, indexes.map((_, place) => toNumber(one(place + 2)))),
    and: (_, scope, one) => toBoolean(one(1)) && toBoolean(one(2)),
    or: (_, scope, one) => toBoolean(one(1)) || toBoolean(one(2)),
    if: (_, scope, one) => one(toBoolean(one(1)) ? 2 : 3),
    once: (_, scope, one) => (scope.present !== "" ? scope.present : one(1)),
    position: (node, scope, one) => (scope.alone ? 1 : scope.place.position(node.length > 1 ? toText(one(1)) : "")),
    pulldata: (_, scope, one) => scope.form.pull(...[1, 2, 3, 4].map((place) => toText(one(place)))),
    random: () => Math.random(),
    today: (_, scope) => scope.clock.today,
    now: (_, scope) => scope.clock.now,
    uuid: () => crypto.randomUUID(),
  }));

  function eachOf([, name], scope) {
    return scope.alone ? [scope.place.get(name)] : scope.place.each(name);
  }
  function evaluate(node, scope, depth = 0) {
    if (!Array.isArray(node) || depth > MAX_DEPTH) throw new Failed();
    const one = (place) => evaluate(node[place], scope, depth + 1);
    const special = SPECIAL.get(node[0]);
    if (special) return special(node, scope, one);
    const work = CALLS.get(node[0]);
    if (!work) throw new Failed();
    let values = node.slice(1).flatMap((part, place) => (part && part[0] === "each" ? eachOf(part, scope) : [one(place + 1)]));
    if (node.length === 1 && OF_HERE.has(node[0])) values = [scope.here];
    const result = work(...values);
    if (typeof result === "string" && result.length > MAX_TEXT && size(result) > MAX_TEXT) throw new Failed();
    return result;
  }
  /* The value, or `otherwise` when it cannot be worked out, whatever the tree is. */
  function attempt(node, scope, otherwise) {
    try { return evaluate(node, scope); } catch (error) { return otherwise; }
  }
  const truth = (node, scope, failing) => toBoolean(attempt(node, scope, failing));

  // Answers: sop/answers.py

  const BAD = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\p{Cs}]/u;
  const ASKED_CLOCK = /^(\d{1,2})[:hH](\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/;
  const METADATA = ["start", "end", "today", "deviceid", "username"], FILES = ["image", "audio", "video", "file"];
  const stripped = (raw) => (typeof raw === "string" ? strip(raw) : "");
  const unspaced = (raw) => (typeof raw === "string" ? raw.replace(/[ \xa0\u202f]/g, "") : "");

  function readable(raw) {
    if (size(raw) > MAX_RAW) throw new Refused("too_long");
    if (BAD.test(raw)) throw new Refused("bad_character");
    return raw.normalize("NFC");
  }
  function code(raw, choices) {
    const found = stripped(raw);
    if (!choices.some((choice) => choice.name === found)) throw new Refused("unknown_choice");
    return found;
  }
  function several(raw, choices) {
    if (typeof raw === "string") raw = split(readable(raw));
    if (raw != null && !Array.isArray(raw)) throw new Refused("unknown_choice");
    const chosen = new Set((raw || []).slice(0, 2000).filter((one) => one !== "").map((one) => code(one, choices)));
    return chosen.size ? choices.map((choice) => choice.name).filter((name) => chosen.has(name)) : null;
  }
  function text(raw, question) {
    if (typeof raw !== "string") throw new Refused("not_text");
    const multiline = (question.appearance || []).includes("multiline"), most = multiline ? 4000 : 200;
    const found = multiline ? strip(raw.replace(/\r\n?/g, "\n")) : split(raw).join(" "), length = size(found);
    if (length > most) throw new Refused("too_long_by", { length, most });
    return found;
  }
  function integer(raw) {
    if (Number.isInteger(raw) && Math.abs(raw) < 1e9) return raw + 0;
    const found = unspaced(raw);
    if (!/^[+-]?\d{1,9}$/.test(found)) throw new Refused("not_whole");
    return Number(found) + 0;
  }
  function decimal(raw) {
    if (Number.isFinite(raw) && Math.abs(raw) < 1e12) return raw;
    const found = unspaced(raw);
    if (!/^[+-]?(\d{1,12}([.,]\d{0,12})?|[.,]\d{1,12})$/.test(found)) throw new Refused("not_number");
    return Number(found.replace(",", "."));
  }
  const afterDate = (found) => points(found).slice(10).join("").replace(/^[T ]+/, "");
  function date(raw) {
    const found = stripped(raw), first = /^(\d{4})-(\d{1,2})-(\d{1,2})/.exec(points(found).slice(0, 10).join(""));
    const last = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$/.exec(found);
    const given = first ? first.slice(1) : last ? last.slice(1).reverse() : [0, 0, 0], day = dayOf(...given.map(Number));
    if (day === null || (size(found) > 10 && !ASKED_CLOCK.test(afterDate(found)))) throw new Refused("not_date");
    if (given[0] < 1900 || given[0] > 2100) throw new Refused("date_out_of_range");
    return { day };
  }
  function time(raw) {
    const found = ASKED_CLOCK.exec(stripped(raw));
    const sec = found && secondsOf(+found[1], +found[2], +(found[3] || 0));
    if (sec === null) throw new Refused("not_time");
    return { sec };
  }
  function moment(raw) {
    const found = stripped(raw);
    return { ...date(found), ...time(afterDate(found)) };
  }
  function acknowledge(raw) {
    if ([true, 1, "OK", "ok", "on", "1", "true", "yes"].includes(raw)) return true;
    if ([false, 0, "0", "false", "no"].includes(raw)) return null;
    throw new Refused("unknown_choice");
  }
  function fileName(raw) {
    const name = stripped(raw);
    if (!name || size(name) > 200 || /[/\\\n\r\t:]/.test(name) || /^\.*$/.test(name)) throw new Refused("not_file");
    return name;
  }
  function point(raw) {
    const found = typeof raw === "string" ? split(raw.replaceAll(", ", " ")) : [];
    const good = found.length > 1 && found.length < 5 && found.every((part) => /^-?\d{1,6}(\.\d{0,20})?$/.test(part));
    if (!good || Math.abs(found[0]) > 90 || Math.abs(found[1]) > 180) throw new Refused("not_place");
    return [...found, "0", "0"].slice(0, 4).join(" ");
  }
  const CLEANERS = {
    text, barcode: text, phone: text, deviceid: text, username: text, integer, decimal, date, today: date, time,
    datetime: moment, start: moment, end: moment, acknowledge, geopoint: point,
    image: fileName, audio: fileName, video: fileName, file: fileName,
  };

  /* The answer (codes, true, or a value), null when there is none; throws Refused. */
  function clean(question, raw, choices) {
    if (question.type === "select_multiple") return several(raw, choices);
    if (Array.isArray(raw)) {
      if (raw.length > 1) throw new Refused("one_answer");
      raw = raw[0];
    }
    if (raw == null) return null;
    if (typeof raw === "string") {
      raw = readable(raw);
      if (!strip(raw)) return null;
    }
    return question.type === "select_one" ? code(raw, choices) : CLEANERS[question.type](raw, question);
  }
  /* As expressions see an answer, and as JSON keeps it. */
  function asValue(answer) {
    return Array.isArray(answer) ? answer.join(" ") : typeof answer === "boolean" ? (answer ? "OK" : "") : answer;
  }
  const plain = (answer) => (typeof answer === "object" && !Array.isArray(answer) ? iso(answer) : answer);
  /* A worked-out value as an answer. */
  function worked(value) {
    if (typeof value === "number") return isFinite(value) ? value + 0 : null;
    return value === "" ? null : value;
  }
  function remembered(raw) {
    if (typeof raw === "string") return points(raw).slice(0, MAX_RAW).join("");
    return typeof raw === "number" && Math.abs(raw) < 1e300 ? raw : "";
  }

  // Places: sop/repeats.py; one for the form itself and one for each instance of a repeat

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

  // Filling: sop/filling.py

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

  // Forms: sop/forms.py

  /* Without recursion: a tree may be deeper than the stack. */
  function calls(tree, name) {
    const waiting = [tree];
    while (waiting.length) {
      const node = waiting.pop();
      if (!Array.isArray(node)) continue;
      if (node[0] === name) return true;
      for (const part of node.slice(1)) waiting.push(part);
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
    /* An error in words: the form's own, or ours. */
    explain(path, error) {
      const question = this.items.get(path.split("/").at(-1));
      const words = (question && question[error.code + "_message"]) || own(this.bundle.messages, error.code) || error.code;
      return words.replace(/%\((\w+)\)[ds]/g, (mark, name) => own(error.values, name) ?? mark);
    }
  }

  // Nested answers by path: sop/paths.py

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

  return {
    compile: (bundle) => new Form(bundle),
    evaluate: (node, scope) => evaluate(node, { here: "", present: "", alone: true, ...scope }),
    toText, toBoolean, toNumber, clockOn, isAsked, FILES, at, put, added, removed, nested,
  };
})();
