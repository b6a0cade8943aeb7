"""Who may call what: every endpoint × every role × relation to the object, expected status written by hand.

DOMAIN, "Who uses it", and the grants say what is expected; nothing here is computed from them. The columns:

    stranger   not signed in                          focal      listed on the service, its focal point
    responder  identified everybody                   nurse      listed; took the referral `taken`
    patrol     first responder, same organisation     midwife    listed; took nothing
    manager    case manager of `case`                 clerk      works at the hospital, listed nowhere
    colleague  case manager, same organisation        warden     provider of another organisation (a refuge)
    outsider   case manager, other organisation       coordinator, committee, officer (data), admin (system)
    supervisor of the case's organisation; boss: supervisor of the other one

Objects are those of tests/town.py: `prefile`, `danger`, `child`, `interests` wait for base consent, `case` was handed
over (so `responder` is out), `declined` was refused and erased; versions of the procedure are `in_force`, `consulted`
(with one comment), `approved`, `drafted`, `drawn` (a drawing, not yet read) and `set_aside` after its consultation;
versions of forms are `form_active`, `form_draft` and `form_withdrawn`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from flask import Flask, url_for

from directory import hsds_terms
from referral.api.queries.terms import ALL as TERMS
from referral.extensions import db
from tests.conftest import DATABASE, rolled_back
from tests.town import STAFF, Town, build_town
from tests.visitors import STRANGER, Visitors

pytestmark = pytest.mark.application

ORGANIZATION = "organization_id"
COLUMNS = (
    "stranger", "responder", "patrol", "manager", "colleague", "outsider", "supervisor", "boss", "focal", "nurse",
    "midwife", "clerk", "warden", "coordinator", "committee", "officer", "admin",
)  # fmt: skip

TABLE = """
#                                                   str res pat man col out sup bos foc nur mid cle war coo com off adm
language                     POST  -                303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
static                       GET   -                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
partners.home                GET   -                200 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
partners.health              GET   -                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
partners.security_text       GET   -                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
partners.sign_in             GET   -                200 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
partners.sign_in_post        POST  -                422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422
partners.sign_in_code        POST  -                401 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422
partners.sign_out            POST  -                401 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
partners.account             GET   -                303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
partners.change_password     POST  -                401 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422
partners.accounts            GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200
partners.agreements          GET   -                303 404 404 200 200 200 200 200 200 200 200 200 200 200 200 200 404
partners.matrix              GET   -                303 404 404 200 200 200 200 200 200 200 200 200 200 200 200 200 404
partners.agreement           GET   talked           303 404 404 200 200 404 200 404 200 200 200 200 404 200 200 200 404
partners.agreement_pdf       GET   sketch           303 404 404 200 200 404 200 404 200 200 200 200 404 200 200 200 404
partners.signature           GET   both             303 404 404 200 200 404 200 404 200 200 200 200 404 200 200 200 404
partners.signature           GET   lawyers          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
partners.new_agreement       GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
partners.new_agreement       POST  -                401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
partners.edit_agreement      GET   sketch           303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
partners.edit_agreement      GET   both             303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
partners.edit_agreement      POST  talked           401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
partners.edit_agreement      POST  both             401 404 404 404 404 404 404 404 404 404 404 404 404 409 404 404 404
partners.comment_agreement   POST  talked           401 404 404 404 404 404 303 404 303 303 303 303 404 404 404 404 404
partners.comment_agreement   POST  lawyers          401 404 404 404 404 404 409 404 409 409 409 409 404 404 404 404 404
partners.answer_agreement    POST  talked           401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
partners.answer_agreement    POST  sketch           401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
partners.move_agreement      GET   sketch           303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
partners.move_agreement      GET   both             303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
partners.move_agreement      POST  sketch           401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
partners.move_agreement      POST  both             401 404 404 404 404 404 404 404 404 404 404 404 404 409 404 404 404
partners.suspend_agreement   GET   agreement        303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 200 404
partners.suspend_agreement   POST  agreement        401 404 404 404 404 404 404 404 404 404 404 404 404 303 303 303 404
partners.suspend_agreement   POST  both             401 404 404 404 404 404 404 404 404 404 404 404 404 409 409 409 404
partners.activate_agreement  GET   both             303 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404
partners.activate_agreement  POST  both             401 404 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404
partners.activate_agreement  POST  lawyers          401 404 404 404 404 404 404 404 404 404 404 404 404 404 409 404 404
partners.sign_agreement      GET   lawyers          303 404 404 404 404 404 200 404 200 200 200 200 404 404 404 404 404
partners.sign_agreement      POST  lawyers          401 404 404 404 404 404 303 404 303 303 303 303 404 404 404 404 404
partners.sign_agreement      POST  both             401 404 404 404 404 404 409 404 409 409 409 409 404 404 404 404 404
partners.scan_agreement      GET   lawyers          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
partners.scan_agreement      POST  lawyers          401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404 404
partners.amend_agreement     GET   agreement        303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
partners.amend_agreement     POST  agreement        401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
partners.amend_agreement     POST  sketch           401 404 404 404 404 404 404 404 404 404 404 404 404 409 404 404 404
partners.outbox              GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200
partners.retry_notice        POST  failed           401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 303
partners.retry_notice        POST  unknown          401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404

#                                                   str res pat man col out sup bos foc nur mid cle war coo com off adm
providers.index              GET   -                303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404 404
providers.search             GET   -                303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404 404
providers.search_post        POST  -                401 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404 404
providers.show               GET   place            303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404 404
providers.show               GET   refuge           303 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404 404
providers.own                GET   -                303 404 404 404 404 404 404 404 200 200 200 200 200 303 404 404 404
providers.edit_hours         GET   place            303 404 404 404 404 404 404 404 200 200 200 200 404 200 404 404 404
providers.edit_hours         POST  place            401 404 404 404 404 404 404 404 409 409 409 409 404 409 404 404 404
providers.edit_capacity      GET   place            303 404 404 404 404 404 404 404 200 200 200 200 404 200 404 404 404
providers.edit_capacity      POST  place            401 404 404 404 404 404 404 404 422 422 422 422 404 422 404 404 404
providers.edit_contacts      GET   place            303 404 404 404 404 404 404 404 200 200 200 200 404 200 404 404 404
providers.edit_contacts      POST  place            401 404 404 404 404 404 404 404 422 422 422 422 404 422 404 404 404
providers.edit_offer         GET  workshop     303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.edit_offer         POST workshop     401 404 404 404 404 404 404 404 404 404 404 404 404 409 404 404 404
providers.edit_offer         GET  place        303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.vacancies          GET  workshop     303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.vacancies          POST workshop     401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404 404
providers.vacancies          GET  place        303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.move_vacancy       POST workshop     401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.federation_members GET  federation   303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.federation_members POST federation   401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404 404
providers.federation_members GET  house        303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.end_membership     POST federation   401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.confirm            POST  place            401 404 404 404 404 404 404 404 303 303 303 303 404 303 404 404 404
providers.confirm            POST  refuge           401 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404 404
providers.edit_service       GET   place        303 404 404 404 404 404 404 404 200 200 200 200 404 200 404 404 404
providers.edit_service       POST  place        401 404 404 404 404 404 404 404 422 422 422 422 404 422 404 404 404
providers.history            GET   place        303 404 404 404 404 404 404 404 200 200 200 200 404 200 404 404 404
providers.history            GET   refuge       303 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404 404
providers.undo               POST  place        401 404 404 404 404 404 404 404 303 303 303 303 404 303 404 404 404
providers.set_trust          POST  place        401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.set_trust          POST  refuge       401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.notice             GET   place        303 404 404 404 404 404 404 404 200 200 200 200 404 200 404 404 404
providers.notice             GET   refuge       303 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404 404
providers.notice             POST  place        401 404 404 404 404 404 404 404 303 303 303 303 404 303 404 404 404
providers.end_notice         POST  place        401 404 404 404 404 404 404 404 303 303 303 303 404 303 404 404 404
providers.end_notice         POST  refuge       401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.confirm_all        GET   -            303 404 404 404 404 404 404 404 200 200 200 200 200 404 404 404 404
providers.confirm_all        POST  -            401 404 404 404 404 404 404 404 303 303 303 303 303 404 404 404 404
providers.copy               GET   place        303 404 404 404 404 404 404 404 200 200 200 200 404 200 404 404 404
providers.copy               GET   refuge       303 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404 404
providers.copy               POST  place        401 404 404 404 404 404 404 404 422 422 422 422 404 422 404 404 404
providers.new_entry          GET   -            303 404 404 404 404 404 404 404 200 200 200 200 200 200 404 404 404
providers.new_entry          POST  -            401 404 404 404 404 404 404 404 422 422 422 422 422 404 404 404 404
providers.new_entry_asked    GET   asked        303 404 404 404 404 404 404 404 200 200 200 200 404 200 404 404 404
providers.new_entry_asked    GET   nothing      303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.decide_new_entry   POST  asked        401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.withdraw_new_entry POST  asked        401 404 404 404 404 404 404 404 303 303 303 303 404 404 404 404 404
providers.hide               GET   place        303 404 404 404 404 404 404 404 200 200 200 200 404 200 404 404 404
providers.hide               GET   refuge       303 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404 404
providers.hide               POST  place        401 404 404 404 404 404 404 404 303 303 303 303 404 303 404 404 404
providers.hide               POST  refuge       401 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404 404
providers.settle_hidden      POST  hidden       401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.settle_hidden      POST  nothing      401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.closed             GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.reopen             POST  shut         401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.reopen             POST  place        401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.organization       GET   house        303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404 404
providers.organization       GET   federation   303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404 404
providers.organization       GET   hidden_house 303 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404 404
providers.edit_organization  GET   house        303 404 404 404 404 404 404 404 200 200 200 200 404 200 404 404 404
providers.edit_organization  POST  house        401 404 404 404 404 404 404 404 422 422 422 422 404 422 404 404 404
providers.edit_organization  GET   hidden_house 303 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404 404
providers.confirm_organization POST house       401 404 404 404 404 404 404 404 303 303 303 303 404 303 404 404 404
providers.confirm_organization POST hidden_house 401 404 404 404 404 404 404 404 404 404 404 404 409 404 404 404 404
providers.organization_history GET house        303 404 404 404 404 404 404 404 200 200 200 200 404 200 404 404 404
providers.undo_organization  POST  house        401 404 404 404 404 404 404 404 303 303 303 303 404 303 404 404 404
providers.undo_organization  POST  hidden_house 401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.link               GET   good_link    200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
providers.link               GET   old_link     200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
providers.link               GET   nonsense     404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.link_confirm       POST  good_link    303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
providers.link_confirm       POST  nonsense     404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.link_correct       GET   good_link    200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
providers.link_correct       POST  good_link    422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422
providers.link_correct       GET   old_link     303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
providers.report             GET   place        303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404 404
providers.report             POST  place        401 303 303 303 303 303 303 303 303 303 303 303 303 303 303 404 404
providers.report             GET   refuge       303 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404 404
providers.reports            GET   -            303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404 404
providers.answer_report      POST  told         401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.answer_report      POST  abuse        401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.misconduct         GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
providers.misconduct_report  GET   abuse        303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
providers.misconduct_report  GET   told         303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.misconduct_taken_up POST  abuse        401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 303 404
providers.upkeep             GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.call_outcome       POST  call         401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.proposals          GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.decide             POST  proposal     401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.campaigns          GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.campaigns          POST  -            401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404 404
providers.campaign           GET   campaign     303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.autonomy           GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.set_autonomy       POST  house        401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.set_autonomy       POST  nonsense     401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.suspend_organization GET house       303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.suspend_organization POST house      401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.suspend_organization GET nonsense    303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.lift_suspension    POST  house        401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.lift_suspension    POST  nonsense     401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.area_notices       GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.area_notices       POST  -            401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404 404
providers.move_area_notice   POST  crisis       401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.move_area_notice   POST  unknown      401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.coverage           GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
providers.coverage_file      GET   csv          303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
providers.coverage_file      GET   nonsense     303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.coverage_cell      GET   gap          303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
providers.coverage_cell      GET   nonsense     303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.coverage_cell      POST  gap          401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.withdraw_none      POST  checked      401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.withdraw_none      POST  unknown      401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.undertakings       GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
providers.undertake          POST  gap          401 404 404 404 404 404 404 404 404 404 404 404 404 409 404 404 404
providers.undertake          POST  nonsense     401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.move_undertaking   POST  promise      401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.move_undertaking   POST  unknown      401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.punctuality        GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
providers.punctuality_file   GET   csv          303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
providers.punctuality_file   GET   pdf          303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
providers.punctuality_file   GET   nonsense     303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.coverage_targets   GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.coverage_targets   POST  -            401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.coverage_overlaps  GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
providers.mandates           GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
providers.mandates           POST  -            401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404 404
providers.calendar_periods   GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.calendar_periods   POST  -            401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404 404
providers.remove_period      POST  period       401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.remove_mandate     POST  mandate      401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.what_if            GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
providers.coverage_months    GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
providers.leaflet            GET   place        303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404 404
providers.booklet            GET   CM005        303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404 404
providers.booklet            GET   nonsense     303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.card               GET   place        303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404 404
providers.calendar           GET   place        303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404 404
providers.service_sheet      GET   place        303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404 404
providers.place_sheet        GET   CM005        303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404 404
providers.place_sheet        GET   nonsense     303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.imports            GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.imports            POST  -            401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404 404
providers.workbook_file      GET   -            303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.doubles            GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.double             GET   twins            303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.double             GET   nothing          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.decide_double      POST  twins            401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404 404
providers.decide_double      POST  nothing          401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.undo_double        POST  joined           401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.undo_double        POST  nothing          401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.double_body        GET   twin_houses      303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.double_body        GET   nothing          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.decide_double_body POST  twin_houses      401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404 404
providers.decide_double_body POST  nothing          401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.undo_double_body   POST  joined_houses    401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.undo_double_body   POST  nothing          401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
providers.import_columns     GET   sheet        303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.import_columns     POST  sheet        401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404 404
providers.import_preview     GET   sheet        303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
providers.import_preview     POST  sheet        401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
providers.import_batch       GET   batch        303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.index             GET   -                303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.triage            GET   -                303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.forms             GET   -                303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
people.search                GET   -                303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
people.find                  POST  name             401 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
people.reveal                POST  case             401 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
people.reveal                POST  prefile          401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
people.pairs                 GET   -                303 404 404 404 404 404 200 200 404 404 404 404 404 200 404 404 404
people.pair                  GET   pair             303 404 404 404 404 404 200 404 404 404 404 404 404 404 404 404 404
people.answer                POST  pair             401 404 404 404 404 404 422 404 404 404 404 404 404 404 404 404 404
people.join                  GET   pair             303 404 404 404 404 404 200 404 404 404 404 404 404 404 404 404 404
people.join_post             POST  pair             401 404 404 404 404 404 422 404 404 404 404 404 404 404 404 404 404
people.undo                  GET   merge            303 404 404 404 404 404 200 404 404 404 404 404 404 404 404 404 404
people.undo_post             POST  merge            401 404 404 404 404 404 303 404 404 404 404 404 404 404 404 404 404
rights.case_rights           GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
rights.case_rights           GET   declined         303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
rights.ask                   POST  case             401 404 404 303 404 404 303 404 404 404 404 404 404 404 404 404 404
rights.answer_letter         GET   case             303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
rights.give_file             POST  case             401 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
rights.ask_review            POST  case             401 404 404 303 404 404 303 404 404 404 404 404 404 404 404 404 404
rights.judge                 POST  case             401 404 404 404 404 404 303 404 404 404 404 404 404 404 404 404 404
rights.linked_file           GET   own_link         200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
rights.linked_file           GET   no_link          404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
rights.open_linked_file      POST  own_link         422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422
rights.open_linked_file      POST  no_link          404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
rights.linked_file_pdf       POST  own_link         422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422
rights.linked_file_pdf       POST  no_link          404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
rights.withdraw              GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
rights.withdraw              POST  case             401 404 404 422 404 404 422 404 404 404 404 404 404 404 404 404 404
rights.withdrawal_proof      GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
rights.consent_copy          GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
rights.withdraw_by_link      POST  own_link         422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422
rights.withdraw_by_link      POST  no_link          404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
rights.linked_proof          POST  own_link         422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422
rights.linked_proof          POST  no_link          404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
rights.stops                 GET   -                303 200 200 200 200 200 200 200 200 200 200 200 200 404 404 200 404
rights.confirm_stop          POST  stop             401 404 404 404 404 404 404 404 303 303 303 303 404 404 404 404 404
rights.record_stop           GET   case             303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
rights.record_stop           POST  case             401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
rights.record_stop           GET   mute             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
rights.record_stop           POST  mute             401 404 404 422 404 404 422 404 404 404 404 404 404 404 404 404 404
rights.stop_letter           GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
rights.officer               GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
rights.answer                GET   correction       303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
rights.answer                POST  correction       401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 303 404
rights.answer                POST  erasure          401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 422 404
rights.proof                 GET   erasure          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
rights.proof                 GET   correction       303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
rights.holds                 GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
rights.holds                 POST  -                401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 422 404
rights.hold                  GET   hold             303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
rights.renew_hold            POST  hold             401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 303 404
rights.lift_hold             POST  hold             401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 303 404
rights.erased                GET   declined         303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
rights.erased                GET   case             303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
rights.erased_proof          GET   declined         303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
rights.review                GET   review           303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
rights.review                POST  review           401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 303 404
rights.processing            GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
rights.register_workbook     GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
rights.breaches              GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
rights.breaches              POST  -                401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 303 404
rights.breach_step           POST  breach           401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 303 404
rights.breach_letter         GET   breach           303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
rights.breach_persons        GET   breach           303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
rights.assessment            GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
rights.assessment            POST  -                401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 303 404
statistics.dashboard         GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
statistics.table_csv         GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404

#                                                   str res pat man col out sup bos foc nur mid cle war coo com off adm
procedures.versions          GET   -                303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.version           GET   in_force         303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.version           GET   consulted        303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.version           GET   approved         303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.version           GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.version           GET   set_aside        303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.checks            GET   in_force         303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.checks            GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.version_triage    GET   consulted        303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.version_triage    GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.version_triage_post POST drafted         401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404 404
procedures.version_triage_post POST consulted       401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
procedures.diff              GET   in_force         303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.diff              GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.text              GET   in_force         303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.text              GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.deviations        GET   in_force         303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.deviations        GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.situation         GET   in_force         303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
procedures.situation         GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.procedure_pdf     GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.procedure_docx    GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.drawings_pdf      GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.flowchart_bpmn    GET   in_force         303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.flowchart_bpmn    GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.conformance       GET   in_force         303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
procedures.conformance       GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.simulation        GET   in_force         303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
procedures.simulation        GET   consulted        303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
procedures.simulation        GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.simulation_csv    GET   in_force         303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
procedures.simulation_csv    GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.flowchart_yaml    GET   in_force         303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.flowchart_yaml    GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.triage_csv        GET   in_force         303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.triage_csv        GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.drawing           GET   drawn            303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.drawing           GET   in_force         303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
procedures.new_version       GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.new_version       POST  -                401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404 404
procedures.copy_version      POST  in_force         401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
procedures.edit              GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.edit              GET   consulted        303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
procedures.edit              POST  drafted          401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404 404
procedures.edit              POST  in_force         401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
procedures.import_drawing    GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.import_drawing    POST  -                401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404 404
procedures.wizard            GET   imported         303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.wizard            GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
procedures.wizard            GET   consulted        303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
procedures.wizard            POST  imported         401 404 404 404 404 404 404 404 404 404 404 404 404 409 404 404 404
procedures.wizard            POST  drawn            401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
procedures.wizard            POST  in_force         401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
procedures.consultation      GET   consulted        303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.consultation      GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
procedures.write_comment     POST  consulted        401 303 303 303 303 303 303 303 303 303 303 303 303 303 404 303 404
procedures.write_comment     POST  approved         401 409 409 409 409 409 409 409 409 409 409 409 409 409 404 409 404
procedures.write_comment     POST  drafted          401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
procedures.answer_comment    POST  consulted        401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
procedures.answer_comment    POST  approved         401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
procedures.move              GET   close            303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.move              GET   late             303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
procedures.move              POST  close            401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
procedures.move              POST  start            401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
procedures.move              POST  early            401 404 404 404 404 404 404 404 404 404 404 404 404 409 404 404 404
procedures.approve           GET   consulted        303 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404
procedures.approve           GET   drafted          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
procedures.approve           POST  consulted        401 404 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404
procedures.new_form          GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.new_form          POST  -                401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 404 404
procedures.form_version      GET   form_active      303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.form_version      GET   form_draft       303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
procedures.form_questions    GET   form_active      303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.form_questions    GET   form_draft       303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
procedures.form_checks       GET   form_active      303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.form_checks       GET   form_draft       303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
procedures.form_differences  GET   form_active      303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.form_differences  GET   form_draft       303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
procedures.form_preview      GET   form_active      303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.form_preview      GET   form_draft       303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
procedures.blank_form        GET   form_active      303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.blank_form        GET   form_draft       303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
procedures.form_source       GET   form_active      303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.form_source       GET   form_draft       303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
procedures.form_xform        GET   form_active      303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.form_xform        GET   form_draft       303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
procedures.form_pdf          GET   form_active      303 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.form_pdf          GET   form_draft       303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
procedures.form_version      GET   form_withdrawn   303 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
procedures.form_preview_post POST  form_active      401 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 404
procedures.form_preview_post POST  form_draft       401 404 404 404 404 404 404 404 404 404 404 404 404 200 200 404 404
procedures.form_publish      GET   form_draft       303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.form_publish      GET   form_active      303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
procedures.form_publish      POST  form_draft       401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
procedures.form_publish      POST  form_active      401 404 404 404 404 404 404 404 404 404 404 404 404 409 404 404 404
procedures.form_withdraw     GET   form_draft       303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
procedures.form_withdraw     POST  form_draft       401 404 404 404 404 404 404 404 404 404 404 404 404 303 404 404 404
procedures.form_withdraw     POST  form_withdrawn   401 404 404 404 404 404 404 404 404 404 404 404 404 409 404 404 404

#                                                   str res pat man col out sup bos foc nur mid cle war coo com off adm
cases.index                  GET   -                303 404 404 200 200 200 200 200 404 404 404 404 404 404 404 404 404
cases.alerts                 GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 404 404
cases.show                   GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
cases.show                   GET   prefile          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.show                   GET   declined         303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.procedure              GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
cases.procedure              GET   prefile          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.plan                   GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
cases.plan                   GET   prefile          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.family                 GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
cases.family                 GET   prefile          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.new_link               GET   case             303 404 404 200 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.new_link_post          POST  case             401 404 404 422 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.link                   GET   case             303 404 404 200 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.link                   GET   new              303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.link_post              POST  case             401 404 404 422 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.end_link               GET   case             303 404 404 200 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.end_link_post          POST  case             401 404 404 303 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.searches               GET   -                303 404 404 200 200 200 200 200 404 404 404 404 404 404 404 404 404
cases.contact                GET   case             303 404 404 200 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.contact_post           POST  case             401 404 404 422 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.protection             GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
cases.protection_post        POST  case             401 404 404 422 404 404 422 404 404 404 404 404 404 404 404 404 404
cases.accesses               GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
cases.accesses               GET   prefile          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.step                   GET   new              303 404 404 200 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.step                   GET   case             303 404 404 409 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.step                   GET   prefile          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.step_post              POST  new              401 404 404 422 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.step_post              POST  prefile          401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.clock                  GET   new              303 404 404 200 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.clock                  GET   case             303 404 404 409 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.clock                  GET   prefile          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.clock_post             POST  new              401 404 404 303 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.clock_post             POST  prefile          401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.move_version           GET   case             303 404 404 404 404 404 200 404 404 404 404 404 404 404 404 404 404
cases.move_version           GET   prefile          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.move_version_post      POST  case             401 404 404 404 404 404 409 404 404 404 404 404 404 404 404 404 404
cases.move_version_post      POST  prefile          401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.approve                POST  new              401 404 404 404 404 404 303 404 404 404 404 404 404 404 404 404 404
cases.add_need               POST  case             401 404 404 303 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.add_need               POST  prefile          401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.finish_task            POST  case             401 404 404 303 404 404 404 404 404 404 404 404 404 404 404 404 404
cases.reassign               POST  to_colleague     401 404 404 404 404 404 303 404 404 404 404 404 404 404 404 404 404
cases.reassign               POST  to_outsider      401 404 404 404 404 404 422 404 404 404 404 404 404 404 404 404 404

#                                                   str res pat man col out sup bos foc nur mid cle war coo com off adm
identification.index         GET   -                303 200 200 200 200 200 404 404 404 404 404 404 404 404 404 404 404
identification.start         POST  -                401 303 303 303 303 303 404 404 404 404 404 404 404 404 404 404 404
identification.paper         GET   printed          303 200 200 200 200 200 404 404 404 404 404 404 404 404 404 404 404
identification.paper         GET   sheet            303 200 200 200 200 200 404 404 404 404 404 404 404 404 404 404 404
identification.paper         GET   unknown          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.paper_post    POST  printed          401 303 303 303 303 303 404 404 404 404 404 404 404 404 404 404 404
identification.paper_post    POST  sheet            401 409 409 303 422 422 404 404 404 404 404 404 404 404 404 404 404
identification.paper_post    POST  unknown          401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.screen        GET   draft            303 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.screen        GET   begun            303 404 404 200 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.screen        GET   form_before      303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.save_screen   POST  draft            401 303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.save_screen   POST  begun            401 404 404 303 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.save_screen   POST  form_before      401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.review        GET   draft            303 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.review        GET   begun            303 404 404 200 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.review        GET   finished         303 404 404 303 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.review        GET   form_before      303 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.review        GET   form_after       303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.review        GET   form_declined    303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.submit        POST  draft            401 422 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.save_screen   POST  finished         401 404 404 409 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.submit        POST  finished         401 404 404 303 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.submit        POST  begun            401 404 404 422 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.submit        POST  form_before      401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.interview      POST -                401 303 303 303 303 303 404 404 404 404 404 404 404 404 404 404 404
identification.person_lists  GET   -                303 200 200 200 200 200 404 404 404 404 404 404 404 404 404 404 404
identification.take_list     POST  -                401 422 422 422 422 422 404 404 404 404 404 404 404 404 404 404 404
identification.list_model    GET   -                303 200 200 200 200 200 404 404 404 404 404 404 404 404 404 404 404
identification.person_list   GET   list             303 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.set_columns   POST  list             401 422 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.list_rows     GET   list             303 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.erase_list    GET   list             303 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.erase_list_post POST old_list        401 303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.new           GET   -                303 200 200 200 200 200 404 404 404 404 404 404 404 404 404 404 404
identification.look_first    POST  -                401 422 422 422 422 422 404 404 404 404 404 404 404 404 404 404 404
identification.discard       GET   draft            303 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.discard       GET   begun            303 404 404 200 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.discard_post  POST  rubbish          401 303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.discard_post  POST  form_before      401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.prefile       GET   prefile          303 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.prefile       GET   case             303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.prefile       GET   declined         303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.base_consent  GET   prefile          303 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.base_consent  GET   case             303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.base_consent_post POST prefile       401 422 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.base_consent_post POST case          401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.best_interests GET  interests        303 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.best_interests GET  case             303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.best_interests_post POST interests   401 422 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.record_outside GET  child            303 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.record_outside GET  nonsense         303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.record_outside GET  case             303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.record_outside_post POST child       401 422 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.information_sheet GET prefile        303 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.information_sheet GET declined       303 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.information_sheet GET case           303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.review_emergency GET danger          303 404 404 404 404 404 200 404 404 404 404 404 404 404 404 404 404
identification.review_emergency GET case            303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.review_emergency_post POST danger    401 404 404 404 404 404 303 404 404 404 404 404 404 404 404 404 404
identification.attachment    GET   photo_before     303 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.attachment    GET   photo_after      303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.case_files    GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
identification.case_files    GET   prefile          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.case_file     GET   case             303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.case_forms    GET   new              303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
identification.case_forms    GET   prefile          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.begin_case_form POST new             401 404 404 303 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.begin_case_form POST case            401 404 404 422 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.case_form     GET   finished         303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
identification.case_form     GET   signs            303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
identification.case_form     GET   begun            303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.case_form     GET   form_after       303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.uncover_case_form POST finished      401 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
identification.uncover_case_form POST begun         401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.case_form_pdf GET   finished         303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
identification.case_form_pdf GET   begun            303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
identification.phones        GET   -                303 200 200 200 200 200 404 404 404 404 404 404 404 404 404 404 404
identification.add_phone     POST  -                401 422 422 422 422 422 404 404 404 404 404 404 404 404 404 404 404
identification.revoke_phone  POST  phone            401 303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
openrosa.form_list           GET   -                401 401 401 401 401 401 401 401 401 401 401 401 401 401 401 401 401
openrosa.form                GET   blank            401 401 401 401 401 401 401 401 401 401 401 401 401 401 401 401 401
openrosa.manifest            GET   blank            401 401 401 401 401 401 401 401 401 401 401 401 401 401 401 401 401
openrosa.media               GET   blank            401 401 401 401 401 401 401 401 401 401 401 401 401 401 401 401 401
openrosa.submission          POST  -                401 401 401 401 401 401 401 401 401 401 401 401 401 401 401 401 401
offline.index                GET   -                303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
offline.page                 GET   -                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
offline.worker               GET   -                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
offline.manifest             GET   -                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
offline.session              GET   -                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
offline.kit                  GET   -                303 200 200 200 200 200 404 404 404 404 404 404 404 404 404 404 404
offline.receive              POST  -                401 400 400 400 400 400 404 404 404 404 404 404 404 404 404 404 404

#                                                   str res pat man col out sup bos foc nur mid cle war coo com off adm
consent.register             GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
consent.translations         GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 200 404
consent.translation          GET   fub              303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 200 404
consent.translation          GET   fra              303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.translation_post     POST  fub              401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 422 404
consent.translation_post     POST  fra              401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.leaflet_words        GET   fub              303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 200 404
consent.leaflet_words        GET   ewo              303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.leaflet_words_post   POST  fub              401 404 404 404 404 404 404 404 404 404 404 404 404 422 404 422 404
consent.leaflet_words_post   POST  ewo              401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.case_register        GET   case             303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
consent.audit                GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
consent.audit_post           POST  -                401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
consent.emergency            GET   -                303 200 200 404 404 404 404 404 200 200 200 200 200 404 404 404 404
consent.emergency_post       POST  -                401 422 422 404 404 404 404 404 422 422 422 422 422 404 404 404 404
consent.emergency_access     GET   access           303 404 404 404 404 404 404 404 404 404 404 200 404 404 404 404 404
consent.emergency_renew      POST  access           401 404 404 404 404 404 404 404 404 404 404 422 404 404 404 404 404
consent.emergency_end        POST  access           401 404 404 404 404 404 404 404 404 404 404 303 404 404 404 404 404
consent.case_emergencies     GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
consent.case_emergencies     GET   prefile          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.emergency_told       POST  access           401 404 404 303 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.emergencies          GET   -                303 404 404 404 404 404 200 200 404 404 404 404 404 404 404 404 404
consent.emergency_review     GET   access           303 404 404 404 404 404 200 404 404 404 404 404 404 404 404 404 404
consent.emergency_review_post POST access           401 404 404 404 404 404 422 404 404 404 404 404 404 404 404 404 404
consent.emergency_register   GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
consent.officer_review       GET   access           303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.officer_review_post  POST  access           401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.emergency_waiting    GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 200 404 200 404
consent.case_consents        GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
consent.case_consents        GET   prefile          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.mark                 GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
consent.mark                 GET   prefile          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.add_mark             GET   case             303 404 404 200 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.add_mark_post        POST  case             401 404 404 409 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.case_orders          GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
consent.new_order            GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
consent.new_order_post       POST  case             401 404 404 422 404 404 422 404 404 404 404 404 404 404 404 404 404
consent.order                GET   order            303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
consent.order                GET   adult_report     303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
consent.order_verify         POST  order            401 404 404 404 404 404 422 404 404 404 404 404 404 404 404 404 404
consent.order_counsel        POST  order            401 404 404 404 404 404 409 404 404 404 404 404 404 404 404 404 404
consent.order_letter         GET   informal         303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
consent.order_letter         GET   answerable       303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.order_answer_post    POST  answerable       401 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
consent.order_answer_post    POST  order            401 404 404 409 404 404 409 404 404 404 404 404 404 404 404 404 404
consent.order_register       GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
consent.order_counts         GET   -                303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
consent.informal_request     GET   -                303 200 200 200 200 200 200 200 404 404 404 404 404 404 404 404 404
consent.informal_request_post POST -                401 422 422 422 422 422 422 422 404 404 404 404 404 404 404 404 404
consent.order                GET   nobody           303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
consent.order_letter         GET   nobody           303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
consent.order                GET   rung             303 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.order_letter         GET   rung             303 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.unwatched_letter     GET   rung             303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 200 404
consent.unwatched_letter     GET   nobody           303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.unwatched_letter     GET   informal         303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.order_answer_post    POST  rung             401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
consent.order_answer_post    POST  nobody           401 404 404 409 404 404 409 404 404 404 404 404 404 404 404 404 404
consent.order_verify         POST  nobody           401 404 404 404 404 404 409 404 404 404 404 404 404 404 404 404 404
consent.order_conclude       POST  adult_report     401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 303 404
consent.order_conclude       POST  order            401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 409 404
consent.why_referral         GET   sent             303 404 404 200 404 404 200 404 200 200 200 404 404 404 404 404 404
consent.why_referral         GET   taken            303 404 404 200 404 404 200 404 200 200 404 404 404 404 404 404 404
consent.why_decision         GET   decision         303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 200 404
consent.why_decision         GET   clerk_decision   303 404 404 200 404 404 200 404 404 404 404 200 404 404 404 200 404

#                                                   str res pat man col out sup bos foc nur mid cle war coo com off adm
referrals.choose             GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
referrals.choose             GET   prefile          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.choose_post        POST  case             401 404 404 303 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.choose_post        POST  refuge           401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.shortlist          GET   case             303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
referrals.shortlist          GET   prefile          303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.keep               POST  case             401 404 404 303 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.shortlist_note     POST  kept             401 404 404 303 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.shortlist_note     POST  unknown          401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.shortlist_remove   POST  kept             401 404 404 303 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.shortlist_remove   POST  unknown          401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.gap                POST  case             401 404 404 303 404 404 303 404 404 404 404 404 404 404 404 404 404
referrals.specific_consent   GET   case             303 404 404 200 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.specific_consent_post POST case           401 404 404 422 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.consent            GET   prepared         303 404 404 200 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.consent            GET   sent             303 404 404 303 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.consent_post       POST  prepared         401 404 404 422 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.consent_form       GET   prepared         303 404 404 200 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.preview            GET   prepared         303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
referrals.preview            GET   sent             303 404 404 303 404 404 303 404 404 404 404 404 404 404 404 404 404
referrals.send               POST  prepared         401 404 404 409 404 404 409 404 404 404 404 404 404 404 404 404 404
referrals.inbox              GET   -                303 404 404 404 404 404 404 404 200 200 200 200 200 404 404 404 404
referrals.show               GET   prepared         303 404 404 303 404 404 303 404 404 404 404 404 404 404 404 404 404
referrals.show               GET   sent             303 404 404 200 404 404 200 404 200 200 200 404 404 404 404 404 404
referrals.show               GET   taken            303 404 404 200 404 404 200 404 200 200 404 404 404 404 404 404 404
referrals.slip               GET   prepared         303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.slip               GET   sent             303 404 404 200 404 404 200 404 200 200 200 404 404 404 404 404 404
referrals.slip               GET   taken            303 404 404 200 404 404 200 404 404 200 404 404 404 404 404 404 404
referrals.ask                GET   sent_accept      303 404 404 404 404 404 404 404 200 200 200 404 404 404 404 404 404
referrals.ask                GET   sent_recall      303 404 404 200 404 404 200 404 404 404 404 404 404 404 404 404 404
referrals.ask                GET   taken_start      303 404 404 404 404 404 404 404 200 200 404 404 404 404 404 404 404
referrals.ask                GET   sent_nonsense    303 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
referrals.act                POST  sent_acknowledge 401 404 404 409 404 404 409 404 303 303 303 404 404 404 404 404 404
referrals.act                POST  sent_accept      401 404 404 409 404 404 409 404 303 303 303 404 404 404 404 404 404
referrals.act                POST  sent_recall      401 404 404 303 404 404 303 404 404 404 404 404 404 404 404 404 404
referrals.act                POST  taken_accept     401 404 404 409 404 404 409 404 409 409 409 404 404 404 404 404 404
referrals.act                POST  sent_nonsense    401 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404

#                                                   str res pat man col out sup bos foc nur mid cle war coo com off adm
api.base                     GET   -                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
api.openapi                  GET   -                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
api.profile                  GET   -                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
api.patch                    GET   -                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
api.services                 GET   -                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
api.search_services          POST  -                415 415 415 415 415 415 415 415 415 415 415 415 415 415 415 415 415
api.service                  GET   published        200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
api.service                  GET   refuge           404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
api.service                  GET   closed           410 410 410 410 410 410 410 410 410 410 410 410 410 410 410 410 410
api.places                   GET   -                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
api.search_places            POST  -                415 415 415 415 415 415 415 415 415 415 415 415 415 415 415 415 415
api.place                    GET   published        200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
api.place                    GET   refuge           404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
api.organizations            GET   -                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
api.search_organizations     POST  -                415 415 415 415 415 415 415 415 415 415 415 415 415 415 415 415 415
api.organization             GET   published        200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
api.organization             GET   refuge           404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
api.taxonomies               GET   -                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
api.taxonomy                 GET   published        200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
api.terms                    GET   -                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
api.term                     GET   published        200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
"""
"""Endpoint, method, which object, and the status for each column."""

Row = tuple[str, str, str]


def rows() -> dict[Row, list[int]]:
    """The table as it is written above."""
    found: dict[Row, list[int]] = {}
    for line in TABLE.splitlines():
        if line and not line.startswith("#"):
            endpoint, method, variant, *statuses = line.split()
            assert (endpoint, method, variant) not in found, f"twice: {line}"
            assert len(statuses) == len(COLUMNS), line
            found[endpoint, method, variant] = [int(status) for status in statuses]
    return found


ROWS = rows()


def call(at: dict[str, Any], row: Row) -> tuple[dict[str, Any], dict[str, Any]]:
    """What stands in the address, and what is posted."""
    endpoint, _method, variant = row
    blueprint, _, name = endpoint.partition(".")
    if blueprint == "identification":
        return identification_call(at, name, variant)
    if blueprint == "referrals":
        return referrals_call(at, name, variant)
    if blueprint == "cases":
        return cases_call(at, name, variant)
    if name.endswith("_agreement") or endpoint in (
        "partners.agreement",
        "partners.agreement_pdf",
        "partners.signature",
    ):
        return agreements_call(at, name, variant)
    if blueprint == "rights":
        return rights_call(at, name, variant)
    if blueprint == "procedures":
        return procedures_call(at, name, variant)
    if blueprint == "api":
        return api_values(at, name, variant), {}
    return other_call(at, endpoint, variant)


def other_call(at: dict[str, Any], endpoint: str, variant: str) -> tuple[dict[str, Any], dict[str, Any]]:
    values: dict[str, dict[str, Any]] = {
        "static": {"filename": "emblem.svg"},
        "partners.retry_notice": {"number": at["notice"] if variant == "failed" else 999_999},
        "statistics.table_csv": {"quarter": "2026-Q3", "name": at["table"]},
        "offline.page": {"language": "fr"},
        "openrosa.form": {"form_id": "cmr_identification"},
        "openrosa.manifest": {"form_id": "cmr_identification"},
        "openrosa.media": {"form_id": "cmr_identification", "name": "places.csv"},
    }
    posted: dict[str, dict[str, Any]] = {
        "language": {"language": "en", "next": "/"},
        "people.find": {"q": "Zoukoumbélé"},
        "providers.search_post": {"need": "MED", "age": "15"},
        "providers.confirm": {"section": "hours", "version": at["place_version"] if variant == "place" else 1},
        "providers.confirm_organization": {"version": at["house_version"] if variant == "house" else 0},
        "providers.report": {"kind": "hours"},
        "providers.answer_report": {"state": "corrected"},
        "providers.call_outcome": {"outcome": "confirmed"},
        "providers.decide": {"accept": "alert"},
        "providers.set_trust": {"level": "full"},
        "providers.notice": {"kind": "closed"},
        "providers.move_undertaking": {"do": "in_hand"},
        "providers.move_area_notice": {"do": "end"},
        "providers.set_autonomy": {"level": "autonomous"},
        "providers.suspend_organization": {"reason": "Deux plaintes fondées", "sure": "yes"},
        "providers.coverage_targets": {"need": "MED", "level": "1", "minimum": "2"},
        "providers.import_preview": {"do": "terms"},
        "providers.move_vacancy": {"do": "withdraw"},
    }
    if endpoint.startswith("providers."):
        return providers_values(at, endpoint.removeprefix("providers."), variant), posted.get(endpoint, {})
    if endpoint.startswith("consent.") and variant != "-":
        return consent_values(at, endpoint.removeprefix("consent."), variant), {}
    if variant in ("pair", "merge"):
        return {f"{variant}_id": at[variant]}, {}
    case = {"case_id": at[variant]} if endpoint == "people.reveal" else {}
    return {**values.get(endpoint, {}), **case}, posted.get(endpoint, {})


def consent_values(at: dict[str, Any], name: str, variant: str) -> dict[str, Any]:
    if variant in ("case", "prefile"):
        return {
            "case_id": at[variant],
            **({"consent_id": at["consent"]} if name.removesuffix("_post").endswith("mark") else {}),
        }
    if name.startswith(("emergency", "officer_review")):
        return {"access_id": at[variant]}
    if name.startswith(("translation", "leaflet")):
        return {"language": variant}
    return {{"why_referral": "referral_id", "why_decision": "decision_id"}.get(name, "order_id"): at[variant]}


def api_values(at: dict[str, Any], name: str, variant: str) -> dict[str, Any]:
    """Ids of what everybody may read, or not; `refuge` is a place that only named people may see."""
    if name == "patch":
        return {"name": "service.json"}
    if variant == "-":
        return {}
    keys = {"service": "", "place": "_place", "organization": "_house"}
    if name in keys:
        return {f"{name}_id": at[f"api_{variant}{keys[name]}"]}
    return {"taxonomy_id": hsds_terms.TAXONOMY_ID} if name == "taxonomy" else {"term_id": next(iter(TERMS))}


def providers_values(at: dict[str, Any], name: str, variant: str) -> dict[str, Any]:
    if variant == "-":
        return {}
    if name.startswith("link"):
        return {"token": at.get(variant, "A" * 22)}
    if name in ("booklet", "place_sheet"):
        return {"pcode": variant}
    if name in ("coverage_file", "punctuality_file"):
        return {"kind": variant}
    if name in ("coverage_cell", "undertake"):
        return {"need": "RET", "pcode": "CM006" if variant == "gap" else "CM999"}
    keys = {
        "withdraw_none": "confirmation_id", "remove_mandate": "mandate_id", "remove_period": "period_id",
        "answer_report": "report_id", "misconduct_report": "report_id", "misconduct_taken_up": "report_id",
        "new_entry_asked": "entry_id", "decide_new_entry": "entry_id", "withdraw_new_entry": "entry_id",
        "settle_hidden": "task_id", "call_outcome": "task_id", "decide": "proposal_id", "campaign": "campaign_id",
        "move_undertaking": "undertaking_id", "move_area_notice": "notice_id",
        "set_autonomy": ORGANIZATION, "suspend_organization": ORGANIZATION, "lift_suspension": ORGANIZATION,
        "organization": ORGANIZATION, "edit_organization": ORGANIZATION, "confirm_organization": ORGANIZATION,
        "organization_history": ORGANIZATION, "undo_organization": ORGANIZATION,
        "federation_members": ORGANIZATION, "end_membership": ORGANIZATION,
        "double": "pair_id", "decide_double": "pair_id", "undo_double": "merge_id",
        "double_body": "pair_id", "decide_double_body": "pair_id",
        "undo_double_body": "merge_id",
        "import_columns": "draft_id", "import_preview": "draft_id", "import_batch": "batch_id",
    }  # fmt: skip
    more = {
        "undo": {"revision_id": at["revision"]},
        "undo_organization": {"revision_id": at["house_change"]},
        "set_trust": {"staff_id": at["staff"]},
        "end_notice": {"notice_id": at["temp_notice"]},
        "move_vacancy": {"vacancy_id": at["vacancy"]},
        "end_membership": {"membership_id": at["membership"]},
    }
    nobody = "00000000-0000-4000-8000-000000000000"
    return {keys.get(name, "place_id"): at.get(variant, nobody), **more.get(name, {})}


def cases_call(at: dict[str, Any], name: str, variant: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if variant == "-":
        return {}, {}
    case = {"case_id": at.get(variant, at["case"])}
    if name in ("link", "link_post", "end_link", "end_link_post"):
        return case | {"link_id": at["link"]}, {}
    if name in ("step", "step_post"):
        return case | {"step": "N07" if variant == "case" else "N08"}, {"version": at["new_version"]}
    if name in ("clock", "clock_post"):
        stopping = {"version": at["new_version"], "do": "stop", "reason": "asked"}
        return case | {"step": "N07" if variant == "case" else "N08"}, stopping
    posted: dict[str, dict[str, Any]] = {
        "approve": {"approval": at["approval"], "do": "return"},
        "add_need": {"need": "EDU"},
        "finish_task": {"task": at["task"]},
        "reassign": {"manager": at["outsider" if variant == "to_outsider" else "colleague"]},
    }
    return case, posted.get(name, {})


def rights_call(at: dict[str, Any], name: str, variant: str) -> tuple[dict[str, Any], dict[str, Any]]:
    asked = {"received-day": "1", "received-month": "11", "received-year": "2026"}
    found = {"found-day": "1", "found-month": "11", "found-year": "2026"}
    posted: dict[str, dict[str, Any]] = {
        "ask": {"kind": "copy", "requester": "person", **asked},
        "answer": {"do": "grant"}, "judge": {"outcome": "reads", "reasons": "Entendue."},
        "give_file": {"language": "fr", "way": "link", "reader": "person", "identity": "known"},
        "review": {
            "do": "keep", "until-day": "1", "until-month": "1", "until-year": "2030", "reason": "Procès",
        },
        "breaches": {"kind": "lost", "time": "10:00", "words": "Perdu.", **found},
        "open_linked_file": {"code": "no code"}, "withdraw_by_link": {"code": "no code"},
        "confirm_stop": {"answer": "erased"}, "lift_hold": {"why": "Jugé."},
        "renew_hold": {"words": "Encore.", "review-day": "1", "review-month": "6", "review-year": "2027"},
    }  # fmt: skip
    if variant == "-":
        return {}, posted.get(name, {})
    if name in ("linked_file", "open_linked_file", "withdraw_by_link"):
        return {"token": at.get(variant, "A" * 22)}, posted.get(name, {})
    if name in ("linked_file_pdf", "linked_proof"):
        proof = {"withdrawal_id": at["withdrawal"]} if name == "linked_proof" else {}
        return {"token": at.get(variant, "A" * 22), **proof}, {"code": "no code"}
    if name in ("record_stop", "record_stop_post", "stop_letter"):
        return {"case_id": at["case"], "stop_id": at["mute" if variant == "mute" else "stop"]}, {}
    keys = {"answer": "request_id", "proof": "request_id", "review": "review_id", "hold": "hold_id"} | {
        "confirm_stop": "stop_id",
        "renew_hold": "hold_id",
        "lift_hold": "hold_id",
    }
    key = keys.get(name, "breach_id" if name.startswith("breach") else "case_id")
    more = {
        "breach_step": {"step": "contained"},
        "withdrawal_proof": {"withdrawal_id": at["withdrawal"]}, "consent_copy": {"consent_id": at["consent"]},
        "answer_letter": {"request_id": at["correction"]}, "ask_review": {"adult_id": at["adult"]},
        "judge": {"review_id": at["reader_review"]},
    }  # fmt: skip
    return {key: at[variant]} | more.get(name, {}), posted.get(name, {})


def agreements_call(at: dict[str, Any], name: str, variant: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if variant == "-":
        parties = {"holder": at["team_house"], "partner": at["refuge_house"]}
        return {}, parties if name == "new_agreement" else {}
    more: dict[str, dict[str, Any]] = {
        "answer_agreement": {"comment_id": at["remark"]},
        "move_agreement": {"action": "open_negotiation"},
        "signature": {"side": "partner"},
    }
    posted: dict[str, dict[str, Any]] = {
        "comment_agreement": {"clause": "data", "text": "Trop court."},
        "answer_agreement": {"text": "Corrigé."},
        "suspend_agreement": {"reason": "breach"},
        "activate_agreement": {
            "number": "1/2026", "decided-day": "1", "decided-month": "11", "decided-year": "2026",
        },
        "sign_agreement": {"representative": "Dr Démo", "declared": "yes", "text": at.get(f"{variant}_text", "")},
        "scan_agreement": {"text": at.get(f"{variant}_text", "")},
    }  # fmt: skip
    version = {"version": at.get(f"{variant}_version", 1)}
    return {"agreement_id": at[variant]} | more.get(name, {}), version | posted.get(name, {})


MOVES = {
    "close": ("consulted", "close_consultation"),
    "late": ("in_force", "close_consultation"),
    "start": ("approved", "activate"),
    "early": ("consulted", "activate"),
}
"""Which version is moved, and how."""


def procedures_call(at: dict[str, Any], name: str, variant: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if variant == "-":
        return {}, {}
    if name == "move":
        which, action = MOVES[variant]
        return {"version_id": at[which], "action": action}, {"revision": at[f"{which}_revision"]}
    values = {"version_id": at[variant]}
    if name == "blank_form":
        return values | {"language": "fr", "digest": "0" * 16}, {}
    if name == "write_comment":
        return values, {"anchor": "step:N03", "text": "Trop court."}
    if name == "answer_comment":
        return values | {"comment_id": at["comment"]}, {"answer": "accepted", "revision": 1}
    if name in ("form_publish", "form_withdraw"):
        return values, {"revision": at["form_revision"]}
    return values, {}


def identification_call(at: dict[str, Any], name: str, variant: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if variant == "-":
        return {}, {}
    if name in ("paper", "paper_post"):
        start = {"printed": at["form_hash"], "sheet": at["sheet_hash"]}.get(variant, "0" * 12)
        return {"start": start, "number": "ABCDE-FGH23"}, {"case": at["new_code"]} if variant == "sheet" else {}
    if "case_form" in name:
        return case_form_call(at, name, variant)
    if variant in ("list", "old_list"):
        return {"list_id": at[variant]}, {}
    if name in ("screen", "save_screen", "review", "submit", "discard", "discard_post"):
        return filling_call(at, name, variant)
    if name == "attachment":
        return {"submission_id": at[variant.replace("photo", "form")], "attachment_id": at[variant]}, {}
    if name == "case_file":
        return {"case_id": at["case"], "attachment_id": at["photo_after"]}, {}
    if name == "revoke_phone":
        return {"phone_id": at["phone"]}, {}
    if name.startswith("record_outside"):
        kind = "nonsense" if variant == "nonsense" else "child"
        return {"case_id": at.get(variant, at["child"]), "kind": kind}, {}
    return {"case_id": at[variant]}, {"conclusion": "justified"} if name == "review_emergency_post" else {}


def filling_call(at: dict[str, Any], name: str, variant: str) -> tuple[dict[str, Any], dict[str, Any]]:
    which = "begun" if variant == "begun" else "draft"
    screen = {"name": at[f"{which}_screen"]} if "screen" in name else {}
    return {"submission_id": at[variant]} | screen, {"version": at[f"{which}_version"], "do": "next"}


def case_form_call(at: dict[str, Any], name: str, variant: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if name in ("case_forms", "begin_case_form"):
        return {"case_id": at[variant]}, {"form": "follow_up" if variant == "new" else "consent_adult"}
    return {"case_id": at["new"], "submission_id": at[variant]}, {}


def referrals_call(at: dict[str, Any], name: str, variant: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if variant == "-":
        return {}, {}
    if name in ("choose", "choose_post", "gap"):
        need = "HEB" if variant == "refuge" else "JUR"
        service = at["refuge" if variant == "refuge" else "place"]
        return {"case_id": at["prefile" if variant == "prefile" else "case"], "need": need}, {"service": service}
    if name.startswith("specific_consent"):
        return {"case_id": at["case"], "need": "TEH"}, {}
    if name == "keep":
        return {}, {"case": at["case"], "service": at["place"]}
    if name.startswith("shortlist"):
        entry = {"entry_id": at["kept" if variant == "kept" else "case"]} if "_" in name else {}
        return {"case_id": at["prefile" if variant == "prefile" else "case"], **entry}, {"text": "Appeler lundi"}
    which, _, action = variant.partition("_")
    reason = {"recall": "no_longer_needed"}.get(action, "")
    posted = {"version": at[f"{which}_version"], "reason": reason}
    return {"referral_id": at[which], **({"action": action} if action else {})}, posted


class World:
    """The town, and everybody in it at the keyboard."""

    def __init__(self, app: Flask, town: Town, visitors: Visitors) -> None:
        self.app, self.at, self.visitors = app, {**town.at, **town.people}, visitors

    def statuses(self, row: Row, columns: Iterable[str]) -> dict[str, int]:
        """What each of these columns gets."""
        values, posted = call(self.at, row)
        with self.app.test_request_context():
            url = url_for(row[0], **values)
        return {name: self.visitors.visit(name, row[1], url, posted).status_code for name in columns}


@pytest.fixture(scope="module")
def world(_application: Flask) -> Iterator[World]:
    """One town for the whole module; each visit is taken back, and in the end the town too."""
    with rolled_back(_application) as connection:
        with _application.app_context():
            town = build_town()
            town.at["table"] = first_table()
            db.session.commit()
        visitors = Visitors(_application, connection, COLUMNS)
        yield World(_application, town, visitors)


def first_table() -> str:
    """A table of the statistics."""
    from referral.statistics import catalogue

    return next(iter(catalogue.TITLES))


def test_the_columns_are_a_stranger_and_everybody_of_the_town() -> None:
    assert (STRANGER, *(name for name, _role, _house in STAFF)) == COLUMNS


def test_every_endpoint_and_method_has_a_row_and_every_row_an_endpoint(_application: Flask) -> None:
    served = {
        (rule.endpoint, method)
        for rule in _application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    listed = {(endpoint, method) for endpoint, method, _variant in ROWS}
    assert sorted(served - listed) == [], "these endpoints need a row in the access matrix"
    assert sorted(listed - served) == [], "these rows name no endpoint"


PAPERS = ("procedures.procedure_pdf", "procedures.procedure_docx", "procedures.drawings_pdf", "procedures.form_pdf")
"""Set for seconds from a version that other rows ask both databases for in the same words."""
TRIED = [pytest.param(row, marks=pytest.mark.once if row[0] in PAPERS else (), id=" ".join(row)) for row in ROWS]


@pytest.mark.parametrize("row", TRIED)
def test_who_gets_what(world: World, row: Row) -> None:
    expected = dict(zip(COLUMNS, ROWS[row], strict=True))
    if DATABASE != "sqlite":
        expected = one_of_each(expected)
    assert world.statuses(row, expected) == expected


def one_of_each(expected: dict[str, int]) -> dict[str, int]:
    """The first and the last column of each answer: enough to see that the second database understands the question."""
    first = {status: name for name, status in reversed(expected.items())}
    last = {status: name for name, status in expected.items()}
    asked = {*first.values(), *last.values()}
    return {name: status for name, status in expected.items() if name in asked}
