"""A small directory for all tests of a module: public, of the network, kept to named people, hidden, ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from directory.taxonomy import CapacityStatus, Disclosure, Visibility
from referral.extensions import db
from referral.providers.models import ServiceAudience, ServiceContact
from tests import builders
from tests.conftest import NOW, rolled_back, taken_back
from tests.referral.api.reader import Reader
from tests.referral.providers.entries import make_entry

SECRETS = (
    "17 ruelle des Lauriers-Roses", "Villa Mimosa", "3.8617", "11.5021", "Madame Ngo Bassa", "+237000000777",
    "Foyer Étoile", "Réseau seulement", "Guichet caché",
)  # fmt: skip
"""What no stranger may read: the street, the name and the point of a refuge, a person's name, a number of the network,
services of the network and of named people."""


def make_directory() -> dict[str, Any]:
    """Services by a short name, as strings of their ids; `org` and `other` their organisations."""
    house = builders.make_organization("Hôpital Laquintinie", description="Soins", acronym="HLD", email="h@example.cm")
    other = builders.make_organization("Aide aux migrants")
    public = {"visibility": Visibility.PUBLIC}
    clinic = make_entry(house, "Consultation médicale", "MED", types=["HLTH"], languages=["fra"], free=True, **public)
    clinic.capacity_status, clinic.capacity_available = CapacityStatus.AVAILABLE, 4
    clinic.capacity_updated_at = NOW - timedelta(hours=1)
    clinic.contacts = [
        ServiceContact(function="Accueil", phone="+237000000001", visibility=Visibility.PUBLIC),
        ServiceContact(function="Garde", phone="+237000000777", visibility=Visibility.NETWORK),
        ServiceContact(name="Madame Ngo Bassa", phone="+237000000002", visibility=Visibility.PUBLIC),
    ]
    women = make_entry(other, "Écoute des femmes", "VBG", minimum_age=18, **public)
    women.service.audiences = [ServiceAudience(facet="sex", term="female", rule="included")]
    refuge = make_entry(
        other, "Hébergement de nuit", "HEB", types=["SHEL"], address="17 ruelle des Lauriers-Roses",
        disclosure=Disclosure.ARRONDISSEMENT, pcode="CM002007", **public,
    )  # fmt: skip
    refuge.location.name, refuge.location.latitude, refuge.location.longitude = "Villa Mimosa", 3.8617, 11.5021
    network = make_entry(house, "Réseau seulement", "MED")
    named = make_entry(other, "Foyer Étoile", "HEB", visibility=Visibility.RESTRICTED)
    gone = make_entry(house, "Dispensaire fermé", "MED", archived=True, **public)
    middle = make_entry(house, "Dispensaire fusionné", "MED", archived=True, **public)
    hidden = make_entry(house, "Guichet caché", "DOC", archived=True)
    gone.service.replaced_by_id, middle.service.replaced_by_id = middle.service.id, clinic.service.id
    hidden.service.replaced_by_id = clinic.service.id
    alone = make_entry(house, "Comptoir clos", "DOC", archived=True, **public)
    alone.service.replaced_by_id = network.service.id
    entries = {
        "clinic": clinic, "women": women, "refuge": refuge, "network": network, "named": named, "gone": gone,
        "middle": middle, "hidden": hidden, "alone": alone,
    }  # fmt: skip
    db.session.commit()
    at = {name: str(one.service.id) for name, one in entries.items()}
    at |= {f"{name}_place": str(one.id) for name, one in entries.items()}
    return at | {"org": str(house.id), "other": str(other.id)}


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[tuple[Connection, dict[str, Any]]]:
    with rolled_back(_application) as connection:
        with _application.app_context():
            at = make_directory()
        yield connection, at


@pytest.fixture
def app(_application: Flask, stage: tuple[Connection, dict[str, Any]]) -> Iterator[Flask]:
    with taken_back(_application, stage[0]):
        yield _application


@pytest.fixture
def at(stage: tuple[Connection, dict[str, Any]]) -> dict[str, Any]:
    return stage[1]


@pytest.fixture
def reader(app: Flask) -> Reader:
    return Reader(app)
