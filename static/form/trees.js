/* Works out the trees of sop/expressions.py: sop/evaluation.py. A scope holds place, form, clock, and what is in hand:
   here, columns, present, alone (nothing repeats). */
var MNRTrees = (function () {
  "use strict";
  const { Failed, own, size, toBoolean, toNumber, toText } = MNRValues;
  const { CALLS, MAX_TEXT } = MNRFunctions;

  const MAX_DEPTH = 200;
  const OF_HERE = new Set(["string", "number()", "string-length", "normalize-space"]);

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

  return { evaluate, attempt, truth };
})();
