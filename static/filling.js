/* Keeps a draft by itself: a while after the last key, and when the page goes out of sight. Without it the buttons do. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-autosave]");
  if (!form || !window.fetch) return;
  var PAUSE = 4000, timer = 0, busy = false, changed = false, lost = false;
  var mark = document.querySelector("[data-saved]"), warning = document.querySelector("[data-unsaved]");

  function warn(hidden) { if (warning) warning.hidden = hidden; }

  function save(leaving) {
    clearTimeout(timer);
    if (!changed || busy || lost || form.hasAttribute("data-sent")) return;
    var body = new FormData(form);
    form.querySelectorAll("input[type=file]").forEach(function (field) { body.delete(field.name); });
    body.set("do", "autosave");
    busy = true;
    changed = false;
    fetch(form.action, { method: "POST", body: new URLSearchParams(body), credentials: "same-origin", keepalive: leaving })
      .then(function (answer) {
        if (answer.status === 409 || answer.redirected) lost = true;
        if (!answer.ok || lost) throw new Error("not kept");
        return answer.json();
      })
      .then(function (kept) {
        form.elements.version.setAttribute("value", kept.version);
        if (mark) mark.textContent = kept.saved;
        warn(true);
        if (!changed) document.dispatchEvent(new Event("kept"));
      })
      .catch(function () { changed = true; warn(false); })
      .finally(function () { busy = false; if (changed && !lost) timer = setTimeout(save, 4 * PAUSE); });
  }

  form.addEventListener("input", function () {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  document.addEventListener("visibilitychange", function () { if (document.hidden) save(true); });

  // A button waits for a saving that is under way: it must send the version that this one makes.
  form.addEventListener("submit", function (event) {
    clearTimeout(timer);
    if (!busy) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    var button = event.submitter;
    setTimeout(function () { form.requestSubmit(button); }, 150);
  }, true);
})();
