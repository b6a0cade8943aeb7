"""Run the suite on both databases side by side: everything on SQLite, what needs the application on PostgreSQL too.

What needs no application, and the browser, run beside the application's tests, so that two processors end together.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

QUICK = "not slow"
APPLICATION = f"application and not browser and {QUICK}"
PARTS = {
    "SQLite, application": ("sqlite", APPLICATION),
    "PostgreSQL, application": ("postgresql", APPLICATION),
    "SQLite, pure libraries and browser": ("sqlite", f"(browser or not application) and {QUICK}"),
}
"""Name -> (database, which tests)."""


def start(database: str, marker: str, output: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pytest", "-q", "-m", marker, "--durations=5"]
    return subprocess.Popen(
        command, env={**os.environ, "MNR_TEST_DATABASE": database}, stdout=output, stderr=subprocess.STDOUT
    )


def main() -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        runs = {}
        for part, (database, marker) in PARTS.items():
            path = Path(folder) / part
            with path.open("wb") as file:
                runs[part] = (start(database, marker, file.fileno()), path)
        counts, failed = {"passed": 0, "failed": 0, "skipped": 0}, []
        for part, (process, path) in runs.items():
            if process.wait() != 0:
                failed.append(part)
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
