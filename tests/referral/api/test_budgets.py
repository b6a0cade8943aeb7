"""A page of the API costs the database as many statements with many entries as with few."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection

from referral.extensions import db
from referral.partners.models import Organization
from tests import builders
from tests.referral.api.reader import Reader
from tests.referral.providers.entries import make_entry
from tests.test_query_budgets import counted

PAGES = (
    "/services", "/services?full=true", "/services?minimal=true", "/services?search=service",
    "/services?modified_after=2000-01-01", "/service_at_locations", "/service_at_locations?full=true", "/organizations",
    "/organizations?full=true", "/organizations/{org}", "/services/{clinic}", "/taxonomy_terms",
)  # fmt: skip
MOST = 24
"""The count of requests of one address, the stamp, the places, the calendar and who is suspended among them."""


def grow(app: Flask, at: dict[str, Any], number: int) -> None:
    """So many more public services, each at a place of its own, half of them of organisations of their own."""
    with app.app_context():
        house = db.session.get_one(Organization, UUID(at["org"]))
        for one in range(number):
            of = house if one % 2 else builders.make_organization()
            make_entry(of, f"Service {one}", "MED", visibility="public", archived=one % 5 == 4)
        db.session.commit()


def costs(reader: Reader, connection: Connection, at: dict[str, Any]) -> dict[str, list[str]]:
    """The statements of each page, once what a process keeps is there."""
    found = {}
    for page in PAGES:
        path = page.format(**at)
        reader.get(path)
        with counted(connection) as seen:
            reader.get(path)
        found[page] = seen
    return found


@pytest.mark.once
def test_pages_cost_the_same_with_three_and_with_forty_services(
    app: Flask, stage: tuple[Connection, Any], reader: Reader, at: dict[str, Any]
) -> None:
    grow(app, at, 1)  # each search finds somebody
    few = costs(reader, stage[0], at)
    grow(app, at, 40)
    many = costs(reader, stage[0], at)
    assert reader.get("/services")["size"] > 30
    assert {page: len(seen) for page, seen in many.items()} == {page: len(seen) for page, seen in few.items()}
    assert {page: len(seen) for page, seen in many.items() if not 2 <= len(seen) <= MOST} == {}
