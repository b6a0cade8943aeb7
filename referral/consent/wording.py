"""Which text is read to the person for which purpose, and which of them is still the current one.

A text that asks for more gets a new code, so that a consent to the narrower one no longer opens anything (rule S15).
"""

from __future__ import annotations

from sop.texts import Block, Text, load_text
from sop.vocabulary import Need

REFERRAL = "F15_consent_referral"
CASE_FORMS = frozenset({"F07_consent_child", "F08_consent_adult"})
SPECIFIC: dict[Need, tuple[str, str]] = {
    Need.TEH: ("justice", "F12_consent_justice"),
    Need.ASI: ("asylum", "F13_consent_asylum"),
}
"""Needs that ask a consent of their own before any service is looked for: its purpose and its text."""


def purpose_of(need: Need) -> str:
    """The purpose of sharing data for a need.

    >>> purpose_of(Need.MED)
    'referral:MED'
    """
    return f"referral:{need.value}"


def form_of(purpose: str) -> str:
    """The code of the text for a purpose; empty for one that has none.

    >>> form_of("referral:MED"), form_of("justice"), form_of("research")
    ('F15_consent_referral', 'F12_consent_justice', '')
    """
    if purpose.startswith("referral:"):
        return REFERRAL
    return dict(SPECIFIC.values()).get(purpose, "")


def is_current(purpose: str, form_code: str) -> bool:
    """Whether a consent given on this text still counts.

    >>> is_current("referral:MED", "F15_consent_referral"), is_current("referral:MED", "F08_consent_adult")
    (True, False)
    """
    if purpose == "case_management":
        return form_code in CASE_FORMS
    return bool(form_code) and form_code == form_of(purpose)


def text_of(purpose: str, language: str) -> Text:
    """The text in a language of the library; French where there is none."""
    try:
        return load_text(form_of(purpose), language)
    except FileNotFoundError:
        return load_text(form_of(purpose), "fr")


def words_for(text: Text, *, child: bool) -> tuple[Block, ...]:
    """What is read aloud: a text's part about children, under its heading, only for a child."""
    own = next((at for at, block in enumerate(text.blocks) if block.kind == "heading"), len(text.blocks))
    return text.blocks if child else text.blocks[:own]
