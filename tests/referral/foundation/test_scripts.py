"""Scripts lose what means nothing and nothing else."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from referral.config import ROOT
from referral.foundation.assets import load
from referral.foundation.scripts import Unreadable, squeezed

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("script", "small"),
    [
        ("let a = 1;\n\nlet b = 2;\n", "let a=1;let b=2;"),
        ("a()\nb()\n", "a()\nb()"),
        ("if (a) {\n  b();\n}\nelse c();", "if(a){b();}\nelse c();"),
        ("return a in b;", "return a in b;"),
        ("x = a + +b - -c + ++d;", "x=a+ +b- -c+ ++d;"),
        ("x++\ny++", "x++\ny++"),
        ("'a  // b' + \"c /* d */\" + `e  ${ f }  g`", "'a  // b'+\"c /* d */\"+`e  ${ f }  g`"),
        ("a = b / c / d; // ratio", "a=b/c/d;"),
        ("a = /[/ ']  +/g.test(b) ? /\\/ /: c;", "a=/[/ ']  +/g.test(b)?/\\/ /:c;"),
        ("f(/ +/, x); return /  /.exec(y);", "f(/ +/,x);return/  /.exec(y);"),
        ("a /* one\n two */ b", "a\nb"),
        ("const é = 'ü'; $a = _b;", "const é='ü';$a=_b;"),
        ("async (a) => { await b; }", "async(a)=>{await b;}"),
    ],
)
def test_spaces_and_comments_go_where_nothing_depends_on_them(script: str, small: str) -> None:
    assert squeezed(script) == small


def test_a_template_within_a_template_is_refused_rather_than_guessed() -> None:
    with pytest.raises(Unreadable):
        squeezed("a = `x ${b ? `y` : ''}`;")


@pytest.mark.skipif(shutil.which("node") is None, reason="no JavaScript parser on this machine")
def test_every_script_that_is_served_can_be_read_by_a_browser(tmp_path: Path) -> None:
    for name, asset in load(ROOT / "static", ROOT / "templates").items():
        if name.endswith(".js"):
            file = tmp_path / Path(name).name
            file.write_bytes(asset.body)
            found = subprocess.run(["node", "--check", str(file)], capture_output=True, check=False)
            assert found.returncode == 0, (name, found.stderr.decode()[:400])
