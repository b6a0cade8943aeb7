"""Places kept for some: whom they help, and what is believed of them."""

from datetime import UTC, datetime, timedelta

import pytest

from directory import Answer, Criteria, Offer, hsds_service, room
from directory.criteria import Criterion, Moment
from directory.fields import Notes
from directory.hsds_profile import with_own
from directory.hsds_writing import Profile, Writer
from directory.profile import Capacity, Organization, Service
from directory.taxonomy import CapacityStatus, Group, ServiceType

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
FREE, FULL, WAITING = CapacityStatus.AVAILABLE, CapacityStatus.FULL, CapacityStatus.WAITING_LIST
GIRL, WOMAN, MAN = ({"ages": (15, 15), "sex": "female"}, {"ages": (30, 30), "sex": "female"},
                    {"ages": (30, 30), "sex": "male"})  # fmt: skip


def kept(group, available, status=FREE, hours=3):
    return Capacity(status, available, 10, "bed", NOW - timedelta(hours=hours), audience=group)


def shelter(*groups, everybody=None):
    base = everybody or Capacity()
    capacity = Capacity(base.status, base.available, updated=base.updated, groups=groups)
    return Offer(id="1", service_id="1", organization_id="1", name="Refuge", types=frozenset({ServiceType.SHEL}),
                 capacity=capacity)  # fmt: skip


@pytest.mark.parametrize(
    ("groups", "person", "answer", "said"),
    [
        ([kept(Group.MEN, 3)], MAN, YES, "men: 3 beds, confirmed 3 h ago"),
        ([kept(Group.MEN, 3)], GIRL, UNKNOWN, "places stated only for: men"),
        ([kept(Group.MEN, 3), kept(Group.GIRLS, 0)], GIRL, NO, "girls: full, confirmed 3 h ago"),
        ([kept(Group.MEN, 0), kept(Group.GIRLS, 1)], GIRL, YES, "girls: 1 bed, confirmed 3 h ago"),
        ([kept(Group.CHILDREN, 2), kept(Group.GIRLS, 0)], GIRL, YES, "children: 2 beds, confirmed 3 h ago"),
        ([kept(Group.WOMEN, 2, hours=80)], WOMAN, UNKNOWN, "women: places unknown (last update 3 days ago)"),
        ([kept(Group.WOMEN, 0, WAITING)], WOMAN, UNKNOWN, "women: waiting list, confirmed 3 h ago"),
        ([kept(Group.FAMILIES, 2)], WOMAN, UNKNOWN,
         "to be checked for this person: families: 2 beds, confirmed 3 h ago"),
        ([kept(Group.FAMILIES, 2)], WOMAN | {"vulnerabilities": frozenset({"single_parent"})}, YES,
         "families: 2 beds, confirmed 3 h ago"),
        ([kept(Group.UNACCOMPANIED, 2)], GIRL | {"vulnerabilities": frozenset({"separated_child"})}, YES,
         "unaccompanied or separated children: 2 beds, confirmed 3 h ago"),
        ([kept(Group.WOMEN, 2), kept(Group.GIRLS, 1)], {"ages": (0, 120), "sex": "female"}, UNKNOWN,
         "to be checked for this person: women: 2 beds, confirmed 3 h ago, girls: 1 bed, confirmed 3 h ago"),
        ([kept(Group.WOMEN, 2), kept(Group.MEN, 0), kept(Group.BOYS, 4, hours=80)], {}, YES,
         "places by group – women: 2, men: full, boys: not known (confirmed 3 days ago)"),
    ],
)  # fmt: skip
def test_a_place_helps_those_for_whom_it_is_kept(groups, person, answer, said):
    asked = Criteria(**person, required=frozenset({Criterion.CAPACITY}))
    found = room.capacity(shelter(*groups), asked, Moment(NOW))
    assert (found.answer, str(found.message)) == (answer, said)


def test_places_for_everybody_help_those_without_places_of_their_own():
    offer = shelter(kept(Group.MEN, 3), everybody=Capacity(FREE, 2, updated=NOW))
    assert room.capacity(offer, Criteria(**GIRL), Moment(NOW)).answer is YES
    title = shelter(kept(Group.MEN, 3), everybody=Capacity(FREE, updated=NOW))
    assert room.capacity(title, Criteria(**GIRL), Moment(NOW)).answer is UNKNOWN


def test_whom_a_service_does_not_take_comes_back_from_our_own_profile():
    one = Service("s", "Refuge", "o", exclusions="Ni chirurgie\nni réanimation")
    written = Writer(Profile.CM).service(Organization("o", "Foyer"), one)
    assert with_own(Service("s", "Refuge", "o"), written).exclusions == one.exclusions
    assert with_own(Service("s", "Refuge", "o"), {"exclusions": ["x"]}).exclusions == ""


def test_full_for_her_is_against_her_even_where_no_place_is_asked_for():
    found = room.capacity(shelter(kept(Group.GIRLS, 0), kept(Group.MEN, 5)), Criteria(**GIRL), Moment(NOW))
    assert (found.answer, found.hard) == (NO, True)


@pytest.mark.parametrize("form", list(Profile))
def test_groups_go_out_and_come_back_in_hsds_and_plain_readers_are_told_whose_places_they_are(form):
    women = kept(Group.WOMEN, 2)
    one = Service("b0e1c6a0-0000-4000-8000-000000000001", "Refuge", "o", capacity=Capacity(groups=(women,)))
    written = Writer(form).service(Organization("o", "Foyer"), one)["capacities"]
    if form is Profile.HSDS:
        assert [(row["description"], row["available"], "audience" in row) for row in written] == [("women", 2, False)]
    else:
        assert hsds_service.capacity({"capacities": written}, Notes()) == Capacity(groups=(women,))
        unknown = [{**written[0], "audience": "martians"}]
        notes = Notes()
        assert hsds_service.capacity({"capacities": unknown}, notes) is None
        assert [message.code for _, message in notes.warnings] == ["unknown_audience"]
