"""Each recipe of the documentation ends with a guard, and the guard is there."""

from __future__ import annotations

import re

import pytest

from referral.config import ROOT

PAGE = (ROOT / "docs" / "recipes.md").read_text()
RECIPES = {part.splitlines()[0]: part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]}
TEST = re.compile(r"`(tests/[\w/]+\.py)`")
SOURCE = re.compile(r"`((?:referral|sop|directory|templates|docs|migrations|translations)/[\w./-]+\.\w+)`")


def test_what_the_architecture_promises_has_a_recipe() -> None:
    assert set(RECIPES) >= {
        "A question of the form",
        "A step of the procedure",
        "An attribute of a service",
        "An indicator",
        "A page",
        "A role, a permission, a state, an action",
    }


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_names_its_guard_and_the_guard_has_tests(recipe: str) -> None:
    _steps, separator, guard = RECIPES[recipe].partition("\nGuard:")
    assert separator, "no line that begins with Guard:"
    named = TEST.findall(guard)
    assert named, "the guard names no test file"
    for name in named:
        assert "def test_" in (ROOT / name).read_text() or name == "tests/page_client.py", name


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_names_only_files_that_are_there(recipe: str) -> None:
    assert [name for name in SOURCE.findall(RECIPES[recipe]) if not (ROOT / name).exists()] == []


def test_the_recipe_of_a_page_names_the_matrix_and_the_navigation() -> None:
    guard = RECIPES["A page"].partition("\nGuard:")[2]
    assert {"tests/test_access_matrix.py", "tests/test_navigation.py"} <= set(TEST.findall(guard))
