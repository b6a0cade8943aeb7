/* A signature drawn with finger, pen or mouse: the strokes go into a hidden field as a small picture. Without this file, and
   for whoever cannot draw, the field for a photo of the signed sheet beside it does. */
(function () {
  "use strict";
  document.querySelectorAll("[data-signature]").forEach(function (box) {
    var pad = box.querySelector("canvas"), kept = box.querySelector("input[type=hidden]");
    var clear = box.querySelector("[data-clear]"), signed = box.querySelector("[data-signed]");
    var pen = pad.getContext && pad.getContext("2d"), last = null, pointer = null;
    if (!pen || !window.PointerEvent) return;

    function paper() {
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, pad.width, pad.height);
      pen.strokeStyle = pen.fillStyle = "#111";
      pen.lineWidth = 5;
      pen.lineCap = pen.lineJoin = "round";
    }

    function tell(value) {
      kept.value = value;
      signed.hidden = !value;
      clear.disabled = !value;
      kept.dispatchEvent(new Event("input", { bubbles: true }));
    }

    // The picture has one size whatever the screen is, so that turning a phone loses nothing.
    function place(event) {
      var frame = pad.getBoundingClientRect();
      return { x: (event.clientX - frame.left) * pad.width / frame.width, y: (event.clientY - frame.top) * pad.height / frame.height };
    }

    function stroke(event) {
      var next = place(event), middle = { x: (last.x + next.x) / 2, y: (last.y + next.y) / 2 };
      pen.beginPath();
      pen.moveTo(last.x, last.y);
      pen.quadraticCurveTo(middle.x, middle.y, next.x, next.y);
      pen.stroke();
      last = next;
    }

    pad.addEventListener("pointerdown", function (event) {
      if (pointer !== null || event.button > 0) return;
      event.preventDefault();
      pointer = event.pointerId;
      pad.setPointerCapture(pointer);
      last = place(event);
      pen.beginPath();
      pen.arc(last.x, last.y, 2.5, 0, 7);
      pen.fill();
    });
    pad.addEventListener("pointermove", function (event) {
      if (event.pointerId !== pointer) return;
      (event.getCoalescedEvents ? event.getCoalescedEvents() : []).concat(event).forEach(stroke);
    });
    ["pointerup", "pointercancel"].forEach(function (name) {
      pad.addEventListener(name, function (event) {
        if (event.pointerId !== pointer) return;
        pointer = last = null;
        tell(pad.toDataURL("image/png"));
      });
    });
    clear.addEventListener("click", function () { paper(); tell(""); });

    paper();
    signed.hidden = !kept.value;
    clear.disabled = !kept.value;
    if (kept.value) {
      var before = new Image();
      before.onload = function () { pen.drawImage(before, 0, 0, pad.width, pad.height); };
      before.src = kept.value;
    }
    box.hidden = false;
  });
})();
