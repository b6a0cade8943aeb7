"""No way from statistics to a name: the package imports nothing that opens sealed data, and asks for no such column."""

from __future__ import annotations

import ast
from pathlib import Path

from sqlalchemy import LargeBinary

from referral.cases.models import Case, CaseNeed
from referral.config import ROOT
from referral.people.models import Person
from referral.referrals.models import Referral

FOLDER = ROOT / "referral" / "statistics"
CLOSED = {"sealing", "keystore", "searching"}
CODED = {
    "Case": {"region", "priority", "identified_at", "opened_at", "person_id", "id"},
    "CaseNeed": {"need", "state", "case_id", "opened_at"},
    "Person": {"id", "age_group", "sex"},
    "Referral": {
        "need", "state", "decline_reason", "non_delivery_reason", "speed", "sent_at", "decided_at", "completed_at",
    },
}  # fmt: skip
"""Every column that the counts read."""


def trees() -> list[tuple[Path, ast.Module]]:
    found = [(path, ast.parse(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.py"))]
    assert len(found) > 10
    return found


def test_nothing_that_opens_sealed_data_is_imported() -> None:
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                names = {*(node.module or "").split("."), *(name.name for name in node.names)}
                assert not names & CLOSED, f"{path.name}:{node.lineno}"
            if isinstance(node, ast.Import):
                assert not any(set(name.name.split(".")) & CLOSED for name in node.names), f"{path.name}:{node.lineno}"


def test_only_coded_columns_are_read() -> None:
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in CODED:
                assert node.attr in CODED[node.value.id], f"{path.name}:{node.lineno}: {node.value.id}.{node.attr}"


def test_the_columns_are_coded_indeed() -> None:
    for model in (Case, CaseNeed, Person, Referral):
        for column in CODED[model.__name__]:
            assert not isinstance(model.__table__.columns[column].type, LargeBinary)
