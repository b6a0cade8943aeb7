"""Run the suite on both databases side by side: everything on SQLite, what asks the database on PostgreSQL too.

The longest part begins first and a part begins when another ends, so that two processors end together.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BROWSER, LIBRARIES = ("tests/browser",), ("tests/sop", "tests/directory")
AREAS = ("tests/referral",)
THE_REST = ("tests", *(f"--ignore={folder}" for folder in BROWSER + LIBRARIES))
ACROSS = (*THE_REST, *(f"--ignore={folder}" for folder in AREAS))
"""What goes through all pages: some ten files, as long as all areas together, so that neither runs on alone."""
COUNTRY = "tests/referral/demonstration"
"""Made of actions that their own tests run on both databases; building it takes long."""
PARTS = {
    "PostgreSQL": ("postgresql", "application and not once and not slow", (*THE_REST, f"--ignore={COUNTRY}")),
    "SQLite, every page": ("sqlite", "not slow", ACROSS),
    "SQLite, area by area": ("sqlite", "not slow", AREAS),
    "SQLite, browser": ("sqlite", "not slow", BROWSER),
    "pure libraries": ("sqlite", "not slow", LIBRARIES),
}
"""Name -> (database, which tests, where), the longest first."""
AT_ONCE = 3
"""One more than the processors of the smallest machine: the browser's part often waits."""


def start(database: str, marker: str, places: Sequence[str], output: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pytest", "-q", "-m", marker, "--durations=5", *places]
    return subprocess.Popen(
        command, env={**os.environ, "MNR_TEST_DATABASE": database}, stdout=output, stderr=subprocess.STDOUT
    )


def main() -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        paths = {part: Path(folder) / part for part in PARTS}

        def run(part: str) -> int:
            with paths[part].open("wb") as file:
                return start(*PARTS[part], file.fileno()).wait()

        with ThreadPoolExecutor(AT_ONCE) as threads:
            codes = dict(zip(PARTS, threads.map(run, PARTS), strict=True))
        counts, failed = {"passed": 0, "failed": 0, "skipped": 0}, [part for part, code in codes.items() if code]
        for part, path in paths.items():
            text = path.read_text(errors="replace")
            print(f"===== {part} =====\n{text}", flush=True)
            for number, word in re.findall(r"(\d+) (passed|failed|error|skipped)", text.splitlines()[-1]):
                counts["failed" if word == "error" else word] += int(number)
    minutes = (time.monotonic() - began) / 60
    trouble = f"; failed on {', '.join(failed)}" if failed else ""
    browser = "Chromium" if shutil.which("chromium") else "none, chromium is not installed"
    print(f"databases: SQLite and PostgreSQL; browser: {browser}; {minutes:.1f} minutes{trouble}")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
