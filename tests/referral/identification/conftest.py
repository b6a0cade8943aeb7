"""A first responder at the keyboard."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.page_client import PageClient
from tests.referral.identification.walk import Place, furnish
from tests.signing_in import sign_in


@pytest.fixture
def place(app: Flask) -> Place:
    return furnish(app)


@pytest.fixture
def responder(app: Flask, place: Place) -> PageClient:
    client = PageClient(app, sign_in=sign_in)
    client.sign_in(place.responder)
    return client


@pytest.fixture
def supervisor(app: Flask, place: Place) -> PageClient:
    client = PageClient(app, sign_in=sign_in)
    client.sign_in(place.supervisor)
    return client


@pytest.fixture
def manager(app: Flask, place: Place) -> PageClient:
    client = PageClient(app, sign_in=sign_in)
    client.sign_in(place.manager)
    return client
