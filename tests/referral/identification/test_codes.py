"""Case codes: never twice, even when many files are opened at the same moment."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from flask import Flask

from referral.cases.actions.opening import allocate_code
from referral.extensions import db
from tests.conftest import NOW


def test_no_code_is_given_twice_at_the_same_moment(committed: Flask) -> None:
    codes: list[str] = []

    def work() -> None:
        with committed.app_context():
            for _ in range(5):
                codes.append(allocate_code("CM005", now=NOW))
                db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [f"CM-LT-2026-{number:05d}" for number in range(1, 31)]
    with committed.app_context():
        db.engine.dispose()


def test_the_year_is_that_of_douala(app: Flask) -> None:
    with app.app_context():
        assert allocate_code("CM005", now=datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == "CM-LT-2027-00001"
        assert allocate_code("CM005004", now=datetime(2026, 12, 31, 22, 30, tzinfo=UTC)) == "CM-LT-2026-00001"
        assert allocate_code("unknown", now=NOW) == "CM-XX-2026-00001"
