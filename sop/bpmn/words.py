"""What words on a drawing usually mean: answers on arrows, kinds of steps, the language; French and English.

These are proposals only: whoever imports a drawing confirms or changes each.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from sop.bpmn.drawing import Node
from sop.bpmn.names import slug
from sop.flowchart import StepKind

YES, NO, ELSE = "yes", "no", "else"

_SAID: Final[Mapping[str, str]] = {
    YES: "oui, yes, o, y, vrai, true, ok, d accord",
    NO: "non, no, n, faux, false, aucun, aucune, none",
    "accepted": "accepte, acceptee, accepted, approuve, approved, accord, autorise, allowed",
    "refused": "refuse, refusee, refused, refus, rejete, rejected, decline, declined",
    "no_answer": "sans reponse, pas de reponse, no answer, no response, timeout, delai depasse",
    "given": "donne, given, consent, consentement",
    "partial": "partiel, partielle, partial, partially",
    "complete": "complet, complete, completed, total, totale",
    ELSE: "sinon, autrement, autre, else, otherwise, default, other, par defaut",
}
ANSWERS: Final[Mapping[str, str]] = {word: said for said, words in _SAID.items() for word in words.split(", ")}
"""Label without accents -> the answer it stands for."""

HINTS: Final[tuple[tuple[StepKind, re.Pattern[str]], ...]] = (
    (StepKind.CONSENT, re.compile(r"\b(consent|assent|consentement|assentiment)")),
    (StepKind.LEGAL_BASIS, re.compile(r"\b(base legale|base juridique|legal basis|interets vitaux|vital interests)")),
    (
        StepKind.SHARE,
        re.compile(
            r"\b(refer(er|e|ez|s|red)?\b|referr\w*|reference(r|ment)\b|orienter\b|envoyer\b|envoie\b|envoi\b|send(s|ing)?\b"
            r"|transmet\w*|transmission\b|partager?\b|share\b|forward\b|saisir (le|la|l)\b|provide information to\b)"
        ),
    ),
    (StepKind.WAIT, re.compile(r"\b(attendre|attente|wait(s|ing)?)\b")),
    (StepKind.RULE, re.compile(r"\b(tri|triage|table de decision|decision table)\b")),
)
"""The first that fits is proposed for a task."""

_FRENCH: Final = frozenset({"oui", "non", "le", "la", "les", "des", "du", "et", "une", "un", "de", "pour", "sinon"})
_ENGLISH: Final = frozenset({"yes", "no", "the", "of", "and", "to", "for", "a", "an", "is", "with", "otherwise"})

PLAIN: Final[Mapping[str, StepKind]] = {
    "startEvent": StepKind.START,
    "endEvent": StepKind.END,
    "exclusiveGateway": StepKind.DECISION,
    "eventBasedGateway": StepKind.DECISION,
    "complexGateway": StepKind.DECISION,
    "businessRuleTask": StepKind.RULE,
    "sendTask": StepKind.SHARE,
    "receiveTask": StepKind.WAIT,
    "intermediateCatchEvent": StepKind.WAIT,
}
"""Elements whose kind needs no words."""


def plain(text: str) -> str:
    """Small letters without accents or signs.

    >>> plain("  Référer l’enfant ! ")
    'referer l enfant'
    """
    letters = unicodedata.normalize("NFKD", text.replace("œ", "oe"))
    kept = "".join(one for one in letters if not unicodedata.combining(one)).lower()
    return " ".join(re.findall(r"[a-z0-9]+", kept))


def answer(label: str) -> str:
    """The answer a label stands for, a made word, or nothing.

    >>> answer("Oui"), answer("Accepté"), answer("décliné 3 fois"), answer("")
    ('yes', 'accepted', 'decline_3_fois', '')
    """
    return ANSWERS.get(plain(label)) or slug(label)


def kind_of(node: Node, incoming: int, outgoing: int) -> StepKind:
    """The kind to propose for a node of somebody else's drawing."""
    if node.type in ("inclusiveGateway", "parallelGateway"):
        return StepKind.SPLIT_OR if outgoing > 1 or incoming < 2 else StepKind.JOIN_OR
    if node.any_time:
        return StepKind.START
    if node.link is not None:
        return StepKind.START if node.catches else StepKind.END
    if node.type == "intermediateThrowEvent":
        return StepKind.SHARE if "message" in node.events else StepKind.TASK
    return PLAIN.get(node.type) or hinted(node.name) or StepKind.TASK


def hinted(name: str) -> StepKind | None:
    """The kind that words in a name hint at."""
    words = plain(name)
    return next((kind for kind, pattern in HINTS if pattern.search(words)), None)


def language_of(texts: Iterable[str]) -> str:
    """`fr` or `en`, whichever has more of its small words.

    >>> language_of(["Recueillir le consentement", "oui"]), language_of(["Provide information to the facility"])
    ('fr', 'en')
    """
    words = [word for text in texts for word in plain(text).split()]
    return "en" if sum(one in _ENGLISH for one in words) > sum(one in _FRENCH for one in words) else "fr"
