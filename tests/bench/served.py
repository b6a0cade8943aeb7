"""The real application with a small invented place, served: `python -m tests.bench.served URL DIR PORT`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from flask import Flask, Response, g
from sqlalchemy import event

from referral import create_app
from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.rules import OrganizationKind
from referral.serve import settle_memory
from sop.vocabulary import Need
from tests.bench.browser import KEY_COMMITS
from tests.builders import make_agreement, make_organization, make_procedure, make_service, make_user
from tests.conftest import settings_for


def furnish() -> None:
    """First responders, a case team, thirty services for the need; the log-ins of the walk."""
    make_procedure()
    police = make_organization("Police aux frontières (démonstration)")
    minas = make_organization("MINAS Littoral (démonstration)", mandates=["ENF"])
    make_user(Role.FIRST_RESPONDER, police, "agent", region="CM005")
    make_user(Role.CASE_MANAGER, minas, "gestion", region="CM005")
    for number in range(30):
        hospital = make_organization(f"Hôpital {number} (démonstration)", kind=OrganizationKind.HEALTH)
        nurse = make_user(Role.PROVIDER, hospital, f"infirmerie.{number}")
        make_service(hospital, Need.MED, staff=(nurse,))
        make_agreement(minas, hospital, Need.MED)
    db.session.commit()


def tell_key_commits(app: Flask) -> None:
    """Say in each answer how often the key store committed for it, so that the floor can do the same."""

    @event.listens_for(app.extensions["mnr.keystore"].engine, "commit")
    def _count(_connection: object) -> None:
        g.key_commits = g.get("key_commits", 0) + 1

    @app.after_request
    def _tell(response: Response) -> Response:
        response.headers[KEY_COMMITS] = str(g.get("key_commits", 0))
        return response


def main() -> None:
    """Make the tables, furnish, serve."""
    import waitress

    url, folder, port = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    app = create_app(replace(settings_for(url, folder), fast_passwords=True))
    with app.app_context():
        db.create_all()
        furnish()
        db.session.remove()
    tell_key_commits(app)
    settle_memory()
    waitress.serve(app, host="127.0.0.1", port=port, threads=4)


if __name__ == "__main__":
    main()
