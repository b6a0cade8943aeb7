/* Operators and functions of ready values: sop/functions.py. What asks more than ready values is in trees.js. */
var MNRFunctions = (function () {
  "use strict";
  const { Failed, points, size, strip, split, two, parts, clockOf, toBoolean, toNumber, toText, toDate, toMoment, toTime } = MNRValues;

  const MAX_TEXT = 1e4;

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
    if (!patterns.has(source)) patterns.set(source, MNRPatterns.compile(source));
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

  return { CALLS, MAX_TEXT };
})();
