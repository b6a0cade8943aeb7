import re
from datetime import UTC, datetime

import pypdfium2
import pytest
import segno
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import Babel

from referral.foundation.documents import Document
from referral.foundation.paper import House
from referral.foundation.pictures import Picture
from sop.scene import GREEN, Rect, Scene, Text

AT = datetime(2026, 11, 18, 13, 5, tzinfo=UTC)
LONG = "x" * 10_000
HOSTILE = {
    "unclosed tag": "Awa <b>Ngo",
    "closing tag": "</para></b> Ngo",
    "local file": '<img src="/etc/passwd"/>Ngo',
    "local picture": '<img src="/usr/share/pixmaps/debian-logo.png" width="10" height="10"/>',
    "link": '<a href="http://evil.example/">Ngo</a>',
    "entity": "Ngo & fils &lt; &#0; &nosuch;",
    "long word": LONG,
    "long text": "Ngo Biyiha " * 300,
    "NUL": "Ngo\x00\x01\x1b[31m",
    "emoji": "Ngo 🙂👩🏽‍⚕️",
    "right to left": "\u202eNgo\u202c عائشة ישראל",
    "lone surrogate": "Ngo\ud800",
    "template": "{{ 7*7 }} %s %(name)s ${x}",
    "line breaks": "a\r\nb\rc\u2028d",
    "empty": "",
}


def document(**options):
    return Document("Fiche", **({"lang": "fr", "printed_at": AT, "reference": "CM-LT-2026-00042"} | options))


def pages(content):
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]


def text_of(built):
    return "\n".join(pages(built.render()))


def filled(text):
    """Every block, with the same text in every place that takes one."""
    house = House(text, text, text)
    margins = {"reference": text, "audit_head": text, "house": house}
    built = Document(text, lang="fr", printed_at=AT, subtitle=text, qr="CM-1", **margins)
    return (
        built.heading(text)
        .heading(text, 3)
        .paragraph(text)
        .fields([(text, text), (text, None)], columns=2)
        .fields([("x", text)])
        .bullets([text])
        .table([text, "x"], [[text, text], ["x", text]], numeric={1})
        .ticks([(text, True), ("x", False)], columns=2)
        .notice(text, title=text)
        .qr("CM-LT-2026-00042", text)
        .pictured(Scene(100, 50, (Text(1, 20, (text[:500], "x")),), "t"), text, text)
        .signatures([text, text, text])
    )


HOSTILE_TEXTS = [
    pytest.param(text, id=name, marks=pytest.mark.slow if name == "long word" else ())  # it fills many pages
    for name, text in HOSTILE.items()
]


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_hostile_text_in_every_block_is_printed_and_nothing_is_embedded(text):
    content = filled(text).render()
    pdf = pypdfium2.PdfDocument(content)
    assert b"/Subtype /Image" not in content
    assert b"/URI" not in content
    assert b"/Annot" not in content
    assert b"root:x:" not in content
    assert len(pdf) <= 60


def test_markup_in_a_name_is_printed_as_it_was_written():
    name = 'Awa <b>Ngo</b> & <img src="/etc/passwd"/> &amp;'
    printed = text_of(document().paragraph(name).table(["Nom"], [[name]]).fields([("Nom", name)]).notice(name))
    assert printed.count(name) == 4


def test_a_long_name_is_printed_whole_over_several_pages():
    printed = text_of(document().fields([("Nom", LONG)]).table(["Nom", "x"], [[LONG, ""]]))
    assert printed.count("x") >= 20_000


def test_the_same_content_gives_the_same_bytes_and_another_time_others():
    assert filled("Aïssatou").render() == filled("Aïssatou").render()
    built = document().paragraph("Aïssatou")
    later = document(printed_at=datetime(2026, 11, 18, 13, 6, tzinfo=UTC)).paragraph("Aïssatou")
    assert built.render() == built.render()
    assert built.render() != later.render()


def test_letters_of_cameroonian_languages_are_in_the_embedded_face():
    letters = "ɓ ɗ ŋ ɔ ɛ ǝ Ɓ Ɗ Ŋ Ɔ Ɛ Ǝ œ Œ « » ’ –"
    content = document().paragraph(letters).render()
    assert letters in pages(content)[0]
    assert b"FiraSans-Regular" in content
    assert b"/FontFile2" in content


def test_signs_that_the_face_lacks_are_printed_as_their_neighbours():
    printed = text_of(document().paragraph("12\u202f500 F, Douala 3ᵉ"))
    assert "12\u00a0500 F, Douala 3e" in printed.replace("12 500", "12\u00a0500")


def test_an_amount_is_not_broken_at_its_no_break_spaces():
    for length in range(70, 100):
        lines = text_of(document().paragraph("a" * length + " 12\u202f500\u202fF")).replace("\xa0", " ").splitlines()
        assert any("12 500 F" in line for line in lines)


def test_metadata_say_what_it_is_and_nothing_of_whom():
    content = document(house=House("MNR Cameroun")).paragraph("Aïssatou Ngo").fields([("Nom", "Ngo")]).render()
    facts = pypdfium2.PdfDocument(content).get_metadata_dict()
    assert facts["Title"] == "Fiche"
    assert facts["Author"] == "MNR Cameroun"
    assert facts["Subject"] == "CM-LT-2026-00042"
    assert facts["CreationDate"] == "D:20000101000000+00'00'"
    assert not any("Ngo" in value for value in facts.values())


@pytest.mark.parametrize(("lang", "tag"), [("fr", b"fr"), ("en", b"en"), ("../x", b"fr")])
def test_the_language_is_in_the_catalogue(lang, tag):
    assert re.search(rb"/Lang \(" + tag + rb"\)", document(lang=lang).render())


def test_margins_carry_house_reference_head_date_and_page_numbers():
    house = House("MNR Cameroun", "MINAS (démonstration)", "Démonstration")
    first, second = pages(document(house=house, audit_head="412 3f2a91c0").page_break().paragraph("fin").render())
    for page, number in ((first, "Page 1 of 2"), (second, "Page 2 of 2")):
        assert number in page
        for expected in ("MNR Cameroun", "MINAS (démonstration)", "Démonstration", "CM-LT-2026-00042", "3f2a91c0"):
            assert expected in page
        assert "18 novembre 2026, 14:05" in page


def test_the_time_is_that_of_douala_also_over_midnight():
    printed = text_of(document(lang="en", printed_at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC)))
    assert "1 January 2027, 00:30" in printed


def test_refuses_a_time_without_zone():
    with pytest.raises(ValueError, match="time zone"):
        document(printed_at=datetime(2026, 11, 18, 13, 5))  # noqa: DTZ001


@pytest.mark.parametrize("text", ["Aïssatou", "Awa Ngo", "", "a" * 201, "CM\n1", " CM"])
def test_a_qr_code_takes_a_reference_only(text):
    with pytest.raises(ValueError, match="reference only"):
        document().qr(text)
    if text:
        with pytest.raises(ValueError, match="reference only"):
            document(qr=text)


def test_a_qr_code_is_the_one_of_its_reference():
    content = document().qr("CM-LT-2026-00042-R03").render()
    image = pypdfium2.PdfDocument(content)[0].render(scale=4).to_pil().convert("L")
    matrix = [list(row) for row in segno.make("CM-LT-2026-00042-R03", error="m", micro=False, boost_error=False).matrix]
    black = image.crop((0, 440, 500, 900)).point(lambda value: 255 if value < 40 else 0)
    left, top, right, bottom = black.getbbox()
    unit = (right - left) / len(matrix)
    assert abs((right - left) - (bottom - top)) <= 2
    centres = [(number + 0.5) * unit for number in range(len(matrix))]
    seen = [[int(black.getpixel((int(left + x), int(top + y))) > 0) for x in centres] for y in centres]
    assert seen == matrix


def test_a_tick_shows_in_grey():
    def darkness(ticked):
        content = Document("x", lang="fr", printed_at=AT).ticks([("Accepté", ticked)]).render()
        image = pypdfium2.PdfDocument(content)[0].render(scale=4).to_pil().convert("L")
        return sum(image.histogram()[:90])

    assert darkness(True) > darkness(False) + 100


def test_table_header_is_repeated_on_each_page():
    built = document().table(["Catégorie", "Contenu"], [[f"C{row}", "x"] for row in range(120)])
    printed = pages(built.render())
    assert len(printed) >= 3
    assert all("Catégorie Contenu" in page for page in printed)


def test_blocks_accept_nothing_to_show():
    printed = text_of(document().table(["Rien"], []).ticks([]).fields([]).bullets([]).fields([("Vide", "")]))
    assert "Rien" in printed
    assert "Vide —" in printed


def test_signature_boxes_stay_together_on_the_next_page():
    built = document(reference="")
    for _ in range(31):
        built.paragraph("ligne")
    first, second = pages(built.signatures().render())
    assert "Signature" not in first
    for expected in ("Signature", "Thumbprint", "Witness", "Name", "Date"):
        assert expected in second


def test_a_picture_wider_than_the_page_is_made_to_fit():
    wide = Scene(4000, 100, (Rect(0, 0, 4000, 100, fill=GREEN), Text(3990, 60, "FIN", size=60, anchor="end")), "Large")
    tall = Scene(100, 4000, (Rect(0, 0, 100, 4000, fill=GREEN),), "Haut")
    printed = pages(document().put(lambda: [Picture(wide)]).put(lambda: [Picture(tall)]).render())
    assert "FIN" in printed[0]
    assert len(printed) == 2


def test_margins_speak_the_document_s_language_and_not_the_page_s(tmp_path):
    catalogue = Catalog(locale="fr")
    catalogue.add("Page %(page)d of %(pages)d", "Page %(page)d sur %(pages)d")
    catalogue.add("Witness", "Témoin")
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    app = Flask("printing")
    Babel(app, default_translation_directories=str(tmp_path), locale_selector=lambda: "en")
    with app.test_request_context():
        french = text_of(document(lang="fr").signatures())
        english = text_of(document(lang="en").signatures())
    assert "Page 1 sur 1" in french
    assert "Témoin" in french
    assert "Page 1 of 1" in english
    assert "Witness" in english
