"""A headless Chromium for a module, and the real application served on a database of its own with the real time."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from werkzeug.serving import make_server

from referral.config import ROOT
from referral.extensions import db
from referral.foundation.assets import LOGIC
from referral.foundation.scripts import squeezed
from referral.procedures.models import FormVersion
from sop.forms import Form
from tests.browser.world import World, furnish
from tests.conftest import NOW, close, make_app
from tests.referral.identification.gate.test_repeats_on_pages import household

CHROMIUM = shutil.which("chromium")
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the browser; where it is absent one line says so."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One headless browser for the module."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The small invented place of the walk, served; its commits are real and so is its clock."""
    app = make_app(None, tmp_path_factory.mktemp("walk"), "walk")
    app.extensions["mnr.clock"] = lambda: datetime.now(UTC)  # noqa: TID251 - a browser lives in the present
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield furnish(app, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()
    close(app)


@pytest.fixture(scope="module")
def household_world(world: World) -> World:
    """The world, with a household in the identification form."""
    with world.app.app_context():
        db.session.execute(update(FormVersion).values(active=False))
        form = Form.from_json(household())
        kept = {"compiled": form.to_json(), "xform": "", "content_hash": form.hash, "number": "household"}
        times = {"imported_at": NOW, "published_at": NOW, "active": True}
        db.session.add(FormVersion(name="identification", form_id=form.id, title=form.title, **kept, **times))
        db.session.commit()
        db.session.remove()
    return world


@pytest.fixture(scope="module")
def page(chromium: Any) -> Iterator[Any]:
    """A page that knows only the logic of forms, as it travels."""
    page = chromium.new_page()
    for name in LOGIC:
        page.add_script_tag(content=squeezed((ROOT / "static" / name).read_text()))
    yield page
    page.close()
