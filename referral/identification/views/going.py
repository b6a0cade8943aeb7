"""Where a filled-in form belongs and where its pages lead back to: the identifications, or its case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, url_for
from flask_babel import gettext as _

from referral.cases.models import Case
from referral.extensions import db
from referral.foundation.i18n import translate
from referral.foundation.navigation import url_of
from referral.identification.models import Submission, SubmissionState
from referral.identification.views import bp
from referral.procedures.models import FormVersion
from sop.form_index import BY_NAME


@dataclass(frozen=True, slots=True)
class Home:
    """`case`: that of a form inside a case, else None; `trail`: the crumbs before the page; `url`: the way out."""

    case: Case | None
    title: str
    trail: list[tuple[str, str]]
    url: str


def home(submission: Submission) -> Home:
    """Where a draft belongs; a form that opens a file belongs to nothing before it is submitted."""
    if submission.case_id is None or submission.state is not SubmissionState.DRAFT:
        index = url_for("identification.index")
        return Home(None, _("New identification"), [(_("Identifications"), index)], index)
    case = db.session.get_one(Case, submission.case_id)
    url = url_of("cases.show", case_id=case.id) or url_for("identification.case_forms", case_id=case.id)
    trail = [(case.code, url), (_("Forms"), url_for("identification.case_forms", case_id=case.id))]
    return Home(case, form_title(db.session.get_one(FormVersion, submission.form_version_id)), trail, url)


def form_title(version: FormVersion) -> str:
    """Code and name of a form as the procedure calls it; of a form of one's own, its title."""
    entry = BY_NAME.get(version.name)
    return f"{entry.code} {translate(entry.label)}" if entry else version.title


bp.add_app_template_filter(form_title, "form_title")


def to_screen(draft: Submission) -> Any:
    """Lead to where a draft is gone on with."""
    return redirect(url_for("identification.screen", submission_id=draft.id, name=draft.screen), 303)
