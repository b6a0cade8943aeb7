"""The French catalogue is complete: every id translated, with the same placeholders, none unseen by extraction."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from referral.config import ROOT
from referral.foundation.catalogue import extract, problems, variable_ids

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'


def test_every_message_is_translated_into_french() -> None:
    assert problems(ROOT, "fr") == []


def test_every_message_id_can_be_seen_by_extraction() -> None:
    assert variable_ids(ROOT) == []


def test_french_never_parts_a_word_from_the_sign_that_follows_it() -> None:
    path = ROOT / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        texts = [
            text for message in read_po(file) for text in ((message.string,), message.string)[message.pluralizable]
        ]
    assert [text for text in texts if re.search(r"\S [;:?!»](\s|$)|« ", text)] == []


def house(tmp_path: Path, catalogue: str) -> Path:
    """A small project with two messages and a catalogue."""
    for folder in ("referral", "sop", "directory", "templates", "translations/fr/LC_MESSAGES"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "sop" / "a.py").write_text('x = Message("c", N_("in %(n)d days"))\n')
    (tmp_path / "templates" / "a.html").write_text(
        '{{ _("Hello") }} {% trans trimmed n=n %}one\n  case{% pluralize %}%(n)s cases{% endtrans %}'.replace(
            "%(n)s", "{{ n }}"
        )
    )
    (tmp_path / "translations/fr/LC_MESSAGES/messages.po").write_text(HEAD + catalogue)
    return tmp_path


COMPLETE = (
    'msgid "Hello"\nmsgstr "Bonjour"\n\nmsgid "in %(n)d days"\nmsgstr "dans %(n)d jours"\n\n'
    'msgid "one case"\nmsgid_plural "%(n)s cases"\nmsgstr[0] "un dossier"\nmsgstr[1] "%(n)s dossiers"\n'
)


def test_a_complete_catalogue_has_no_problem(tmp_path: Path) -> None:
    root = house(tmp_path, COMPLETE)
    assert set(extract(root)) == {"Hello", "in %(n)d days", ("one case", "%(n)s cases")}
    assert problems(root, "fr") == []
    assert variable_ids(root) == []


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ('msgid "Hello"\nmsgstr "Bonjour"\n', "", "no translation: 'Hello'"),
        ('msgstr "Bonjour"', 'msgstr ""', "no translation: 'Hello'"),
        ('msgid "Hello"', '#, fuzzy\nmsgid "Hello"', "fuzzy: 'Hello'"),
        ('"dans %(n)d jours"', '"dans des jours"', "other placeholders"),
        ('"dans %(n)d jours"', '"dans %(m)d jours"', "other placeholders"),
        ('"dans %(n)d jours"', '"dans %(n)d % jours"', "a % that is not doubled"),
        ('msgstr[1] "%(n)s dossiers"', 'msgstr[1] ""', "no translation: 'one case'"),
        ('msgstr[1] "%(n)s dossiers"', 'msgstr[1] "%(num)s dossiers"', "other placeholders"),
    ],
)
def test_each_kind_of_gap_is_found(tmp_path: Path, before: str, after: str, found: str) -> None:
    assert before in COMPLETE
    messages = problems(house(tmp_path, COMPLETE.replace(before, after)), "fr")
    assert len(messages) == 1
    assert messages[0].startswith(found)


def test_ids_that_extraction_cannot_see_are_named(tmp_path: Path) -> None:
    root = house(tmp_path, COMPLETE)
    (root / "templates" / "b.html").write_text("<p>\n{{ _(title) }}</p>")
    (root / "sop" / "b.py").write_text('y = Message("c", "never marked")\n')
    assert variable_ids(root) == ["b.html:2", "sop/b.py:1"]
