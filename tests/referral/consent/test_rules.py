"""The sharing decision: the numbered cases, every code by hand, properties, and a slow independent reference."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from referral.consent.casebook import merge, report
from referral.consent.request import Emergency, Request, RequestError
from referral.consent.rules import Decision, Outcome, decide, share_gate
from referral.consent.sentences import DECISIONS, LockState, explain, locks, ways_on, withheld
from referral.consent.states import AGREEMENT_STATES, REFERRAL_STATES, agreement_fields, consent_state, referral_status
from sop.vocabulary import MINIMUM, Category, Need

CASES = Path(__file__).parents[3] / "../shared/data/consent"
TODAY = date(2026, 10, 1)
BASE = {
    "today": TODAY,
    "actor": {
        "org": "HOP",
        "role": "provider_staff",
        "active": True,
        "trained": True,
        "conflict": False,
        "assigned": True,
        "kind": "health",
    },
    "action": "view",
    "categories": ["C1", "C2", "C6"],
    "purpose": "referral:MED",
    "case": {
        "owner": "MINAS",
        "status": "open",
        "age": 30,
        "capacity": True,
        "asylum": False,
        "legal_hold": False,
        "erased": False,
    },
    "consent": {
        "state": "active",
        "recipients": ["HOP"],
        "purposes": ["referral:MED"],
        "categories": ["C1", "C2", "C6"],
        "explicit": ["C6"],
        "until": date(2027, 3, 31),
        "language_ok": True,
        "interpreter": False,
        "mark": "signature",
        "witness": False,
        "assent": False,
        "guardian": False,
        "bip_decision": False,
        "representative": False,
        "coerced": False,
        "version_ok": True,
        "given_age": 30,
    },
    "agreement": {
        "exists": True,
        "signed_both": True,
        "from": date(2026, 1, 1),
        "to": date(2027, 12, 31),
        "suspended": False,
        "categories": ["C1", "C2", "C3", "C6", "C7"],
        "purposes": ["referral:MED", "referral:PSY"],
        "cross_border": False,
        "transfer_ok": False,
        "onward": False,
    },
    "referral": {"status": "sent", "completed_on": None},
}


def request(**change):
    return Request.from_mapping(merge(BASE, change))


def worker(role="case_manager", **more):
    return {"role": role, "org": "MINAS", **more}


POLICE = {"role": "police", "org": "DGSN", "kind": "police"}
COMA = {"reason": "coma"}

TABLE = [
    ("A1", "deny", "", {"actor": {"active": False}}),
    ("A1", "deny", "", {"actor": {"trained": False}, "categories": ["C0"], "cell": 50}),
    ("A2", "deny", "", {"actor": {"blocked": True}}),
    ("A2", "deny", "", {"actor": {"conflict": True}, "emergency": COMA, "case": {"capacity": False}}),
    ("A3", "deny", "", {"case": {"erased": True}}),
    ("A4", "deny", "", {"actor": {"kind": "consular"}, "case": {"asylum": None}}),
    ("A4", "deny", "", {"actor": {"role": "origin_authority"}, "categories": ["C1", "C10"]}),
    ("A5", "deny", "", {"actor": {"role": "media"}, "categories": ["C0", "C1"], "cell": 50}),
    ("A6", "deny", "", {"actor": {"role": "employer"}, "categories": ["C1", "C3"]}),
    ("A7", "deny", "", {"actor": worker("sysadmin"), "emergency": COMA}),
    ("A8", "deny", "", {"actor": worker("dpo"), "action": "bulk_export"}),
    ("A8", "deny", "", {"actor": {"role": "dpo"}, "action": "bulk_export", "written_authorisation": True}),
    ("A8", "deny", "", {"actor": worker(), "action": "erase"}),
    ("A9", "allow", "C1 C2 C6", {"actor": worker("dpo"), "action": "bulk_export", "written_authorisation": True}),
    ("Z1", "allow", "C0", {"actor": {"role": "steering"}, "categories": ["C0"], "cell": 5}),
    ("Z2", "deny", "", {"actor": {"role": "donor"}, "categories": ["C0"], "cell": 4}),
    ("Z2", "deny", "", {"actor": {"role": "donor"}, "categories": ["C0"]}),
    ("Z3", "deny", "", {"categories": ["C0"], "cell": 9, "gbv_stats": True}),
    ("Z1", "allow", "C0", {"actor": {"signatory": True}, "categories": ["C0"], "cell": 9, "gbv_stats": True}),
    ("T1", "allow", "", {"actor": {"role": "subject", "org": "SELF"}, "action": "erase", "categories": []}),
    ("T1", "allow", "", {"actor": {"role": "guardian", "org": "SELF"}, "action": "erase", "case": {"age": 9}}),
    ("T2", "deny_escalate", "", {"actor": worker("dpo"), "action": "erase", "case": {"legal_hold": True}}),
    ("P1", "allow_redacted", "C8", {"actor": {"role": "subject"}, "categories": ["C7N", "C8"]}),
    ("P2", "allow", "C1 C2 C6", {"actor": {"role": "guardian", "org": "SELF"}, "case": {"age": 10}}),
    ("P3", "deny", "", {"actor": {"role": "guardian"}, "case": {"age": 18}}),
    ("P3", "deny", "", {"actor": {"role": "guardian", "excluded": True}, "action": "erase", "case": {"age": 9}}),
    ("P4", "deny_escalate", "", {"actor": {"role": "guardian"}, "case": {"age": None}}),
    ("O1", "allow", "C1 C2 C6 C8", {"actor": worker(), "categories": ["C8", "C6", "C2", "C1"]}),
    ("O1", "allow_redacted", "C1 C2", {"actor": worker("provider_staff"), "categories": ["C1", "C2", "C5"]}),
    ("O1", "allow", "C7N", {"actor": worker("psychosocial"), "categories": ["C7N"]}),
    ("O2", "deny", "", {"actor": worker(assigned=False)}),
    ("O2", "deny", "", {"actor": worker("first_responder", assigned=False), "emergency": COMA}),
    ("O3", "allow_redacted", "C1", {"actor": worker("dpo")}),
    ("O3", "deny", "", {"actor": worker("dpo"), "categories": ["C6"]}),
    ("O4", "allow_redacted", "C1", {"actor": worker(), "categories": ["C1", "C7N"]}),
    ("O4", "deny", "", {"actor": worker("supervisor"), "categories": ["C7N"]}),
    ("O5", "allow_redacted", "C1", {"actor": {"role": "coordinator", "org": "MINREX"}}),
    ("O5", "deny", "", {"actor": worker("coordinator"), "categories": ["C2"]}),
    ("E1", "allow", "C1 C2 C6", {"consent": {"state": "withdrawn"}, "case": {"age": None}, "emergency": COMA}),
    ("E1", "allow", "C1 C2 C6", {"case": {"capacity": False}, "emergency": {**COMA, "hours_since": 24}}),
    ("E2", "deny", "", {"case": {"capacity": None}, "emergency": {**COMA, "refused": True}}),
    ("E3", "deny", "", {"actor": {"kind": "police"}, "emergency": COMA}),
    (
        "E4",
        "allow_redacted",
        "C1 C7",
        {"case": {"capacity": False}, "categories": ["C1", "C5", "C7"], "emergency": COMA},
    ),
    ("E5", "deny", "", {"actor": {"kind": "police"}, "emergency": {**COMA, "hours_since": 24.5}}),
    ("E5", "deny", "", {"case": {"capacity": False}, "emergency": {**COMA, "hours_since": 2, "ended": True}}),
    ("E6", "deny", "", {"case": {"capacity": False}, "emergency": {"reason": "  "}}),
    ("E7", "deny", "", {"case": {"capacity": False}, "categories": ["C8"], "emergency": COMA}),
    ("E8", "deny", "", {"case": {"capacity": None}, "emergency": COMA}),
    (
        "L1",
        "allow_redacted",
        "C1 C2",
        {"actor": POLICE, "order": {"type": "judicial", "verified": True, "scope": ["C1", "C2", "C7N"]}},
    ),
    ("L2", "deny", "", {"actor": POLICE, "order": {"type": "a letter"}}),
    ("L2", "deny", "", {"case": {"age": 9}, "order": {"type": "child_report"}}),
    ("L3", "deny_escalate", "", {"case": {"owner": "UNHCR"}, "order": {"type": "judicial"}}),
    (
        "L4",
        "allow_redacted",
        "C1 C2",
        {"actor": {"role": "authority", "org": "PROC"}, "case": {"age": 9}, "order": {"type": "child_report"}},
    ),
    ("L5", "deny_escalate", "", {"order": {"type": "child_report"}}),
    ("L6", "deny_escalate", "", {"actor": POLICE, "order": {"type": "judicial", "scope": ["C1"]}}),
    ("L7", "deny", "", {"actor": POLICE, "order": {"type": "judicial", "verified": True}}),
    ("X1", "deny", "", {"onward": {"new_consent": True}, "agreement": {"onward": True}}),
    (
        "X2",
        "allow",
        "C1 C2 C6",
        {"onward": {"new_consent": True, "third_agreement": True}, "agreement": {"onward": True}},
    ),
    (
        "S2",
        "deny",
        "",
        {
            "onward": {"new_consent": True, "third_agreement": True},
            "agreement": {"onward": True},
            "consent": {"state": "withdrawn"},
        },
    ),
    ("S1", "deny", "", {"consent": {"state": "perhaps"}}),
    ("S2", "deny", "", {"consent": {"state": "withdrawn", "until": date(2020, 1, 1)}}),
    ("S3", "deny", "", {"consent": {"until": None}}),
    ("S4", "deny", "", {"consent": {"recipients": ["OTHER"]}}),
    ("S5", "deny", "", {"purpose": "referral:PSY"}),
    ("S6", "deny", "", {"categories": ["C5"]}),
    (
        "S6",
        "deny",
        "",
        {"actor": {"kind": "shelter"}, "categories": ["C8"], "consent": {"categories": ["C8"], "explicit": ["C8"]}},
    ),
    ("S7", "deny", "", {"categories": ["C5", "C6"], "consent": {"explicit": []}}),
    ("S7", "deny", "", {"categories": ["C15"], "consent": {"categories": ["C15"]}}),
    ("S8", "deny", "", {"consent": {"language_ok": False}}),
    ("S9", "deny", "", {"consent": {"mark": "", "witness": True}}),
    ("S10", "deny", "", {"case": {"age": "doubtful"}, "consent": {"guardian": True}}),
    ("S10", "deny", "", {"case": {"age": 6}, "consent": {"guardian": True}}),
    ("S11", "deny", "", {"case": {"age": 17}, "consent": {"assent": True}}),
    ("S11", "deny", "", {"case": {"age": 5}}),
    ("S13", "deny", "", {"case": {"capacity": None}}),
    ("S14", "deny", "", {"consent": {"coerced": True, "version_ok": False}}),
    ("S15", "deny", "", {"consent": {"version_ok": False}}),
    ("S15", "deny", "", {"consent": {"state": "superseded"}}),
    ("S17", "deny", "", {"consent": {"given_age": None}}),
    ("M1", "deny", "", {"agreement": {"exists": False, "signed_both": False}}),
    ("M2", "deny", "", {"agreement": {"to": date(2026, 9, 30), "suspended": True}}),
    ("M3", "deny", "", {"agreement": {"suspended": True}}),
    ("M4", "deny", "", {"agreement": {"signed_both": False, "from": date(2027, 1, 1)}}),
    ("M5", "deny", "", {"agreement": {"categories": ["C9"]}}),
    ("M6", "deny", "", {"agreement": {"cross_border": True}}),
    ("F0", "allow", "C1 C2 C6", {"agreement": {"cross_border": True, "transfer_ok": True}}),
    ("M8", "deny", "", {"agreement": {"from": None}}),
    ("F0", "allow", "C1 C2 C6", {"consent": {"mark": "thumbprint", "witness": True}}),
    (
        "F0",
        "allow",
        "C1 C14",
        {
            "actor": {"role": "employer"},
            "categories": ["C1", "C14"],
            "consent": {"categories": ["C1", "C14"]},
            "agreement": {"categories": ["C1", "C14"]},
        },
    ),
    ("F1", "deny", "", {"referral": {"status": "a new state"}}),
    ("F2", "deny", "", {"referral": {"status": "revoked"}}),
    ("F3", "deny", "", {"referral": {"status": "completed"}}),
    ("F3", "deny", "", {"referral": {"status": "delivered", "completed_on": date(2026, 10, 2)}}),
    ("F4", "deny", "", {"actor": {"assigned": False}}),
    ("F5", "allow_redacted", "C1 C2", {"agreement": {"categories": ["C1", "C2"]}}),
    (
        "F5",
        "allow_redacted",
        "C6",
        {
            "categories": ["C6", "C7N"],
            "consent": {"categories": ["C6", "C7N"]},
            "agreement": {"categories": ["C6", "C7N"]},
        },
    ),
    ("D0", "deny", "", {"action": "rummage"}),
    ("D0", "deny", "", {"categories": []}),
    ("D0", "deny", "", {"actor": {"role": "passer-by"}}),
]


@pytest.mark.parametrize(("code", "outcome", "visible", "change"), TABLE)
def test_every_code_by_hand(code, outcome, visible, change):
    decision = decide(request(**change))
    assert (decision.code, decision.outcome, " ".join(decision.visible)) == (code, outcome, visible)


def test_the_table_above_and_the_sentences_know_the_same_codes():
    assert {code for code, *_ in TABLE} == set(DECISIONS)


def test_first_applicable_rule_decides_whatever_else_is_wrong():
    wrong = {
        "consent": {"state": "withdrawn"},
        "agreement": {"exists": False},
        "referral": {"status": "none"},
    }
    assert decide(request(**wrong)).code == "S2"
    assert decide(request(**wrong, onward={})).code == "X1"
    assert decide(request(**wrong, onward={}, order={"type": "informal"})).code == "L2"
    assert decide(request(**wrong, order={"type": "informal"}, emergency={"reason": ""}, case={"age": 4})).code == "E6"
    assert decide(request(**wrong, emergency=COMA, actor=worker(assigned=False))).code == "O2"
    assert decide(request(**wrong, emergency=COMA, actor=worker("subject"))).code == "P1"
    assert decide(request(**wrong, emergency=COMA, actor=worker("subject", active=False))).code == "A1"


@pytest.mark.skipif(not CASES.is_dir(), reason="the numbered consent cases are not on this machine")
def test_the_numbered_cases_agree():
    rows, code = report(CASES / "base.yaml", CASES / "cases.yaml")
    assert [row for row in rows if "expected" in row or "error" in row] == []
    assert code == 0
    assert len(rows) >= 67
    by_id = {row["id"]: row for row in rows}
    vital = ["log", "notify_dpo", "review_72h", "notify_subject", "expire_24h"]
    assert by_id["T62"]["obligations"] == vital
    assert by_id["T70"]["obligations"] == [*vital, "alert_supervisor"]
    assert by_id["T80"]["obligations"] == ["verify_identity", "redact_third_parties", "log"]
    assert by_id["T57"]["obligations"] == ["log", "encrypt", "notify_supervisor"]
    assert by_id["T84"] == {
        "id": "T84",
        "decision": "allow",
        "code": "T1",
        "visible": [],
        "obligations": ["erase_or_anonymise", "notify_recipients", "answer_person"],
    }
    assert by_id["T91"]["obligations"] == ["ask_consent_now"]
    assert by_id["T73"]["obligations"] == ["verify_order"]


# --- reading requests and case files ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"agrement": {}}, "request: unknown key agrement"),
        ({"actor": {"actif": True}}, "actor: unknown key actif"),
        ({"consent": {"until": "soon"}}, "consent.until: expected a date"),
        ({"consent": {"coerced": "no"}}, "consent.coerced: expected true or false"),
        ({"consent": {"mark": None}}, "consent.mark: expected text"),
        ({"categories": ["C99"]}, "categories: expected data categories"),
        ({"categories": "C1"}, "categories: expected a list"),
        ({"case": {"age": -1}}, "case.age: expected a whole number"),
        ({"case": {"age": True}}, "case.age: expected a whole number"),
        ({"case": None}, "case: expected a mapping"),
        ({"emergency": {"reason": "x", "hours_since": float("nan")}}, "emergency.hours_since: expected a number"),
        ({"emergency": {"reason": "x", "hours_since": -1}}, "emergency.hours_since: expected a number"),
        ({"order": {"verified": True}}, "order.type: missing"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(change, place):
    with pytest.raises(RequestError) as caught:
        request(**change)
    assert str(caught.value).startswith(place)


def test_an_empty_emergency_declares_none_and_an_empty_onward_is_refused():
    assert request(emergency={}).emergency is None
    assert decide(request(onward={})).code == "X1"


def write(tmp_path, base, cases):
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(cases, encoding="utf-8")
    return report(tmp_path / "base.yaml", tmp_path / "cases.yaml")


GOOD = yaml.safe_dump(BASE)


def test_a_report_says_what_differs_from_what_was_expected(tmp_path):
    rows, code = write(tmp_path, GOOD, "- {id: A, expect: allow, code: F0}\n- {id: B, expect: deny, code: S1}\n")
    assert code == 1
    assert rows[0] == {
        "id": "A",
        "decision": "allow",
        "code": "F0",
        "visible": ["C1", "C2", "C6"],
        "obligations": ["log"],
    }
    assert rows[1]["expected"] == {"decision": "deny", "code": "S1"}


@pytest.mark.parametrize(
    ("base", "cases", "message"),
    [
        (GOOD, "- {id: A", "cases.yaml: line 1, column 9:"),
        (GOOD, "id: A", "cases.yaml: the cases must be a list"),
        ("- 1", "[]", "base.yaml: the base request must be a mapping"),
        ("!!python/object/apply:os.getcwd []", "[]", "base.yaml: line 1, column 1:"),
        (GOOD, "[" * 5000, "cases.yaml:"),
    ],
)
def test_an_unreadable_file_is_said_with_its_place(tmp_path, base, cases, message):
    rows, code = write(tmp_path, base, cases)
    assert code == 2
    assert rows[0]["error"].startswith(message)


@pytest.mark.parametrize("case", ["- {id: A, whit: {consent: {state: none}}}", "- {id: A, with: {actr: {}}}", "- 7"])
def test_an_unreadable_case_counts_as_denied(tmp_path, case):
    rows, code = write(tmp_path, GOOD, case + "\n- {id: Z, expect: allow}\n")
    assert code == 2
    assert (rows[0]["decision"], rows[0]["code"], rows[0]["visible"]) == ("deny", "D0", [])
    assert "error" in rows[0]
    assert rows[1]["decision"] == "allow"


def test_a_missing_file_is_said(tmp_path):
    rows, code = report(tmp_path / "none.yaml", tmp_path / "none.yaml")
    assert code == 2
    assert rows[0]["error"].startswith("none.yaml: No such file")


# --- the vocabulary of states ----------------------------------------------------------------------------------------


def test_states_are_read_as_the_domain_says():
    assert {state for state, read in REFERRAL_STATES.items() if read == "sent"} == {
        "preview", "draft", "sent", "acknowledged", "accepted", "waitlisted", "info_requested", "in_service",
    }  # fmt: skip
    assert [referral_status(state) for state in ("not_delivered", "lost_contact", None, "")] == [
        "completed",
        "declined",
        "none",
        "none",
    ]
    assert [consent_state(state) for state in ("given", "withdrawn", "superseded", None)] == [
        "active",
        "withdrawn",
        "superseded",
        "none",
    ]


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (None, "M1"), ("none", "M1"), ("draft", "M1"), ("negotiation", "M1"), ("legal_review", "M1"), ("unheard", "M1"),
        ("signed_one", "M4"), ("signed_both", "M8"), ("active", "F0"), ("suspended", "M3"), ("expired", "M2"),
        ("terminated", "M2"), ("superseded", "M2"),
    ],
)  # fmt: skip
def test_every_state_of_an_agreement_gives_its_code(state, code):
    asked = request()
    fields = agreement_fields(state, date(2026, 1, 1), date(2027, 12, 31))
    assert decide(replace(asked, agreement=replace(asked.agreement, **fields))).code == code
    assert state in AGREEMENT_STATES or fields["exists"] is False


def test_share_gate_opens_for_the_minimum_and_says_whom_to_ask_otherwise():
    assert share_gate(decide(request()), Need.MED) == "allow"
    assert share_gate(decide(request(consent={"state": "withdrawn"})), Need.MED) == "deny_consent"
    assert share_gate(decide(request(onward={})), Need.MED) == "deny_consent"
    assert share_gate(decide(request(consent={"explicit": []})), Need.MED) == "deny_consent"
    assert share_gate(decide(request(agreement={"categories": ["C1", "C2"]})), Need.MED) == "deny_agreement"
    assert share_gate(decide(request(agreement={"suspended": True})), Need.MED) == "deny_agreement"
    assert share_gate(decide(request(actor={"active": False})), Need.MED) == "deny_agreement"


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "outcome", "visible", "change"), TABLE)
def test_every_decision_has_words(code, outcome, visible, change):
    asked = request(**change)
    decision = decide(asked)
    assert str(explain(asked, decision)).endswith(".")
    assert "%(" not in str(explain(asked, decision))
    three = locks(asked, decision)
    assert [lock.name for lock in three] == ["consent", "agreement", "role"]
    assert all("%(" not in str(lock.sentence) for lock in three)
    assert bool(ways_on(decision)) == (not decision.allowed or bool(decision.removed))
    hidden = withheld(asked, decision)
    assert set(hidden) == set(asked.categories) - set(decision.visible)
    if code[0] in "SMXF":
        shut = [lock for lock in three if lock.state is LockState.NO]
        assert bool(shut) == (not decision.allowed)


def test_locks_are_examined_each_by_itself():
    asked = request(consent={"state": "none"}, agreement={"suspended": True}, actor={"assigned": False})
    assert [(lock.state, lock.sentence.code) for lock in locks(asked, decide(asked))] == [
        ("no", "S1"),
        ("no", "M3"),
        ("no", "F4"),
    ]
    asked = request(actor={"trained": False})
    assert [lock.state for lock in locks(asked, decide(asked))] == ["yes", "yes", "no"]
    asked = request(case={"capacity": False}, emergency=COMA)
    assert [lock.state for lock in locks(asked, decide(asked))] == ["not_needed", "not_needed", "yes"]
    asked = request(case={"erased": True})
    assert [lock.state for lock in locks(asked, decide(asked))] == ["not_reached", "not_reached", "no"]


def test_what_is_withheld_says_why():
    asked = request(
        categories=["C1", "C2", "C3", "C5", "C6", "C7N", "C8"],
        actor={"kind": "shelter"},
        consent={"categories": ["C1", "C2", "C3", "C6", "C8"], "explicit": ["C8"]},
        agreement={"categories": ["C1", "C2", "C6", "C8"]},
    )
    decision = decide(asked)
    assert [
        (category.value, message.code) for category, message in withheld(asked, decision, [Category.C4]).items()
    ] == [
        ("C3", "withheld_M5"),
        ("C4", "withheld_needless"),
        ("C5", "withheld_S6"),
        ("C6", "withheld_S7"),
        ("C7N", "withheld_C7N"),
        ("C8", "withheld_C8"),
    ]


# --- properties ------------------------------------------------------------------------------------------------------

categories = st.lists(st.sampled_from([category.value for category in Category]), max_size=6, unique=True)
yes_no = st.booleans()
days = st.one_of(st.none(), st.integers(-40, 40).map(lambda number: TODAY + timedelta(days=number)))


def mostly(good, other):
    return st.one_of(st.just(good), st.just(good), st.just(good), other)


@st.composite
def requests(draw):
    change = {
        "actor": {
            "org": draw(mostly("HOP", st.sampled_from(["MINAS", "SELF", "DGSN"]))),
            "role": draw(mostly("provider_staff", st.sampled_from(
                ["case_manager", "subject", "guardian", "dpo", "coordinator", "police", "employer", "stranger",
                 "psychosocial", "authority", "donor", "sysadmin", "origin_authority"]))),
            "kind": draw(st.sampled_from(["health", "protective_police", "child_protection", "shelter", "consular"])),
            "active": draw(mostly(True, yes_no)),
            "assigned": draw(mostly(True, yes_no)),
            "conflict": draw(mostly(False, yes_no)),
            "excluded": draw(mostly(False, yes_no)),
            "child_objects": draw(mostly(False, yes_no)),
        },
        "action": draw(mostly("view", st.sampled_from(["bulk_export", "erase", "other"]))),
        "categories": draw(mostly(["C1", "C2", "C6"], categories)),
        "case": {
            "age": draw(mostly(30, st.one_of(st.none(), st.integers(0, 40)))),
            "capacity": draw(mostly(True, st.sampled_from([False, None]))),
            "asylum": draw(mostly(False, st.sampled_from([True, None]))),
            "legal_hold": draw(yes_no),
        },
        "consent": {
            "state": draw(mostly("active", st.sampled_from(["none", "withdrawn", "superseded"]))),
            "categories": draw(mostly(["C1", "C2", "C6"], categories)),
            "explicit": draw(mostly(["C6"], categories)),
            "until": draw(mostly(TODAY, days)),
            "assent": draw(yes_no),
            "guardian": draw(yes_no),
            "bip_decision": draw(yes_no),
            "given_age": draw(mostly(30, st.one_of(st.none(), st.integers(0, 40)))),
            "mark": draw(mostly("signature", st.sampled_from(["oral", "none"]))),
        },
        "agreement": {
            "exists": draw(mostly(True, yes_no)),
            "from": draw(mostly(TODAY, days)),
            "to": draw(mostly(TODAY, days)),
            "suspended": draw(mostly(False, yes_no)),
            "categories": draw(mostly(["C1", "C2", "C6"], categories)),
            "onward": draw(yes_no),
        },
        "referral": {"status": draw(mostly("sent", st.sampled_from(["none", "declined", "completed"])))},
        "emergency": draw(mostly(None, st.fixed_dictionaries(
            {"reason": st.sampled_from(["coma", ""]), "refused": yes_no, "cannot_ask": yes_no, "risk_to_others": yes_no,
             "hours_since": st.integers(0, 30)}))),
        "order": draw(mostly(None, st.fixed_dictionaries(
            {"type": st.sampled_from(["judicial", "child_report", "informal"]), "verified": yes_no,
             "scope": categories}))),
        "onward": draw(mostly(None, st.fixed_dictionaries({"new_consent": yes_no, "third_agreement": yes_no}))),
        "written_authorisation": draw(yes_no),
        "cell": draw(st.one_of(st.none(), st.integers(0, 9))),
    }  # fmt: skip
    return request(**change)


BY_CONSENT = {"F0", "F5", "X2"}


@settings(max_examples=100, deadline=None)
@given(requests())
def test_what_is_seen_is_asked_ticked_covered_and_never_therapy_notes(asked):
    decision = decide(asked)
    seen = set(decision.visible)
    assert seen <= set(asked.categories)
    assert bool(seen) == (decision.allowed and decision.code != "T1")
    assert (decision.outcome is Outcome.ALLOW) == (
        decision.allowed and (seen == asked.categories or decision.code == "T1")
    )
    assert "C7N" not in seen or (
        decision.code == "O1" and asked.actor.org == "MINAS" and asked.actor.role == "psychosocial"
    )
    if decision.code in BY_CONSENT:
        sensitive = seen & {"C6", "C7", "C8", "C9", "C10", "C11", "C13", "C15"}
        assert sensitive <= asked.consent.explicit
        assert seen <= asked.consent.categories & asked.agreement.categories
        assert asked.consent.until >= TODAY
        assert "C8" not in seen or asked.actor.kind == "health"


@settings(max_examples=100, deadline=None)
@given(requests())
def test_only_the_named_rules_bypass_consent_and_agreement(asked):
    decision = decide(asked)
    broken = replace(asked, consent=replace(asked.consent, state="withdrawn"))
    without = replace(asked, agreement=replace(asked.agreement, exists=False))
    if decision.allowed and decision.code in BY_CONSENT:
        assert not decide(broken).allowed
        assert not decide(without).allowed
    if decision.code[0] in "AZTPOEL":
        assert decide(broken) == decide(without) == decision


@settings(max_examples=100, deadline=None)
@given(requests())
def test_a_child_is_never_shared_by_consent_without_its_own_word_and_someone_who_answers_for_it(asked):
    decision = decide(asked)
    age = asked.case.age
    if decision.code in BY_CONSENT and (age is None or age < 18):
        assert asked.consent.guardian or asked.consent.bip_decision
        assert asked.consent.assent or (age is not None and age < 6)


@settings(max_examples=100, deadline=None)
@given(requests(), st.sampled_from([category.value for category in Category]))
def test_a_wider_consent_never_takes_access_away(asked, extra):
    consent = asked.consent
    wider = replace(
        consent,
        categories=consent.categories | {Category(extra)},
        explicit=consent.explicit | {Category(extra)},
        recipients=consent.recipients | {"OTHER"},
        until=consent.until and consent.until + timedelta(days=1),
    )
    assert set(decide(asked).visible) <= set(decide(replace(asked, consent=wider)).visible)


@settings(max_examples=100, deadline=None)
@given(requests())
def test_an_emergency_never_shows_more_than_the_minimum_of_its_service(asked):
    decision = decide(replace(asked, emergency=asked.emergency or Emergency("coma", cannot_ask=True)))
    if decision.code in ("E1", "E4"):
        assert (
            set(decision.visible)
            <= {
                "health": {"C1", "C2", "C6", "C7"},
                "protective_police": {"C1", "C2", "C12"},
                "child_protection": {"C1", "C2", "C3", "C12", "C13"},
            }[asked.actor.kind]
        )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_access_over_a_timeline_equals_a_slow_reference(data):
    """A day is open when a consent was given and is neither withdrawn nor over, and the agreement runs that day."""
    offsets = st.integers(0, 20)
    given_on, lasts, withdrawn_on = data.draw(offsets), data.draw(st.integers(0, 12)), data.draw(offsets)
    starts, runs = data.draw(offsets), data.draw(st.integers(0, 12))
    stopped = data.draw(st.sets(offsets, max_size=4))
    consented = {given_on + number for number in range(lasts + 1)} - set(range(withdrawn_on, 60))
    agreed = {starts + number for number in range(runs + 1)} - stopped
    for day in range(24):
        state = "none" if day < given_on else "withdrawn" if day >= withdrawn_on else "given"
        asked = request(
            today=TODAY + timedelta(days=day),
            consent={"state": state, "until": TODAY + timedelta(days=given_on + lasts)},
            agreement={
                "from": TODAY + timedelta(days=starts),
                "to": TODAY + timedelta(days=starts + runs),
                "suspended": day in stopped,
            },
        )
        assert decide(asked).allowed == (day in consented and day in agreed)


def test_the_minimum_of_every_need_can_be_shared_when_all_is_in_order():
    for need, minimum in MINIMUM.items():
        wanted = {"categories": list(minimum), "purposes": [f"referral:{need}"]}
        asked = request(
            purpose=f"referral:{need}",
            categories=list(minimum),
            consent={**wanted, "explicit": list(minimum)},
            agreement=wanted,
        )
        decision = decide(asked)
        assert decision == Decision(Outcome.ALLOW, "F0", tuple(sorted(minimum, key=lambda item: item.order)), ("log",))
        assert share_gate(decision, need) == "allow"
