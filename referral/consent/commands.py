"""`flask consent …`: decide cases from files, explain a decision in plain words, take those of the register again."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from referral.foundation.terminal import now, say
from sop.vocabulary import Need

consent = AppGroup("consent", help="The sharing decision: decide cases from files, explain one, check the register.")


@consent.command("decide")
@click.argument("cases", type=click.Path(path_type=Path))
@click.option("--base", required=True, type=click.Path(path_type=Path), help="The base request (YAML).")
@click.option("--json", "as_json", is_flag=True, help="Print the decisions as JSON on the last line.")
def consent_decide(cases: Path, base: Path, as_json: bool) -> None:
    """Decide each case of a file. Exit 0: all decided; 2: cannot be read."""
    from referral.consent.casebook import report

    decisions, code = report(base, cases)
    words = [" ".join(str(value) for value in decision.values()) for decision in decisions]
    say(decisions, as_json, words)
    sys.exit(code)


@consent.command("explain")
@click.argument("case")
@click.argument("recipient")
@click.argument("need", type=click.Choice([need.value for need in Need], case_sensitive=False))
@click.option("--lang", default="en", type=click.Choice(["en", "fr"]), help="Language of the sentences.")
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as JSON on the last line.")
@with_appcontext
def consent_explain(case: str, recipient: str, need: str, lang: str, as_json: bool) -> None:
    """Say whether a RECIPIENT (name, acronym or id) may see a CASE (code) for a NEED now, why, and the lawful ways on.

    Nothing of the person is opened, and nothing is recorded. Exit 0: allowed; 1: refused; 2: no such case or recipient.
    """
    from flask_babel import force_locale

    from referral.consent.queries.explaining import Unknown, explain_about

    with force_locale(lang):
        try:
            explanation = explain_about(case, recipient, Need(need.upper()), now=now())
        except Unknown as problem:
            say({"error": str(problem)}, as_json, [str(problem)])
            sys.exit(2)
        say(explanation.to_json(), as_json, explanation.words())
    sys.exit(0 if explanation.decision.allowed else 1)


@consent.command("check")
@click.option("--case", "code", default="", help="Only the decisions about the case of this code.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON on the last line.")
@with_appcontext
def consent_check(code: str, as_json: bool) -> None:
    """Take every decision of the register again from what was kept, and count them against the audit trail.

    Exit 0: all give the same answer (or were taken under earlier rules); 1: some differ, were changed or are missing;
    2: no such case.
    """
    from referral.consent.queries.checking import check

    report = check(code)
    if report is None:
        say({"error": "no such case"}, as_json, [f"no case has the code {code}"])
        sys.exit(2)
    say(report.to_json(), as_json, report.words())
    sys.exit(0 if report.ok else 1)
