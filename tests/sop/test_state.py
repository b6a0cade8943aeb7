"""What is kept of a case: the trail is written once a step, and only as long as the step stays what it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sop.state import Passed, State

EIGHT, NINE = datetime(2026, 11, 18, 8, tzinfo=UTC), datetime(2026, 11, 18, 9, tzinfo=UTC)
WRITTEN = ["A", "MED", "2026-11-18T08:00:00+00:00", "2026-11-18T09:00:00+00:00", "B"]


def test_a_step_that_was_left_is_written_and_read_back_alike() -> None:
    passed = Passed("A", "MED", EIGHT, NINE, "B")
    assert passed.to_json() == passed.to_json() == WRITTEN
    assert Passed.from_json(WRITTEN) == passed
    assert Passed.from_json(WRITTEN).to_json() == WRITTEN


def test_a_step_that_is_renamed_is_written_anew() -> None:
    for passed in (Passed("A", "MED", EIGHT, NINE, "B"), Passed.from_json(WRITTEN)):
        passed.to_json()
        assert replace(passed, step="X").to_json() == ["X", *WRITTEN[1:]]


def test_having_been_written_makes_no_difference_between_two_steps() -> None:
    written, fresh = Passed.from_json(WRITTEN), Passed("A", "MED", EIGHT, NINE, "B")
    assert written == fresh
    assert hash(written) == hash(fresh)
    assert repr(written) == repr(fresh)


def test_what_was_written_cannot_be_changed_from_outside() -> None:
    state = State("hash", EIGHT, trail=(Passed("A", "MED", EIGHT, NINE, "B"),))
    state.to_json()["trail"][0][0] = "X"
    assert state.to_json()["trail"] == [WRITTEN]
