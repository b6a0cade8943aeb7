/* Texts, numbers, days and clocks of a form, and the conversions between them: the first half of sop/functions.py.
   Values: text, number, boolean, {day} (days since 1970), {sec} (seconds of a day), {day, sec} (a local moment). Texts
   count in code points, as in Python. */
var MNRValues = (function () {
  "use strict";

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

  return {
    SPACES, Failed, Refused, own, points, size, strip, split, two, dayOf, parts, secondsOf, clockOf, iso,
    toBoolean, toNumber, toText, toDate, toMoment, toTime,
  };
})();
