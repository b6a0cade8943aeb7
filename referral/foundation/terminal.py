"""What every command of the command line does alike: read the clock, and print for people or for programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import click


def now() -> datetime:
    """The moment at which a command runs."""
    return datetime.now(UTC)  # noqa: TID251 - a command is an entrance, like a view


def say(result: Any, as_json: bool, words: list[str]) -> None:
    """Words for people; JSON as the last line printed for programs."""
    for line in words:
        click.echo(line, err=as_json)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
