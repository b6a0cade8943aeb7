/* Patterns of regex(): sop/patterns.py. Sets of states, never a step back, so that no pattern can hang the page.
   MNRPatterns.compile(pattern) -> (text) => whether all of it matches. */
var MNRPatterns = (function () {
  "use strict";
  const { Failed, SPACES, points } = MNRValues;

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

  return { compile: compilePattern };
})();
