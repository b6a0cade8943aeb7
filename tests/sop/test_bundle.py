"""What a phone takes along of a form."""

from __future__ import annotations

from sop.bundle import bundle
from sop.forms import load_form


def test_the_bundle_has_one_language_and_nothing_that_only_the_server_needs() -> None:
    tree = bundle(load_form(), "fr", lambda text: f"<{text}>")
    assert all(isinstance(one["label"], str) for one in tree["questions"] if "label" in one)
    assert not {"category", "fact", "row"} & {key for one in tree["questions"] for key in one}
    assert tree["messages"]["required"] == "<Please answer this question.>"
    assert set(tree["order"]) == {one["name"] for one in (*tree["questions"], *tree["groups"])}
