"""The main job as ten steps of one story, each done through the pages by somebody who signed in with both steps."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO

import pypdfium2

from tests.browser.tabs import Person
from tests.referral.identification.walk import ADULT, CONSENT

FAMILY_NAME, GIVEN_NAME, PHONE = ADULT["family_name"], ADULT["given_names"], ADULT["phone"]
ANSWERS = {**ADULT, "no_shelter": "yes", "child_in_household": "yes", "needs": ["MED", "PSY"]}
"""An adult with a child and without shelter: urgent needs, which do not wait for the plan."""
AGREED = ("C1", "C2", "C6")
SCREENS = 20


@dataclass
class Story:
    """Who takes part, the day it is, and what the story learns on its way."""

    enter: Callable[[str], Person]
    today: date
    language: str
    case: str = ""
    code: str = ""
    referral: str = ""
    place: str = ""
    papers: dict[str, str] = field(default_factory=dict)

    def keep_paper(self, name: str, content: bytes) -> str:
        """The words of a PDF, kept under a name."""
        document = pypdfium2.PdfDocument(BytesIO(content))
        self.papers[name] = "\n".join(page.get_textpage().get_text_range() for page in document)
        return self.papers[name]


def identify(story: Story) -> None:
    """1. The first responder fills in the form, leaves it as a draft, comes back, and submits it."""
    responder = story.enter("responder")
    responder.look("1-identifications")
    responder.follow("/identifications/new")
    responder.look("1-search-first")
    responder.press('main form[action="/identifications"] button')
    answers = {**ANSWERS, "identified_on": story.today.isoformat()}
    for number in range(1, SCREENS):
        if "/screens/" not in responder.path:
            break
        shown = [one.get_attribute("value") for one in responder.tab.locator('main [name="shown"]').all()]
        responder.fill({name: answers[name] for name in shown if name in answers}, "q-")
        responder.look(f"1-screen-{number}")
        responder.press(f'main button[value="{"save" if number == 2 else "next"}"]')
        if number == 2:
            responder.look("1-drafts")
            responder.follow("/screens/")
            responder.press('main button[value="next"]')
    assert FAMILY_NAME in responder.look("1-review")
    responder.press('main form[action*="/identifications/"] button')
    story.case = re.search(r"[0-9a-f-]{36}", responder.path).group()  # type: ignore[union-attr]
    story.code = responder.tab.inner_text("h1")
    assert re.fullmatch(r"CM-LT-\d{4}-\d{5}", story.code)
    assert FAMILY_NAME not in responder.look("1-prefile")


def consent_to_help(story: Story) -> None:
    """1b. Base consent; the case is active and the first responder's access ends."""
    responder = story.enter("responder")
    prefile = f"/prefiles/{story.case}"
    story.keep_paper("information sheet", responder.download(f"{prefile}/information-sheet"))
    responder.go(f"{prefile}/consent")
    responder.look("1b-base-consent")
    responder.press('main form[action*="/consent"] button')
    responder.look("1b-base-consent-errors")
    responder.fill(CONSENT)
    responder.press('main form[action*="/consent"] button')
    assert story.code in responder.look("1b-handed-over")
    assert responder.tab.request.get(prefile).status == 404


def open_case(story: Story) -> None:
    """2. The case manager finds the case, reads what to do and why, and sees where it stands on the procedure."""
    manager = story.enter("manager")
    assert story.code in manager.look("2-cases")
    manager.follow(f"/cases/{story.case}")
    assert FAMILY_NAME not in manager.look("2-case")
    manager.follow("/procedure")
    manager.look("2-procedure")
    manager.go(f"/cases/{story.case}/plan")
    manager.look("2-plan")
    manager.go(f"/cases/{story.case}")
    manager.press('main form[action$="/identity"] button')
    assert FAMILY_NAME in manager.look("2-identity")


def choose(story: Story) -> None:
    """3. Services with reasons; on demand those ruled out, and why."""
    manager = story.enter("manager")
    manager.go(f"/cases/{story.case}")
    manager.follow("/needs/MED/services")
    manager.look("3-services")
    manager.go(f"/cases/{story.case}/needs/MED/services?show=excluded")
    manager.look("3-services-excluded")
    story.place = manager.tab.get_attribute('main [name="service"]', "value")
    manager.press('main form[action$="/services"] button')
    story.referral = re.search(r"/referrals/[0-9a-f-]{36}", manager.path).group()  # type: ignore[union-attr]


def agree(story: Story) -> None:
    """4. The person's answer for this service, category by category, with the form on paper in both languages."""
    manager = story.enter("manager")
    manager.go(f"{story.referral}/preview")
    manager.look("5-ask-first")
    assert not manager.tab.locator('main form[action$="/send"]').count()
    manager.go(f"{story.referral}/consent")
    manager.look("4-consent")
    for language in ("fr", "en"):
        form = manager.download(f"{story.referral}/consent-form.pdf?lang={language}")
        story.keep_paper(f"consent form {language}", form)
    until = story.today + timedelta(days=180)
    manager.fill({"choice": "consent", "language": "fra", "understood": "yes", "free": "yes", "mark": "signature"})
    for category in AGREED:
        manager.tab.locator(f'main [name="categories"][value="{category}"]').check()
    manager.fill({"valid_until": f"{until.year}-{until.month}-{until.day}"})
    manager.press('main form:has([name="choice"]) button')


def check_and_send(story: Story) -> None:
    """5 and 6. What will cross and what is withheld, by which lock; then the referral and its slip."""
    manager = story.enter("manager")
    crossing = manager.look("5-preview")
    assert FAMILY_NAME in crossing, crossing
    assert PHONE in crossing
    manager.press('main form[action$="/send"] button')
    manager.look("6-sent")
    story.keep_paper("slip", manager.download(f"{story.referral}/slip.pdf"))
    manager.go(f"/cases/{story.case}")
    manager.look("6-case")


def answer(story: Story) -> None:
    """7. The service acknowledges, accepts, starts, delivers; the case manager sees it."""
    provider = story.enter("provider")
    assert story.code in provider.look("7-inbox")
    provider.go(story.referral)
    assert FAMILY_NAME in provider.look("7-received")
    provider.press(f'main form[action="{story.referral}/acknowledge"] button')
    provider.look("7-acknowledged")
    provider.go(f"{story.referral}/decline")
    provider.look("7-decline")
    provider.go(f"{story.referral}/accept")
    tomorrow = story.today + timedelta(days=1)
    provider.fill({"appointment": tomorrow.isoformat(), "appointment_time": "09:00"})
    provider.look("7-accept")
    provider.press('main form[action$="/accept"] button')
    provider.look("7-accepted")
    act(provider, story.referral, "start")
    provider.look("7-started")
    provider.go(f"{story.referral}/deliver")
    provider.look("7-deliver")
    provider.tab.locator('main [name="reason"]').first.check()
    provider.press('main form[action$="/deliver"] button')
    provider.look("7-delivered")
    manager = story.enter("manager")
    manager.go(story.referral)
    manager.look("7-sender")
    manager.go(f"/cases/{story.case}")
    manager.look("7-case")


def act(provider: Person, referral: str, action: str) -> None:
    """Do an action from its page, or at once where it has none."""
    at_once = f'main form[action="{referral}/{action}"] button'
    if not provider.tab.locator(at_once).count():
        provider.go(f"{referral}/{action}")
    provider.press(at_once)


def count(story: Story) -> None:
    """8. The committee reads the figures of a quarter and takes a table along; no way leads to a name."""
    committee = story.enter("committee")
    assert FAMILY_NAME not in committee.look("8-statistics")
    table = committee.tab.get_attribute('main a[href$=".csv"]', "href")
    story.papers["csv"] = committee.download(table).decode("utf-8-sig")
    for path in (f"/cases/{story.case}", story.referral, f"/prefiles/{story.case}", f"/register/{story.case}"):
        assert committee.tab.request.get(path).status in (403, 404), path


def keep_entry(story: Story) -> None:
    """9. The partner corrects hours, places and contacts and confirms; the ranking shows it at once."""
    provider = story.enter("provider")
    provider.go("/directory/own")
    provider.look("9-own")
    own = f"/directory/own/{story.place}"
    for section, values in (
        ("hours", {f"{day}-1-{edge}": at for day in week() for edge, at in (("opens", "00:00"), ("closes", "00:00"))}),
        ("capacity", {"status": "available", "available": "7", "maximum": "12"}),
        ("contacts", {"c1-title": "Accueil", "c1-phones": "+237 000 45 45 45"}),
    ):
        provider.go(f"{own}/{section}")
        provider.fill(values)
        provider.look(f"9-{section}")
        provider.press(f'main form[action="{own}/{section}"] button')
    provider.go("/directory/own")
    provider.press(f'main form[action="{own}/confirm"] button[value="all"]')
    provider.look("9-confirmed")
    provider.go(f"/directory/{story.place}")
    provider.look("9-entry")
    manager = story.enter("manager")
    manager.go(f"/cases/{story.case}/needs/PSY/services")
    assert "7" in manager.look("9-ranking")


def week() -> tuple[str, ...]:
    """The days as the form of opening hours names them."""
    return ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def control(story: Story) -> None:
    """10. The data officer reads every decision and access on the case, and verifies the whole trail."""
    officer = story.enter("officer")
    officer.go("/register")
    assert story.code in officer.look("10-register")
    officer.go(f"/register/{story.case}")
    assert FAMILY_NAME not in officer.look("10-case-register")
    officer.go("/audit")
    officer.look("10-audit")
    officer.press('main form[action="/audit"] button')
    officer.look("10-verified")
    assert officer.tab.locator('section.now[role="status"]').count()


STEPS = (identify, consent_to_help, open_case, choose, agree, check_and_send, answer, count, keep_entry, control)
