"""Family, household and guardians: who is what to whom, and the search for those who were separated.

A link is told from the person of the file: PARENT means that the other one is a parent. A relative may have a file of
their own or be known by words only. Sources: Primero family linkage and tracing; ICRC restoring family links.
"""

from __future__ import annotations

from enum import StrEnum

from sop.vocabulary import N_


class LinkKind(StrEnum):
    """What the other one is to the person."""

    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    SPOUSE = "spouse"
    GRANDPARENT = "grandparent"
    GRANDCHILD = "grandchild"
    UNCLE_AUNT = "uncle_aunt"
    NEPHEW_NIECE = "nephew_niece"
    GUARDIAN = "guardian"
    WARD = "ward"
    RELATIVE = "relative"
    COMPANION = "companion"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return LINKS[self]

    @property
    def inverse(self) -> LinkKind:
        """What the person is to the other one.

        >>> LinkKind.PARENT.inverse, LinkKind.SIBLING.inverse
        (<LinkKind.CHILD: 'child'>, <LinkKind.SIBLING: 'sibling'>)
        """
        return INVERSES.get(self, self)


LINKS: dict[LinkKind, str] = {
    LinkKind.PARENT: N_("father or mother"),
    LinkKind.CHILD: N_("son or daughter"),
    LinkKind.SIBLING: N_("brother or sister"),
    LinkKind.SPOUSE: N_("husband, wife or partner"),
    LinkKind.GRANDPARENT: N_("grandfather or grandmother"),
    LinkKind.GRANDCHILD: N_("grandson or granddaughter"),
    LinkKind.UNCLE_AUNT: N_("uncle or aunt"),
    LinkKind.NEPHEW_NIECE: N_("nephew or niece"),
    LinkKind.GUARDIAN: N_("guardian"),
    LinkKind.WARD: N_("child under this person’s guardianship"),
    LinkKind.RELATIVE: N_("other relative"),
    LinkKind.COMPANION: N_("travels or lives with the person, no relative"),
}
_PAIRS = (
    (LinkKind.PARENT, LinkKind.CHILD),
    (LinkKind.GRANDPARENT, LinkKind.GRANDCHILD),
    (LinkKind.UNCLE_AUNT, LinkKind.NEPHEW_NIECE),
    (LinkKind.GUARDIAN, LinkKind.WARD),
)
INVERSES = {**dict(_PAIRS), **{second: first for first, second in _PAIRS}}


class Authority(StrEnum):
    """By what a guardian decides for a child; without one an adult only cares for the child."""

    NONE = "none"
    PARENT = "parent"
    COURT = "court"
    SOCIAL = "social"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return AUTHORITIES[self]


AUTHORITIES: dict[Authority, str] = {
    Authority.NONE: N_("none: cares for the child in fact only"),
    Authority.PARENT: N_("parental authority"),
    Authority.COURT: N_("guardianship given by a court"),
    Authority.SOCIAL: N_("placement decided by the social services"),
}


class Tracing(StrEnum):
    """Whether the two are together, and where the search stands."""

    TOGETHER = "together"
    IN_CONTACT = "in_contact"
    SEPARATED = "separated"
    SOUGHT = "sought"
    FOUND = "found"
    REUNITED = "reunited"
    LEFT_ALONE = "left_alone"
    DIED = "died"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return TRACING[self]

    @property
    def open(self) -> bool:
        """Whether somebody is being looked for."""
        return self in {Tracing.SOUGHT, Tracing.FOUND}


TRACING: dict[Tracing, str] = {
    Tracing.TOGETHER: N_("together"),
    Tracing.IN_CONTACT: N_("apart, in contact"),
    Tracing.SEPARATED: N_("separated, not looked for yet"),
    Tracing.SOUGHT: N_("being looked for"),
    Tracing.FOUND: N_("found, not reunited yet"),
    Tracing.REUNITED: N_("reunited"),
    Tracing.LEFT_ALONE: N_("not to be looked for: unsafe, or not wanted"),
    Tracing.DIED: N_("died"),
}
_T = Tracing
MOVES: dict[Tracing, tuple[Tracing, ...]] = {
    _T.TOGETHER: (_T.IN_CONTACT, _T.SEPARATED, _T.LEFT_ALONE, _T.DIED),
    _T.IN_CONTACT: (_T.TOGETHER, _T.SEPARATED, _T.LEFT_ALONE, _T.DIED),
    _T.SEPARATED: (_T.SOUGHT, _T.IN_CONTACT, _T.TOGETHER, _T.LEFT_ALONE, _T.DIED),
    _T.SOUGHT: (_T.FOUND, _T.REUNITED, _T.SEPARATED, _T.LEFT_ALONE, _T.DIED),
    _T.FOUND: (_T.REUNITED, _T.IN_CONTACT, _T.SOUGHT, _T.LEFT_ALONE, _T.DIED),
    _T.REUNITED: (_T.TOGETHER, _T.IN_CONTACT, _T.SEPARATED, _T.DIED),
    _T.LEFT_ALONE: (_T.SEPARATED, _T.IN_CONTACT, _T.DIED),
    _T.DIED: (),
}
"""Where each state may lead. A search begins only from a separation that was recorded, and with the person's word."""

NEW = (_T.TOGETHER, _T.IN_CONTACT, _T.SEPARATED, _T.LEFT_ALONE, _T.DIED)
"""What may be recorded first."""


class Protection(StrEnum):
    """Why a name is kept from everybody but those who work on the case."""

    TRAFFICKER = "trafficker"
    FAMILY = "family"
    AUTHORITY = "authority"
    STAFF = "staff"
    KNOWN = "known"
    OTHER = "other"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return PROTECTIONS[self]


PROTECTIONS: dict[Protection, str] = {
    Protection.TRAFFICKER: N_("traffickers or smugglers are looking for the person"),
    Protection.FAMILY: N_("threatened by family or a partner"),
    Protection.AUTHORITY: N_("threatened by somebody in power"),
    Protection.STAFF: N_("known to staff of the mechanism"),
    Protection.KNOWN: N_("known to the public"),
    Protection.OTHER: N_("another serious reason"),
}


class Purpose(StrEnum):
    """For what a protected name is uncovered."""

    REACH = "reach"
    ACCOMPANY = "accompany"
    PAPERS = "papers"
    DANGER = "danger"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return PURPOSES[self]


PURPOSES: dict[Purpose, str] = {
    Purpose.REACH: N_("to reach the person"),
    Purpose.ACCOMPANY: N_("to receive or accompany the person"),
    Purpose.PAPERS: N_("to fill in an official paper"),
    Purpose.DANGER: N_("because the person is in danger"),
}
