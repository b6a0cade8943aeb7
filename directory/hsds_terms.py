"""The national code lists as an HSDS taxonomy: needs, service types, audiences, each under its kind.

The ids are those that `hsds_writing` gives the terms of a service, so that a reader who meets one there finds it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from directory.hsds_profile import TAXONOMY, VERSION
from directory.hsds_writing import Document, child, compact
from directory.taxonomy import NEEDS, SERVICE_TYPE_LABELS, TERM_LABELS, Facet
from directory.vocabulary import N_

TAXONOMY_ID = child("", "taxonomy", TAXONOMY)
TAXONOMY_TEXT = N_("Needs, service types and audiences of the national referral mechanism")
NEED, TYPE, AUDIENCE = "need", "service_type", "audience"
ROOTS: dict[str, str] = {
    NEED: N_("Need"),
    TYPE: N_("Type of service"),
    Facet.SEX.value: N_("Sex"),
    Facet.STATUS.value: N_("Status of the person"),
    Facet.VULNERABILITY.value: N_("Vulnerability"),
    Facet.NATIONALITY.value: N_("Nationality"),
}
"""Code of a term that has others under it -> its English name."""


@dataclass(frozen=True, slots=True)
class OwnTerm:
    """One term: `kind` is need, service_type, audience or root; `code` for an audience `facet:term`; English name."""

    kind: str
    code: str
    name: str
    parent: str = ""

    @property
    def id(self) -> str:
        """Its id in every document."""
        return child(TAXONOMY, self.kind, self.code)

    @property
    def parent_id(self) -> str:
        """The id of the term above; empty for a root."""
        return child(TAXONOMY, "root", self.parent) if self.parent else ""


def own_terms(needs: Mapping[str, str]) -> tuple[OwnTerm, ...]:
    """Every term, by id; `needs` names the needs, whose words belong to the procedure.

    >>> terms = {one.code: one for one in own_terms({"MED": "Care"})}
    >>> terms["MED"].name, terms["sex:female"].parent, terms["sex"].parent
    ('Care', 'sex', '')
    """
    found = [OwnTerm("root", code, name) for code, name in ROOTS.items()]
    found += [OwnTerm(NEED, code, needs.get(code, code), NEED) for code in NEEDS]
    found += [OwnTerm(TYPE, code.value, name, TYPE) for code, name in SERVICE_TYPE_LABELS.items()]
    found += [
        OwnTerm(AUDIENCE, f"{facet.value}:{code}", name, facet.value)
        for facet, labels in TERM_LABELS.items()
        for code, name in labels.items()
    ]
    return tuple(sorted(found, key=lambda one: one.id))


def taxonomy(text: str, uri: str) -> Document:
    """The taxonomy itself; `text` describes it, `uri` is where it is published."""
    return {"id": TAXONOMY_ID, "name": TAXONOMY, "description": text, "uri": uri, "version": VERSION}


def term(one: OwnTerm, names: Mapping[str, str], language: str, *, plain: bool) -> Document:
    """One term; `names` by two-letter language, of which `language` (by its two letters) leads.

    Plain HSDS knows one language for a term; the national profile gives all of them.
    """
    name = names[language]
    return compact({
        "id": one.id, "code": one.code, "name": name, "description": name, "taxonomy": TAXONOMY,
        "taxonomy_id": TAXONOMY_ID, "language": language,
        "parent_id": one.parent_id,
        "names": None if plain else dict(names),
    })  # fmt: skip
