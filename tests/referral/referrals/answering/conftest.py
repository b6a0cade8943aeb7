"""One referral between a case team and a hospital for all tests of a module; what each writes is taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection

from tests.conftest import rolled_back, taken_back
from tests.referral.referrals.scene import Scene, make_scene


@pytest.fixture(scope="module")
def stage(_application: Flask) -> Iterator[tuple[Connection, Scene]]:
    with rolled_back(_application) as connection:
        yield connection, make_scene(_application)


@pytest.fixture
def app(_application: Flask, stage: tuple[Connection, Scene]) -> Iterator[Flask]:
    with taken_back(_application, stage[0]):
        yield _application


@pytest.fixture
def scene(stage: tuple[Connection, Scene]) -> Scene:
    return stage[1]
