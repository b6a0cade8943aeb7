"""Two needs of one case do not move each other."""

from __future__ import annotations

from flask import Flask

from sop.vocabulary import Need
from tests.referral.referrals.answering.people import answer, signed_in, steps
from tests.referral.referrals.scene import make_scene


def test_an_answer_to_one_need_leaves_the_others_alone(app: Flask) -> None:
    scene = make_scene(app, Need.MED, (Need.MED, Need.HEB))
    answer(signed_in(app, "nurse"), scene, "accept")
    with app.app_context():
        assert steps(scene) == {None: "J01", "MED": "R05", "HEB": "R01"}
