"""Entries of the directory for these tests: explicit rows, nothing shared with the demonstration."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from directory.taxonomy import CapacityStatus, Disclosure, Referrals
from referral.extensions import db
from referral.foundation.searching import fold
from referral.partners.models import Organization
from referral.providers.models import (
    Location,
    SectionVerification,
    Service,
    ServiceAtLocation,
    ServiceAudience,
    ServiceContact,
    ServiceSchedule,
)
from referral.providers.rules import Section, VerificationMethod
from tests.conftest import NOW

WORKWEEK = "MO,TU,WE,TH,FR"


def confirm_organization(organization: Organization, at: datetime = NOW) -> None:
    """Somebody of it said that what it says of itself is right."""
    stamp = {"section": Section.ORGANIZATION, "method": VerificationMethod.PARTNER, "at": at}
    db.session.add(SectionVerification(organization_id=organization.id, **stamp))


def make_entry(
    organization: Organization,
    name: str = "Consultation",
    *needs: str,
    verified: datetime | None = NOW - timedelta(days=10),
    pcode: str = "CM005004",
    disclosure: Disclosure = Disclosure.EXACT,
    address: str = "12 rue de la Joie",
    areas: tuple[str, ...] = (),
    **columns: Any,
) -> ServiceAtLocation:
    """An active service in Wouri, open 8–15:30 on workdays, confirmed by telephone ten days ago."""
    values = {"accepts_referrals": Referrals.YES, "minimum_age": 0, "maximum_age": 99}
    service = Service(
        organization=organization, name=name, folded_name=fold(name), needs=list(needs or ("MED",)), last_modified=NOW,
        **{**values, **columns},
    )  # fmt: skip
    service.audiences = [ServiceAudience(facet="sex", term="all", rule="included")]
    location = Location(name="Centre", address=address, city="Douala", pcode=pcode, disclosure=disclosure)
    place = ServiceAtLocation(service=service, location=location, areas=list(areas))
    place.schedules = [ServiceSchedule(byday=WORKWEEK, opens_at=time(8), closes_at=time(15, 30))]
    place.contacts = [ServiceContact(function="Accueil", phone="+237000000001")]
    place.capacity_status = CapacityStatus.UNKNOWN
    db.session.add_all([service, location, place])
    db.session.flush()
    for section in (Section.HOURS, Section.CONTACTS, Section.SERVICE) if verified else ():
        verification = SectionVerification(
            service_at_location_id=place.id, section=section, method=VerificationMethod.CALL, at=verified
        )
        db.session.add(verification)
    db.session.flush()
    return place


def path(place_id: UUID, form: str = "") -> str:
    """The address of an entry, or of one of its forms."""
    return f"/directory/own/{place_id}/{form}" if form else f"/directory/{place_id}"
