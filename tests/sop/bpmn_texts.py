"""Small BPMN files for the tests, and a flowchart that uses everything a flowchart can say."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Final

from sop.bpmn.ladder import Imported, bring_in
from sop.bpmn.names import BPMN
from sop.flowchart import Flowchart

M: Final = f"{{{BPMN}}}"

EVERYTHING: Final = """
sop: {id: "T 1", version: 2.1.0, status: draft, languages: [fr, en], title: {fr: "Titre", en: "Title"},
  notice: {fr: "À valider", en: "To be confirmed"}, loop_budget: P100D, valid_from: "2027-01-01", supersedes: 2.0.0}
stages: {a: {fr: "Début", en: "Beginning"}, b: {fr: "Suite", en: "Then"}}
fields:
  urgent: bool
  age: {enum: [minor, adult]}
  needs: {set: [MED, ASI]}
  tries: {int: [0, 5]}
lanes:
  CM: {fr: "Gestionnaire & <équipe>", en: "Manager"}
  PROV: {fr: "Prestataire", en: "Provider"}
  NONE: {en: "Nobody"}
nodes:
- {id: S, kind: start, lane: CM, stage: a, fr: "Entrée", en: "Entry"}
- {id: V, kind: start, lane: CM, event: any_time, fr: "Retrait", en: "Withdrawal"}
- {id: G, kind: consent, lane: CM, stage: b, grants: [case, provider], forms: [F1, F2], fr: "Accord", en: "Consent",
   deadline: {critical: PT1H, high: PT4H, medium: P1D, low: P2D}, clock: business, locked: true}
- {id: L, kind: legal_basis, lane: CM, grants: [vital], fr: "Base", en: "Basis", deadline: PT1H, sets: [urgent]}
- {id: D, kind: decision, lane: CM, fr: "Urgent ?", en: "Urgent?"}
- {id: B, kind: rule, lane: CM, fr: "Tri", en: "Triage"}
- {id: "O 1", kind: split_or, lane: CM, fr: "Voies", en: "Ways"}
- {id: P_MED, kind: pathway, need: MED, lane: PROV, actor: {fr: "Hôpital", en: "Hospital"}, fr: "Santé", en: "Health"}
- {id: P_ASI, kind: pathway, need: ASI, lane: PROV, fr: "Asile", en: "Asylum"}
- {id: X, kind: share, lane: PROV, requires: [case], requires_for: {ASI: [provider, vital]}, shares: [C1, C2],
   fr: "Envoi", en: "Send", actor: {fr: "Centre", en: "Centre"},
   note: {fr: "Au minimum\\nnécessaire", en: "As little as possible"}}
- {id: W, kind: wait, lane: PROV, timer: true, max_visits: 3, fr: "Attente", en: "Wait", deadline: P1D}
- {id: J, kind: join_or, lane: CM, fr: "Fin des voies"}
- {id: T, kind: task, lane: CM, invalidates: [provider], fr: "Faire", en: "Do"}
- {id: E, kind: end, lane: CM, fr: "Fin", en: "End"}
constraints:
- {id: K1, from: S, to: X, priority: critical, max: PT24H, avoid: [L, W], why: {fr: "Vite", en: "Fast"}}
forbidden:
- {id: Z1, from: S, to: X, given: "age == minor", avoid_ok: [G], why: {fr: "Jamais", en: "Never"}}
conflicts:
- {id: Q1, kind: waits_for, needs: [ASI], others: [MED], why: {fr: "Les soins d’abord", en: "Care first"}}
- {id: Q2, kind: first, needs: [MED]}
loop_default_then: T
edges:
- [S, B, "", ""]
- [B, D, "", ""]
- [T, D, "", "", {loop: {max: 2}}]
- [D, L, "urgent", "oui", {en: "yes"}]
- [D, G, "else", "", {}]
- [L, "O 1", "", ""]
- [G, "O 1", "", ""]
- ["O 1", P_MED, "MED in needs", "santé"]
- ["O 1", P_ASI, "ASI in needs and tries < 3", ""]
- ["O 1", J, "", ""]
- [P_MED, X, "", ""]
- [P_ASI, X, "", ""]
- [X, W, "", ""]
- [W, J, "tries >= 3", "assez"]
- [W, X, "else", "encore", {loop: true, max: 3, then: J}]
- [J, T, "", ""]
- [T, E, "", ""]
- [V, E, "urgent", "vite"]
- [V, T, "else", "sinon"]
"""
"""Also what is not sound: the exchange carries it, the checks judge it."""


def bpmn(inside: str, *, more: str = "") -> bytes:
    """One process with this content; `more` stands beside it."""
    process = f'<process id="p">{inside}</process>'
    return f'<definitions xmlns="{BPMN}" id="d" targetNamespace="urn:t">{more}{process}</definitions>'.encode()


def flow(key: str, source: str, target: str, name: str = "") -> str:
    """A sequence flow."""
    return f'<sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}" name="{name}"/>'


REFERRAL: Final = (
    '<startEvent id="s" name="Accueil"/><userTask id="c" name="Recueillir le consentement"/>'
    '<exclusiveGateway id="g" name="Consentement ?"/><task id="x" name="Référer vers le centre de santé"/>'
    '<endEvent id="e" name="Fin"/><endEvent id="n" name="Clos"/>'
    + flow("f1", "s", "c")
    + flow("f2", "c", "g")
    + flow("f3", "g", "x", "Oui")
    + flow("f4", "g", "n", "Non")
    + flow("f5", "x", "e")
)
"""A drawing as a partner may send it: nothing of ours in it."""


def back(data: bytes) -> Imported:
    """What an import of these bytes gives."""
    return bring_in([("file.bpmn", data)])


def chart_of(data: bytes) -> Flowchart:
    """The flowchart in these bytes."""
    found = back(data).flowchart
    assert found is not None
    return found


def named(root: ET.Element, key: str) -> ET.Element:
    """The BPMN element of this id."""
    return next(one for one in root.iter() if one.get("id") == key and one.tag.startswith(M))
