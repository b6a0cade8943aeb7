"""The macros of templates/components: accessible, escaped, and state never told by colour alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, flash, request

from referral.config import ROOT
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.referral.foundation.framed import make_framed_app, write

HOSTILE = "<script>alert(1)</script>\"'{{ 7*7 }}"


@pytest.fixture(scope="module")
def framed(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_framed_app(tmp_path_factory.mktemp("framed"))


def show(app: Flask, content: str, *, imports: str, **values: object) -> Page:
    """The page that holds `content`, read by a French user; the page client has checked it."""
    file, names = imports.split(":")
    app.jinja_env.globals.update(values)
    write(app, content, f'{{% from "components/{file}.html" import {names} %}}')
    return PageClient(app).get("/page?in=1")


def classes(page: Page, name: str) -> list[str]:
    return [found.text for found in page.tree.iter() if name in found.get("class").split()]


@pytest.mark.parametrize(
    "kind", ["text", "email", "tel", "number", "password", "search", "time", "file", "textarea", "tick"]
)
def test_a_field_has_its_label_hint_and_error_tied_to_it(framed: Flask, kind: str) -> None:
    page = show(
        framed, '{{ field("a", "Un mot", hint="Aide", error="Faux", type=kind) }}', imports="forms:field", kind=kind
    )
    control = next(found for found in page.tree.iter() if found.get("id") == "f-a")
    assert control.get("name") == "a"
    assert "f-a-error" in control.get("aria-describedby")
    assert control.get("aria-invalid") == "true"
    assert "Faux" in page.text
    assert "Aide" in page.text


@pytest.mark.parametrize("kind", ["radio", "checkbox", "date"])
def test_a_group_has_a_legend_and_its_error_is_read_with_it(framed: Flask, kind: str) -> None:
    page = show(
        framed,
        '{{ field("a", "Une question", type=kind, error=["Faux", "et encore"], choices=[("x", "Oui")]) }}',
        imports="forms:field",
        kind=kind,
    )
    group = page.tree.first("fieldset")
    assert group is not None
    assert group.get("aria-describedby") == "f-a-error"
    assert "Faux et encore" in page.text
    assert any(found.get("id") == "f-a" for found in group.iter("input"))


@pytest.mark.parametrize("kind", ["text", "textarea", "search"])
def test_what_was_typed_comes_back_as_text(framed: Flask, kind: str) -> None:
    page = show(
        framed,
        '<form>{{ field("a", typed, value=typed, type=kind, hint=typed, error=typed) }}</form>',
        imports="forms:field",
        kind=kind,
        typed=HOSTILE,
    )
    assert page.form("a").fields["a"] == HOSTILE
    assert "49" not in page.text


def test_a_password_never_comes_back(framed: Flask) -> None:
    page = show(framed, '{{ field("a", "Mot", value="secret", type="password") }}', imports="forms:field")
    assert "secret" not in page.html


def test_choices_that_were_made_are_still_made(framed: Flask) -> None:
    page = show(
        framed,
        '<form>{{ field("a", "A", type="radio", value="y", choices=two) }}'
        '{{ field("b", "B", type="checkbox", value=["x", "y"], choices=two) }}'
        '{{ field("c", "C", type="select", value="y", choices=two) }}{{ field("d", "D", type="tick", value=True) }}'
        '{{ field("e", "E", type="date", value={"e-day": "31", "e-month": "2", "e-year": "2020"}) }}</form>',
        imports="forms:field",
        two=[("x", "Oui"), ("y", "Non")],
    )
    assert page.form("a").fields == {
        "a": "y", "b": ["x", "y"], "c": "y", "d": "yes", "e-day": "31", "e-month": "2", "e-year": "2020",
    }  # fmt: skip


def test_only_fields_that_may_stay_empty_say_so(framed: Flask) -> None:
    page = show(framed, '{{ field("a", "A") }}{{ field("b", "B", required=True) }}', imports="forms:field")
    assert page.text.count("(facultatif)") == 1
    assert [found.get("name") for found in page.tree.iter("input") if found.has("required")] == ["b"]


def test_the_error_summary_counts_and_leads_to_the_fields(framed: Flask) -> None:
    page = show(
        framed,
        '{{ error_summary({"a": ["Trop long."], "b": "Vide.", "_schema": ["Tout est faux."]}, [("a", "Nom")]) }}'
        '{{ field("a", "Nom") }}{{ field("b", "Âge", type="radio", choices=[("1", "un")]) }}',
        imports="forms:error_summary, field",
    )
    assert "3 points à corriger" in page.text
    assert "Tout est faux." in page.text
    assert page.links["Nom : Trop long."] == "#f-a"
    assert page.links["Vide."] == "#f-b"


def test_each_tone_has_a_sign_of_its_own(framed: Flask) -> None:
    page = show(
        framed,
        '{% for tone in ["late", "soon", "ok", "info", "hold"] %}{{ tag(tone, "mot") }}{% endfor %}',
        imports="tag:tag",
    )
    assert sorted(classes(page, "tag")) == sorted(["!mot", "?mot", "✓mot", "imot", "◌mot"])


def test_reasons_are_told_by_sign_and_word(framed: Flask) -> None:
    page = show(framed, '{{ reasons([("yes", "a"), ("no", "b"), ("unknown", "c")]) }}', imports="reasons:reasons")
    said = [
        " ".join(item.text.split()) for item in page.tree.iter("li") if item.get("class") in ("yes", "no", "unknown")
    ]
    assert said == ["✓oui : a", "✕non : b", "?à vérifier : c"]


def test_steps_say_which_is_done_and_which_is_now(framed: Flask) -> None:
    page = show(
        framed,
        '{{ steps(items, "Étapes") }}',
        imports="steps:steps",
        items=[
            {"label": "A", "state": "done"},
            {"label": "B", "state": "now", "note": "hier"},
            {"label": "C", "state": "next"},
        ],
    )
    steps = [item for item in page.tree.iter("li") if item.get("class") in ("done", "now", "next")]
    assert [step.get("aria-current") for step in steps] == ["", "step", ""]
    assert [step.text for step in steps] == ["✓A (fait)", "●B (maintenant) hier", "C (à venir)"]


def test_the_sharing_panel_names_each_lock_and_category_with_its_state(framed: Flask) -> None:
    page = show(
        framed,
        "{{ locks(three) }}{{ categories(crossing) }}",
        imports="sharing:locks, categories",
        three=[
            {"label": "Consentement", "answer": "no", "text": "retiré"},
            {"label": "Rôle", "answer": "yes", "text": "infirmière"},
        ],
        crossing=[
            {"label": "Identité", "state": "sent"},
            {"label": "Traite", "state": "withheld", "text": "refusé"},
            {"label": "X", "state": "?"},
        ],
    )
    said = page.text
    assert "✕fermé : Consentement retiré" in said
    assert "✓ouvert : Rôle infirmière" in said
    assert "✓sera transmis" in said
    assert "✕refusé" in said
    assert "✕non transmis" in said  # a state that the macro does not know is never shown as sent


def test_a_figure_has_its_definition_and_its_table(framed: Flask) -> None:
    page = show(
        framed,
        '{{ figure("Par besoin", picture|safe, "Compté à l’envoi.", columns, rows, "by-need", ["Total", 1503]) }}',
        rows=[["Santé <b>", 1278], ["Abri", "–"]],
        imports="figure:figure",
        picture='<svg role="img" aria-label="Par besoin"></svg>',
        columns=[{"label": "Besoin", "kind": "head"}, {"label": "Envoyés", "kind": "num"}],
    )
    assert "Compté à l’envoi." in page.text
    cells = [cell.text for cell in page.tree.iter("th", "td")]
    assert cells == ["Besoin", "Envoyés", "Santé <b>", "1 278", "Abri", "–", "Total", "1 503"]


def test_cells_carry_their_columns_name_for_the_phone(framed: Flask) -> None:
    page = show(
        framed,
        '{{ data_table("T", [{"label": "Besoin", "kind": "head"}, {"label": "État"}], [["a", "b"]]) }}',
        imports="table:data_table",
    )
    assert [cell.get("data-label") for cell in page.tree.iter("td")] == ["État"]


def test_a_deadline_shows_its_moment(framed: Flask) -> None:
    page = show(
        framed,
        "{{ deadline(due|deadline) }}{{ deadline(none|deadline) }}",
        imports="deadline:deadline",
        due=NOW - timedelta(hours=5),
    )
    assert [found.get("datetime") for found in page.tree.iter("time")] == ["2026-11-23T05:00+01:00"]
    assert "en retard de 5" in page.text


def test_a_confirmation_posts_and_offers_the_way_back(framed: Flask) -> None:
    page = show(
        framed,
        '{% call confirm("Cela sera rappelé.", "/do", "Rappeler", "/back", danger=True) %}{% endcall %}',
        imports="confirm:confirm",
    )
    assert page.form("/do").method == "post"
    assert page.links["Non, revenir"] == "/back"


def test_pager_timeline_empty_and_crumbs_hold_what_they_are_given(framed: Flask) -> None:
    write(
        framed,
        '{{ crumbs([("Dossiers", "/a"), (typed, None)]) }}{{ pager("/next", "/first") }}{{ pager() }}'
        '{{ timeline([{"at": now, "text": typed, "by": typed, "tone": "late"}]) }}{{ empty("Rien", typed) }}',
        '{% from "components/crumbs.html" import crumbs %}{% from "components/pager.html" import pager %}'
        '{% from "components/timeline.html" import timeline %}{% from "components/empty.html" import empty %}',
    )
    framed.jinja_env.globals["typed"] = HOSTILE
    page = PageClient(framed).get("/page")
    assert page.links["Suivants ›"] == "/next"
    assert page.links["Revenir au début"] == "/first"
    assert page.text.count("<script>alert(1)</script>") == 4


def test_the_frame_shows_navigation_by_role_and_lights_the_present_page(framed: Flask) -> None:
    write(framed, "")
    page = PageClient(framed).get("/page?in=1")
    assert list(page.links)[2:5] == ["Mes dossiers", "Annuaire", "Procédure"]
    assert page.form("Se déconnecter").method == "post"
    with framed.test_request_context("/cases.index?in=1"):
        request.url_rule = next(rule for rule in framed.url_map.iter_rules() if rule.endpoint == "cases.index")
        lit = [link.label for link in framed.jinja_env.globals["navigation"]() if link.active]  # type: ignore[operator]
    assert lit == ["My cases"]


def test_a_stranger_sees_the_languages_but_no_account(framed: Flask) -> None:
    write(framed, "")
    page = PageClient(framed).get("/page")
    assert "Se déconnecter" not in page.text
    assert "FR" in page.text
    assert "Mes dossiers" not in page.text


def test_messages_are_announced_politely_or_at_once(tmp_path: Path) -> None:
    app = make_framed_app(tmp_path)
    write(app, "")

    @app.before_request
    def speak() -> None:
        flash("Fait.", "success")
        flash(HOSTILE, "error")

    page = PageClient(app).get("/page")
    assert [
        (found.get("role"), found.text) for found in page.tree.iter("div") if "flash" in found.get("class").split()
    ] == [
        ("status", "Fait."),
        ("alert", HOSTILE),
    ]


@pytest.mark.parametrize("status", [400, 404, 409, 413, 422, 429, 500, 503])
def test_error_pages_give_a_sentence_a_way_on_and_a_reference(framed: Flask, status: int) -> None:
    page = PageClient(framed).get(f"/error?status={status}&in=1")
    assert page.status == status
    assert page.title == "Un titre"
    assert "Une phrase." in page.text
    assert "AB12CD34" in page.text
    assert "/" in page.links.values()
    assert ("Mes dossiers" in page.text) == (status < 500)


def test_every_component_says_how_it_is_used() -> None:
    files = sorted((ROOT / "templates" / "components").glob("*.html"))
    assert len(files) >= 14
    assert [path.name for path in files if not path.read_text().startswith("{#-")] == []
