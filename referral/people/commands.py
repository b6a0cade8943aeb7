"""`flask people …`: find the same person twice in a list, and build the search index again."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from referral.foundation.terminal import now, say

people = AppGroup("people", help="Persons: the same one twice in a list; the search index.")


@people.command("match")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Tell the possible pairs too, not only the probable ones.")
@click.option("--json", "as_json", is_flag=True, help="Print the pairs as JSON on the last line.")
def people_match(file: Path, everything: bool, as_json: bool) -> None:
    """Find pairs that are one person in a CSV list. Bad rows are set aside. Exit 0: read; 2: cannot be read.

    Columns: id, family_name, given_names, sex, birth_date, place, phone, document_number, address; any may be absent.
    The score is the probability that both rows are one person.
    """
    from referral.people.matching import Verdict, listing
    from referral.people.matching.pairing import pairs

    try:
        listed = listing.load(file)
    except listing.Unreadable as problem:
        say({"error": str(problem), "file": file.name}, as_json, [f"{file}: {problem}"])
        sys.exit(2)
    least = Verdict.POSSIBLE if everything else Verdict.PROBABLE
    found = [
        {
            "a": listed.ids[pair.one],
            "b": listed.ids[pair.other],
            "score": round(pair.comparison.probability, 6),
        }
        for pair in pairs(listed.people, least=least)
    ]
    words = [f"row {one['row']} {one['id']}: {one['reason']}" for one in listed.refused]
    if not as_json:
        words += [f"{one['a']} {one['b']} {one['score']}" for one in found]
    words.append(f"{len(listed.people)} persons compared, {len(found)} pairs, {len(listed.refused)} rows set aside")
    say(found, as_json, words)


@people.command("reindex")
@click.option("--json", "as_json", is_flag=True, help="Print how many were indexed as JSON on the last line.")
@with_appcontext
def people_reindex(as_json: bool) -> None:
    """Build the search index again: after a migration, a new token key or new rules of spelling. Exit 0."""
    from referral.people.actions import reindex

    count = reindex(now=now())
    say({"indexed": count}, as_json, [f"{count} persons indexed"])
