"""Furnish the small invented place of the bench: `python -m tests.bench.place URL DIR`.

A process of its own, so that the worker which is measured holds what a worker holds: no compiler of forms, no tests.
"""

from __future__ import annotations

import sys

from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.rules import OrganizationKind
from sop.vocabulary import Need
from tests.bench.served import application
from tests.builders import make_agreement, make_organization, make_procedure, make_service, make_user


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
    """Make the tables and furnish."""
    with application(sys.argv[1], sys.argv[2]).app_context():
        db.create_all()
        furnish()
        db.session.remove()


if __name__ == "__main__":
    main()
