/* Everything works without this file. It keeps a form from being sent twice, warns before typed text is lost, moves to an
   error summary, and opens the search with "/". */
(function () {
  "use strict";
  var dirty = false;

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") document.querySelectorAll("details.account[open]").forEach(function (menu) { menu.open = false; });
    var writing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName || "");
    if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      var search = document.querySelector("[data-search]");
      if (search) { event.preventDefault(); search.focus(); }
    }
  });

  document.addEventListener("input", function (event) {
    if (event.target.form && event.target.form.hasAttribute("data-keep")) dirty = true;
  });

  document.addEventListener("kept", function () { dirty = false; });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post") return;
    if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
    form.setAttribute("data-sent", "");
    dirty = false;
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
  });

  window.addEventListener("beforeunload", function (event) { if (dirty) event.preventDefault(); });

  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      form.removeAttribute("data-sent");
      form.querySelectorAll("[aria-disabled]").forEach(function (button) { button.removeAttribute("aria-disabled"); });
    });
  });

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  var summary = document.querySelector(".error-summary");
  if (summary) summary.focus();
})();
