"""Everybody of the scene at the keyboard, and what stands in the database afterwards."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from referral.cases.models import Case
from referral.cases.queries.progress import state_of
from referral.extensions import db
from referral.partners.models import User
from referral.referrals.models import Referral
from referral.referrals.rules import ReferralAction, ReferralState
from tests.page_client import Page, PageClient
from tests.referral.referrals.scene import Scene
from tests.signing_in import sign_in

A, S = ReferralAction, ReferralState


def signed_in(app: Flask, username: str, language: str = "fr") -> PageClient:
    client = PageClient(app, language, sign_in)
    client.sign_in(username)
    return client


def referral_of(scene: Scene) -> Referral:
    found = db.session.get(Referral, scene.referral)
    assert found is not None
    return found


def user(name: str) -> User:
    return db.session.scalars(select(User).where(User.username == name)).one()


def steps(scene: Scene) -> dict[str | None, str]:
    case = db.session.get(Case, scene.case)
    assert case is not None
    return {need: step for step, need in state_of(case).active}


def answer(client: PageClient, scene: Scene, action: str, *, follow: bool = True, **fields: Any) -> Page:
    client.get(f"{scene.url}/{action}")
    return client.submit(f"/{action}", follow=follow, **fields)


def press(client: PageClient, scene: Scene, action: str) -> Page:
    client.get(scene.url)
    return client.submit(f"/{action}")
