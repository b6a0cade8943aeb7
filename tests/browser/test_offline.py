"""Forms without a network in a real browser: nothing is lost, nothing arrives twice, a stolen phone shows nothing."""

# ruff: noqa: E501 - scripts that run in the page
from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.serving import make_server

from referral.extensions import db
from referral.identification.models import Submission
from tests.browser.conftest import CHROMIUM
from tests.browser.tabs import fresh_code
from tests.browser.world import furnish
from tests.builders import PASSWORD, SECRET
from tests.conftest import close, make_app
from tests.referral.identification.walk import ADULT

CODE = "pirogue-7"
CODES = {"responder.fr": CODE, "responder.en": "pangolin-9"}


@dataclass
class Line:
    """What lies between the phone and the server: parcels may be lost on the way in, or their receipts on the way back."""

    app: Any
    lose_parcels: bool = False
    lose_receipts: bool = False
    posts: int = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"] != "/offline/parcels":
            return self.app(environ, start_response)
        self.posts += 1
        if self.lose_parcels:
            self._cut(environ)
        if not self.lose_receipts:
            return self.app(environ, start_response)
        list(self.app(environ, lambda *_: lambda _data: None))
        return self._cut(environ)

    def _cut(self, environ: dict[str, Any]) -> Any:
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionResetError("the line is cut")


@dataclass
class Field:
    """The server, the line to it, and a phone with a disk of its own."""

    app: Any
    line: Line
    address: str
    folder: Path
    playwright: Any
    context: Any = None
    tab: Any = None
    used: set[tuple[str, str]] = field(default_factory=set)

    def start(self) -> None:
        """Switch the phone on."""
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.folder), executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"], base_url=self.address,
            locale="fr-CM", viewport={"width": 360, "height": 740},
        )  # fmt: skip
        self.context.set_default_timeout(8_000)
        self.tab = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.tab.on("dialog", lambda dialog: dialog.accept())

    def kill(self) -> None:
        """Take the battery out."""
        mark = f"--user-data-dir={self.folder}".encode()
        for entry in Path("/proc").iterdir():
            try:
                line = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            except OSError:
                continue
            if mark in line.split(b"\0") or mark in line:
                try:
                    os.kill(int(entry.name), signal.SIGKILL)
                except ProcessLookupError:
                    continue
        self.context = None

    def sign_in(self, username: str) -> None:
        """With a network, in this browser."""
        self.context.clear_cookies()
        self.tab.goto("/sign-in")
        self.tab.fill("[name=username]", username)
        self.tab.fill("[name=password]", PASSWORD)
        self.tab.click("main form button")
        self.tab.fill("[autocomplete=one-time-code]", self._unused_code(username))
        self.tab.click("main form button")
        self.tab.wait_for_selector(".account")

    def _unused_code(self, username: str) -> str:
        """A code opens once: wait for the next one where this user has used it."""
        while (username, code := fresh_code(SECRET)) in self.used:
            time.sleep(0.5)
        self.used.add((username, code))
        return code

    def do(self, name: str) -> None:
        self.tab.click(f"[data-do={name}]")

    def prepare(self, label: str, code: str) -> None:
        """Prepare the phone and add the signed-in user."""
        self.tab.goto("/offline/fr")
        self.do("prepare")
        self.tab.wait_for_selector("text=Ce téléphone est prêt")
        self.do("add")
        self.tab.fill("[name=label]", label)
        self.tab.fill("[name=new-code]", code)
        self.tab.fill("[name=again]", code)
        self.tab.click("[data-form=add] button")
        self.tab.wait_for_selector("[data-part=desk]:visible")

    def open(self) -> None:
        self.tab.goto("/offline/fr")
        self.tab.wait_for_selector("[data-part=users]:visible")

    def unlock(self, label: str, code: str) -> None:
        self.tab.click(f"[data-list=users] button:has-text('{label}')")
        self.tab.fill("[name=code]", code)
        self.tab.click("[data-form=unlock] button")

    def fill_in(self, answers: dict[str, Any]) -> None:
        """A whole form, screen by screen, to its sealing."""
        self.do("new")
        for _screen in range(12):
            self.tab.wait_for_selector("[data-part=screen]:visible, [data-part=review]:visible")
            if self.tab.is_visible("[data-part=review]"):
                break
            self.tab.evaluate(FILL, answers)
            before = self.tab.inner_text("[data-progress]")
            self.do("next")
            self.tab.wait_for_function(
                "before => document.querySelector('[data-part=screen]').hidden"
                " || document.querySelector('[data-progress]').textContent !== before",
                arg=before,
            )
        assert not self.tab.is_visible("[data-incomplete]"), self.tab.inner_text("[data-review]")
        self.do("finish")
        self.tab.wait_for_selector("[data-part=desk]:visible")

    def states(self) -> list[str]:
        """The queue as it is shown, in order."""
        found: list[str] = self.tab.eval_on_selector_all(
            "[data-list=queue] > li", "all => all.map(one => one.dataset.state)"
        )
        return found

    def wait_states(self, *wanted: str) -> None:
        self.tab.wait_for_function(
            "wanted => [...document.querySelectorAll('[data-list=queue] > li')].map(one => one.dataset.state).join() === wanted",
            arg=",".join(wanted),
        )

    def wait_tried(self, count: int) -> None:
        """All of so many were tried, and wait again."""
        words = "Un nouvel essai se fera tout seul."
        self.tab.wait_for_function(
            "([words, count]) => document.querySelector('[data-list=queue]').textContent.split(words).length === count + 1"
            " && !document.querySelector('[data-state=sending]')",
            arg=[words, count],
        )

    def stored(self) -> int:
        """Submissions on the server."""
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(Submission)) or 0


FILL = """answers => {
  const fire = (field) => ["input", "change"].forEach((name) => field.dispatchEvent(new Event(name, {bubbles: true})));
  for (let round = 0; round < 3; round++) for (const [name, value] of Object.entries(answers)) {
    const parts = ["day", "month", "year"].map((part) => document.querySelector(`[name="q-${name}-${part}"]`));
    if (parts[0]) {
      String(value).split("-").reverse().forEach((text, place) => { parts[place].value = text; });
      fire(parts[2]);
      continue;
    }
    const found = [...document.querySelectorAll(`[name="q-${name}"]`)];
    for (const field of found) {
      const many = field.type === "radio" || field.type === "checkbox";
      const on = [value].flat().map(String).includes(field.value) || (field.value === "OK" && value);
      if (many && field.checked !== Boolean(on)) { field.checked = Boolean(on); fire(field); }
      else if (!many && field.type !== "file" && field.value !== String(value)) { field.value = String(value); fire(field); }
    }
  }
}"""


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Field]:
    """A phone and a server that it can reach."""
    from playwright.sync_api import sync_playwright

    app = make_app(None, tmp_path / "server", "offline")
    app.extensions["mnr.clock"] = lambda: datetime.now(UTC)  # noqa: TID251 - a browser lives in the present
    furnish(app, "")
    line = Line(app)
    server = make_server("127.0.0.1", 0, line, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with sync_playwright() as playwright:
        found = Field(app, line, f"http://127.0.0.1:{server.server_port}", tmp_path / "phone", playwright)
        found.start()
        yield found
        if found.context is not None:
            found.context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    close(app)


def named(number: int) -> dict[str, Any]:
    """A complete adult whose name no other text holds."""
    return ADULT | {"given_names": f"Zébuline{number:02d}", "family_name": f"Nkwétàm{number:02d}"}


def on_disk(folder: Path, words: list[str]) -> list[str]:
    """Which of the words any file of the phone holds, in UTF-8 or UTF-16, either byte order."""
    found = set()
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            found |= {
                one
                for one in words
                for code in ("utf-8", "utf-16-le", "utf-16-be", "latin-1")
                if one.encode(code) in data
            }
    return sorted(found)


READ_ALL = """async () => {
  const base = await new Promise((done) => { const asked = indexedDB.open("mnr-offline"); asked.onsuccess = () => done(asked.result); });
  const all = [];
  for (const name of base.objectStoreNames) if (name !== "kit") {
    const rows = await new Promise((done) => { const asked = base.transaction(name).objectStore(name).getAll(); asked.onsuccess = () => done(asked.result); });
    for (const row of rows) for (const value of Object.values(row)) {
      all.push(value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) + new TextDecoder().decode(value) : String(value));
    }
  }
  base.close();
  for (const name of await caches.keys()) for (const kept of await (await caches.open(name)).matchAll()) all.push(await kept.text());
  return all.join("\\n") + JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage});
}"""


OPENED = "const base = await new Promise((done) => { const asked = indexedDB.open('mnr-offline'); asked.onsuccess = () => done(asked.result); });"
FREE = (
    "async () => {"
    + OPENED
    + """
  await new Promise((done) => {
    const work = base.transaction("profiles", "readwrite"), store = work.objectStore("profiles");
    store.getAll().onsuccess = (event) => event.target.result.forEach((one) => store.put({...one, free: 0}));
    work.oncomplete = done;
  });
  base.close();
}"""
)
"""Let the waiting time pass."""
COUNT = (
    "async () => {"
    + OPENED
    + """
  const found = {};
  for (const name of ["drafts", "outbox"]) {
    found[name] = await new Promise((done) => { const asked = base.transaction(name).objectStore(name).count(); asked.onsuccess = () => done(asked.result); });
  }
  base.close();
  return found;
}"""
)


def test_forms_filled_in_without_a_network_arrive_once_though_the_line_is_cut(phone: Field) -> None:
    phone.sign_in("responder.fr")
    phone.prepare("AB", CODE)
    phone.context.set_offline(True)
    phone.open()
    phone.unlock("AB", CODE)
    for number in (1, 2):
        phone.fill_in(named(number))
    assert phone.states() == ["waiting", "waiting"]
    assert on_disk(phone.folder, ["Zébuline01", "Nkwétàm02"]) == []
    assert "Zébuline" not in phone.tab.evaluate(READ_ALL)
    phone.line.lose_receipts = True
    phone.context.set_offline(False)
    phone.wait_tried(2)
    assert phone.stored() == 2
    phone.line.lose_receipts = False
    phone.do("send")
    phone.wait_states("sent", "sent")
    assert phone.stored() == 2
    assert phone.line.posts >= 4
    assert phone.tab.inner_text("[data-list=queue]").count("CM-LT-2026-") == 2 * 2


@pytest.mark.slow
def test_a_wrong_code_opens_nothing_waits_longer_each_time_and_erases_drafts_at_the_tenth(phone: Field) -> None:
    phone.sign_in("responder.fr")
    phone.prepare("AB", CODE)
    phone.fill_in(named(1))
    phone.wait_states("sent")
    phone.do("new")
    phone.tab.fill("[name=q-place]", "Quai 9")
    phone.tab.wait_for_selector("[data-kept]:has-text('enregistré')")
    phone.do("lock")
    for left in range(9, 0, -1):
        phone.tab.evaluate(FREE)
        phone.unlock("AB", "mauvais-code")
        phone.tab.wait_for_selector(f"text=Essais restants\u00a0: {left}")
    phone.unlock("AB", CODE)
    phone.tab.wait_for_selector("text=Secondes à attendre")
    phone.tab.evaluate(FREE)
    phone.unlock("AB", "mauvais-code")
    phone.tab.wait_for_selector("text=les formulaires inachevés ont été effacés")
    assert phone.tab.evaluate(COUNT) == {"drafts": 0, "outbox": 1}


@pytest.mark.slow
def test_twenty_forms_of_two_users_on_one_phone_survive_a_kill_and_a_cut_and_arrive_once(phone: Field) -> None:
    names = [f"Zébuline{number:02d}" for number in range(20)] + [f"Nkwétàm{number:02d}" for number in range(20)]
    for username, label in (("responder.fr", "AB"), ("responder.en", "CD")):
        phone.sign_in(username)
        phone.prepare(label, CODES[username])
    phone.context.set_offline(True)
    for start, (username, label) in enumerate((("responder.fr", "AB"), ("responder.en", "CD"))):
        for half in range(2):
            phone.open()
            phone.unlock(label, CODES[username])
            for number in range(5):
                phone.fill_in(named(start * 10 + half * 5 + number))
            phone.kill()
            assert on_disk(phone.folder, names) == []
            phone.start()
            phone.context.set_offline(True)
    phone.context.set_offline(False)
    phone.sign_in("responder.fr")
    phone.line.lose_receipts = True
    phone.open()
    phone.unlock("AB", CODE)
    phone.wait_tried(10)
    phone.kill()
    phone.line.lose_receipts = False
    phone.start()
    for username, label in (("responder.fr", "AB"), ("responder.en", "CD")):
        phone.sign_in(username)
        phone.open()
        phone.unlock(label, CODES[username])
        phone.do("send")
        phone.wait_states(*["sent"] * 10)
    assert phone.stored() == 20
    assert "Zébuline" not in phone.tab.evaluate(READ_ALL)
    assert on_disk(phone.folder, names) == []
    with phone.app.app_context():
        rows = db.session.execute(select(Submission.author_id, func.count()).group_by(Submission.author_id)).all()
    assert sorted(count for _author, count in rows) == [10, 10]
