"""The real application with a small invented place, served: `python -m tests.bench.served URL DIR PORT`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from referral import create_app
from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.rules import OrganizationKind
from referral.serve import settle_memory
from sop.vocabulary import Need
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


def main() -> None:
    """Make the tables, furnish, serve."""
    import waitress

    url, folder, port = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    app = create_app(replace(settings_for(url, folder), fast_passwords=True))
    with app.app_context():
        db.create_all()
        furnish()
        db.session.remove()
    settle_memory()
    waitress.serve(app, host="127.0.0.1", port=port, threads=4)


if __name__ == "__main__":
    main()
