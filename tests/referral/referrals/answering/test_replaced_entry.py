"""A referral to an entry that another one stands for since stays with its entry, and is answered as before."""

from __future__ import annotations

from flask import Flask

from referral.extensions import db
from referral.providers import actions
from referral.providers.doubles_models import ServicePair
from referral.providers.models import ServiceAtLocation
from tests.builders import make_organization, make_service
from tests.conftest import NOW
from tests.referral.referrals.answering.people import S, answer, referral_of, signed_in, user
from tests.referral.referrals.scene import Scene


def test_a_referral_to_a_replaced_entry_is_answered_as_before(app: Flask, scene: Scene) -> None:
    with app.app_context():
        old = db.session.get_one(ServiceAtLocation, scene.place).service_id
        new = make_service(make_organization()).service.id
        pair = ServicePair(first_id=min(old, new), second_id=max(old, new), score=0.9, shared=[], found_at=NOW)
        db.session.add(pair)
        db.session.flush()
        actions.merge_entries(pair, new, version=pair.version, actor=user("coordinator"), now=NOW)
        db.session.commit()
    nurse = signed_in(app, "nurse")
    assert scene.code in nurse.get("/inbox").text
    assert answer(nurse, scene, "accept", note="Apporter le carnet").status == 200
    with app.app_context():
        referral = referral_of(scene)
        assert (referral.state, referral.service_at_location_id) == (S.ACCEPTED, scene.place)
    assert signed_in(app, "cm").get(scene.url).status == 200
