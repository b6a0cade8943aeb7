"""The page client finds each fault that it promises to find, and fills forms as a browser would."""

from __future__ import annotations

import pytest
from flask import Flask, Response, request

from referral.foundation import headers
from tests.page_client import PageClient, PageFault

GOOD = (
    '<!doctype html><html lang="fr"><head><title>Essai – MNR</title></head><body><main id="main"><h1>Essai</h1>'
    '<a href="#main">haut</a><h2>Deux</h2>'
    '<form method="post" action="/say"><input type="hidden" name="csrf_token" value="t">'
    '<label for="a">A</label><input id="a" name="a" value="1">'
    '<label><input type="checkbox" name="b" value="2" checked> B</label><label for="c">C</label>'
    '<select id="c" name="c"><option value="x">X</option><option value="y" selected>Y</option></select>'
    '<label for="d">D</label><textarea id="d" name="d">\nline</textarea>'
    '<button name="do" value="save">Envoyer</button></form>'
    '<svg aria-hidden="true"><path d="M0 0"/></svg></main></body></html>'
)


@pytest.fixture
def site() -> Flask:
    app = Flask("site", static_folder=None)
    app.config["SETTINGS"] = type("Quiet", (), {"production": False})
    app.extensions["page"] = GOOD
    headers.init_app(app)
    app.add_url_rule("/", "page", lambda: app.extensions["page"])
    app.add_url_rule(
        "/say", "say", lambda: GOOD.replace("haut", repr(request.form.to_dict(flat=False))), methods=["POST"]
    )
    app.add_url_rule("/away", "away", lambda: Response(status=303, headers={"Location": "/"}))
    return app


def test_a_good_page_has_no_fault(site: Flask) -> None:
    page = PageClient(site).get("/away")
    assert (page.url, page.title, page.status) == ("/", "Essai", 200)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (' lang="fr"', "", "no lang"),
        ("<h1>Essai</h1>", "", "0 <h1>"),
        ("<h1>Essai</h1>", "<h1>Essai</h1><h1>Essai</h1>", "2 <h1>"),
        ("<title>Essai", "<title>MNR Essai", "does not start with"),
        ('<main id="main">', '<main id="a">', "id twice"),
        ('<label for="a">A</label>', "", "no label: a"),
        ('<label for="a">A</label>', '<label for="a"></label>', "empty label: a"),
        ('<label for="d">D</label>', "", "no label: d"),
        ('<label for="a">', '<label for="z">', "an id that is not there: z"),
        ('href="#main"', 'href="#z"', "an id that is not there: z"),
        ('<input type="hidden" name="csrf_token" value="t">', "", "0 csrf fields"),
        ('method="post"', 'method="get"', "would stand in the URL"),
        ("<h2>Deux</h2>", "<h3>Deux</h3>", "heading skips from h1 to h3"),
        ("<h2>Deux</h2>", "<h2> </h2>", "empty h2"),
        (">haut</a>", "></a>", "<a> without a name"),
        (">Envoyer<", "><", "<button> without a name"),
        (' aria-hidden="true"', "", "svg without a name"),
        ("<h2>Deux</h2>", '<img src="/x">', "picture without alt"),
        ("<h2>Deux</h2>", "<script>1</script>", "inline script"),
        ("<h2>Deux</h2>", "<style>p{}</style>", "inline style"),
        ('id="a"', 'id="a" style="x"', "inline style="),
        ('id="a"', 'id="a" onclick="x"', "inline onclick="),
        ('href="#main"', 'href="javascript:x"', "href='javascript:x'"),
        ("<h2>Deux</h2>", "<p>%(name)s</p>", "placeholder"),
        ("<h2>Deux</h2>", "<p>", "</main> where <p> is open"),
        ("</main>", "</div></main>", "</div> where <main> is open"),
        ("</html>", "", "never closed"),
        ('id="a"', 'id="a" id="b"', "attribute twice"),
        ("<h2>Deux</h2>", "<fieldset><p>x</p></fieldset>", "fieldset without legend"),
    ],
)  # fmt: skip
def test_each_fault_is_found(site: Flask, before: str, after: str, fault: str) -> None:
    assert before in GOOD
    site.extensions["page"] = GOOD.replace(before, after)
    with pytest.raises(PageFault) as found:
        PageClient(site).get("/")
    assert fault in str(found.value)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Content-Security-Policy", "default-src *"),
        ("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'"),
        ("X-Content-Type-Options", ""),
        ("Referrer-Policy", "origin"),
        ("Cache-Control", "public"),
    ],
)
def test_a_weak_header_is_found(site: Flask, header: str, value: str) -> None:
    def weaken(answer: Response) -> Response:
        answer.headers[header] = value
        return answer

    site.after_request_funcs[None].insert(0, weaken)
    with pytest.raises(PageFault):
        PageClient(site).get("/")


def test_a_form_is_sent_with_what_it_holds_and_what_is_filled_in(site: Flask) -> None:
    client = PageClient(site)
    client.get("/")
    page = client.submit("a", a="neuf", do="save")
    assert list(page.links) == [
        "{'csrf_token': ['t'], 'a': ['neuf'], 'b': ['2'], 'c': ['y'], 'd': ['line'], 'do': ['save']}"
    ]


def test_a_field_can_be_left_out_and_an_unknown_one_is_refused(site: Flask) -> None:
    client = PageClient(site)
    client.get("/")
    assert "'b'" not in next(iter(client.submit("Envoyer", b=None).links))
    with pytest.raises(AssertionError, match="has no"):
        client.submit("Envoyer", nonsense="1")
    with pytest.raises(AssertionError, match="no form"):
        client.submit("Supprimer")


def test_a_post_takes_the_token_of_the_last_page(site: Flask) -> None:
    client = PageClient(site)
    client.get("/")
    assert list(client.post("/say", {"x": "1"}).links) == ["{'csrf_token': ['t'], 'x': ['1']}"]
