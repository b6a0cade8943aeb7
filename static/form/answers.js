/* What was typed, as a good answer or with the reason why it is none: sop/answers.py. */
var MNRAnswers = (function () {
  "use strict";
  const { Refused, own, points, size, strip, split, dayOf, secondsOf, iso } = MNRValues;

  const MAX_RAW = 5e4;
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

  return { METADATA, FILES, clean, asValue, plain, worked, remembered };
})();
