import doctest
import importlib
import pkgutil

import pytest

import directory

MODULES = [f"directory.{module.name}" for module in pkgutil.iter_modules(directory.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_library_stands_alone():
    import subprocess
    import sys

    code = (
        "import sys, importlib\n"
        f"for name in {MODULES!r}: importlib.import_module(name)\n"
        "print([n for n in ('flask', 'sqlalchemy', 'sop', 'referral') if n in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
