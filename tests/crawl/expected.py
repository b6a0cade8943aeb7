"""What may be read, by whom, where and in which state: written by hand from DOMAIN and the decision table of the law.

Nothing here asks the product. Sources: DOMAIN “Who uses it” and “Data categories” (minimum by need, C7N never, C8 only
ticked and to clinicians), the rules A2, A3, E4, F2 to F4, M2, M3, O1, O2, P1, S1 to S17 of the decision table.
"""

from __future__ import annotations

from tests.crawl.scene import STATES

Kinds = frozenset[str]
NOTHING: Kinds = frozenset()

RELATION: dict[str, tuple[str, str]] = {
    "stranger": ("nobody", "not signed in"),
    "link": ("the person", "the link to the own file, without its code"),
    "person": ("the person", "the link and its code"),
    "phone": ("first responder", "a phone with ODK and its token"),
    "responder": ("first responder", "wrote the identification, handed over since"),
    "patrol": ("first responder", "same organisation as who wrote it"),
    "manager": ("case manager", "of the case"),
    "colleague": ("case manager", "same organisation, not the team"),
    "outsider": ("case manager", "another organisation"),
    "supervisor": ("supervisor", "of the team"),
    "boss": ("supervisor", "another organisation"),
    "focal": ("provider", "focal point of the service, did not take the referral"),
    "nurse": ("provider", "listed on the service, took the referral"),
    "leaver": ("provider", "was listed on the service until now"),
    "clerk": ("provider", "same organisation, listed nowhere; declared the emergency"),
    "former": ("provider", "service that declined before"),
    "warden": ("provider", "another organisation, keeps its directory entry"),
    "coordinator": ("coordinator", "case codes only"),
    "committee": ("steering committee", "figures only"),
    "officer": ("data officer", "decisions and audit, no content"),
    "admin": ("system administrator", "no content"),
}
"""Role and relation of each reader."""

SHARED: dict[str, str] = {
    "waiting": "",  # S1: before base consent nothing crosses
    "refused": "",
    "unasked": "",  # S1, and nothing was sent
    "given": "C2 C6",
    "left": "",  # F4: who took it is no longer there, nobody else took it
    "wide": "C2 C3 C4 C6 C9 C14",  # by need, see BY_NEED
    "narrow": "C2",  # S6: C6 was not consented to
    "unticked": "C2",  # S7: C6 is sensitive and was not ticked by itself
    "unwitnessed": "",  # S9
    "conditional": "",  # S14
    "expired": "",  # S3
    "withdrawn": "",  # S2, F2
    "taken_back_in_part": "C2",  # S6 since C6 was taken back
    "superseded": "",  # S15
    "assented": "C2 C3 C13",  # ENF
    "silent": "",  # S10
    "grown": "",  # S17
    "lapsed": "",  # M2
    "suspended": "",  # M3
    "blocked": "",  # A2
    "declined": "",  # F2
    "delivered": "C2 C6",  # 30 days and less
    "long_delivered": "",  # F3
    "emergency": "",  # S1: the emergency is its declarer's alone
    "order": "",
    "held": "C2 C6",  # a hold stops the erasure, not the consent
    "erased": "",  # A3
}
"""What the service that the case was sent to reads of it, C1 apart."""

BY_NEED: dict[str, str] = {
    "MED": "C2 C6", "PSY": "", "HEB": "", "VBG": "C2 C6", "DOC": "C2", "JUR": "C2 C9", "FAM": "C2 C3", "EDU": "C2 C14",
    "ECO": "C2 C14", "RET": "C2 C4",
}  # fmt: skip
"""Of the case with a referral for each need: the minimum of the need. The agreements for PSY and HEB stopped."""

SLIP = ("given", "wide", "assented", "delivered", "held")
"""Where all of the minimum may cross, so that the slip can be printed."""

DEAD = ("waiting", "refused", "erased")
LIVING = tuple(state for state in STATES if state not in DEAD)
"""Cases of which the team may read anything: not before base consent, not after a refusal or an erasure."""

OWN = "C2 C3 C4 C5 C6 C7 C8 C9 C10 C11 C12 C13 C14 C15 FRM"
"""The own file: all but therapy notes; neither relatives nor witnesses nor the team's notes."""

TEAM: dict[str, tuple[str, tuple[str, ...]]] = {
    "cases.family": ("KIN", LIVING),
    "cases.plan": ("NTE", LIVING),
    "cases.show": ("NTE", ("unasked", "emergency", "order")),  # the last thing that was done there
    "consent.order": ("ORD", ("order",)),
    "consent.order_letter": ("ORD", ("order",)),
    "identification.case_form": ("FRM", tuple(one for one in LIVING if one != "narrow")),
    "identification.case_form_pdf": ("FRM", tuple(one for one in LIVING if one != "narrow")),
    "people.reveal": ("C2", LIVING),
    "referrals.shortlist": ("KEP", LIVING),
    "rights.case_rights": ("SAY", LIVING),
    "rights.give_file": (OWN, LIVING),
}
"""What the case manager and the supervisor read, and where. In `narrow` base consent covers C2 and no more (O1)."""

ALONE: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    "manager": {"cases.link": ("KIN", LIVING)},
    "supervisor": {"consent.emergency_review": ("EMR", ("emergency",))},
    "person": {"rights.open_linked_file": (OWN, LIVING)},
    "officer": {"rights.hold": ("HLD", ("held",))},
    "clerk": {"consent.emergency_access": ("C2 C6 C7", ("emergency",))},  # E4: the minimum of a health service
}
"""What one reader has that no other has."""

ON_PAGES = frozenset({"page", "paper"})
"""The channels in which anything may ever stand: no address, link, title, header, name of a file, metadata, table …"""

Seen = dict[tuple[str, str], Kinds]


def expected(reader: str) -> Seen:
    """State and endpoint: the kinds of words that this reader finds there. What is not named shows nothing."""
    tables = {**(TEAM if reader in ("manager", "supervisor") else {}), **ALONE.get(reader, {})}
    seen = {(state, place): frozenset(kinds.split()) for place, (kinds, states) in tables.items() for state in states}
    for state in referrals_read_by(reader):
        for place in ("referrals.show", *(("referrals.slip",) if state in SLIP else ())):
            seen[state, place] = frozenset(SHARED[state].split())
    return {place: kinds for place, kinds in seen.items() if kinds}


def referrals_read_by(reader: str) -> tuple[str, ...]:
    """The team sees what the service sees; of the service who took the referral, and all who are listed before that."""
    return {"manager": STATES, "supervisor": STATES, "nurse": STATES, "focal": ("wide",)}.get(reader, ())
