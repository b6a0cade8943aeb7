/* Hides the page on Esc Esc or a button; a double tap brings it back. */
(function () {
  "use strict";
  var root = document.documentElement, lastEscape = -1e6, title = document.title;

  function toggleBlank() {
    var blank = root.classList.toggle("blank");
    document.body.inert = blank;
    document.title = blank ? "…" : title;
    if (blank && document.activeElement) document.activeElement.blur();
  }

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || event.repeat) return;
    if (event.timeStamp - lastEscape < 600) { toggleBlank(); lastEscape = -1e6; } else { lastEscape = event.timeStamp; }
  });

  document.querySelectorAll("[data-blank]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", toggleBlank);
  });
  root.addEventListener("dblclick", function () { if (root.classList.contains("blank")) toggleBlank(); });
})();
