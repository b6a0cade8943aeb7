"""One full referral slip as a PDF: every category that may cross, on one or two sheets of A4, with its QR code."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from referral.people.contact import CAUTIOUS
from referral.referrals.documents import Slip, referral_slip
from referral.referrals.queries.fiche import Fiche, Line, Section
from referral.referrals.rules import Speed
from sop.vocabulary import Category, Need
from tests.bench.clock import Figure, median_ms

LIMIT_MS = 100.0
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
QUESTION = {"fr": "Ce que la personne a répondu à la question", "en": "What the person answered to the question"}
ANSWER = "Une réponse de longueur ordinaire, telle que la personne l’a donnée pendant l’entretien."


def full_slip() -> Slip:
    """Every category, five answers each."""
    lines = tuple(Line({code: f"{text} {number}" for code, text in QUESTION.items()}, ANSWER) for number in range(5))
    crossing = sorted(set(Category) - {Category.C0, Category.C7N}, key=lambda one: one.order)
    return Slip(
        reference="R-2026-000042",
        case_code="CM-LT-2026-00042",
        need=Need.MED,
        speed=Speed.URGENT,
        sent_at=NOW,
        due_at=NOW,
        sender="Awa Démonstration",
        sender_organization="MINAS Littoral (démonstration)",
        service="Soins médicaux",
        organization="Hôpital de district (démonstration)",
        place="Rue de la Joie, Douala",
        fiche=Fiche(tuple(Section(category, lines) for category in crossing), (CAUTIOUS,)),
    )


def measure() -> list[Figure]:
    """The first slip of a process, which reads fonts and catalogues, and the median of those after it."""
    from referral import create_app
    from tests.conftest import close, settings_for

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_for("sqlite://", Path(folder)))
        slip = full_slip()

        def draw() -> bytes:
            return referral_slip(slip, lang="fr", printed_at=NOW, audit_head="1204-9f3a77c20b1d44e0")

        with app.test_request_context():
            began = time.process_time()
            content = draw()
            first = (time.process_time() - began) * 1000
            warm = median_ms(draw, runs=20)
        close(app)
    if not content.startswith(b"%PDF-"):
        raise RuntimeError("the slip is not a PDF")
    return [
        Figure(f"a full referral slip ({len(content) / 1000:.0f} kB PDF), median", warm, "ms", limit=LIMIT_MS),
        Figure("the first slip of a process", first, "ms", limit=LIMIT_MS),
    ]
