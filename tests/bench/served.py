"""The real application on a furnished database, served: `python -m tests.bench.served URL DIR PORT`."""

from __future__ import annotations

import sys
from dataclasses import replace

from flask import Flask, Response, g
from sqlalchemy import event

from referral import create_app
from referral.config import Settings
from referral.serve import settle_memory

KEY_COMMITS = "X-Key-Commits"
"""The header in which this server tells how often the key store committed for an answer."""


def application(url: str, folder: str) -> Flask:
    """The application as a server builds it, but for passwords that are cheap to check."""
    environment = {"MNR_ENV": "test", "MNR_INSTANCE": folder, "DATABASE_URL": url}
    return create_app(replace(Settings.from_env(environment), fast_passwords=True))


def tell_key_commits(app: Flask) -> None:
    """Say in each answer how often the key store committed for it, so that the floor can do the same."""

    @event.listens_for(app.extensions["mnr.keystore"].engine, "commit")
    def _count(_connection: object) -> None:
        g.key_commits = g.get("key_commits", 0) + 1

    @app.after_request
    def _tell(response: Response) -> Response:
        response.headers[KEY_COMMITS] = str(g.get("key_commits", 0))
        return response


def main() -> None:
    """Serve with one process, as `run.py` does."""
    import waitress

    url, folder, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    app = application(url, folder)
    tell_key_commits(app)
    settle_memory()
    waitress.serve(app, host="127.0.0.1", port=port, threads=4)


if __name__ == "__main__":
    main()
