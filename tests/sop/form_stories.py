"""Each shipped form filled in twice, as somebody would: an ordinary story and one of refusal or of very few answers.

By story: the form, what is answered, and the screens that appear.
"""

from __future__ import annotations

from typing import Any

CATEGORIES = {"categories": ["C1", "C2"], "purpose_case": "yes", "recipient_names": "MINAS Douala"}
EXPLAINED = ["who", "what", "who_sees", "how_long", "rights", "exceptions", "voluntary"]

Story = tuple[str, dict[str, Any], list[str]]

STORIES: dict[str, Story] = {
    "a returned mother is assessed": (
        "vulnerability_assessment",
        {
            "case_code": "CM-LT-2026-00042", "assessed_on": "2026-03-09", "occasion": "first", "alone": "yes",
            "immediate_danger": "no", "no_shelter": "no", "housing": "relatives", "income": ["none"],
            "individual_risks": ["debts", "other"], "individual_risks_other": "Boite",
            "individual_strengths": ["skills"], "health_situation": ["breastfeeding"], "suicidal_risk": "no",
            "household_size": "4", "child_in_household": "yes", "household_risks": ["family_debt"],
            "members": [
                {"member_relation": "child", "member_age": "0", "member_where": "together", "member_depends": "yes"},
                {"member_relation": "sibling", "member_where": "unknown", "member_worry": "yes",
                 "member_note": "Sans nouvelles depuis la Libye."},
            ],
            "community_risks": ["creditors"], "context_risks": ["no_work"], "trafficking_signs": "no",
            "fear_of_return": "no", "needs": ["ECO", "FAM"], "needs_met": ["HEB"], "risk": "medium",
            "review_on": "2026-04-10",
        },
        ["about", "living", "individual", "health", "household", "relatives", "community", "context", "protection",
         "conclusion"],
    ),
    "an assessment that the person cuts short": (
        "vulnerability_assessment",
        {
            "assessed_on": "2026-03-10", "occasion": "event", "alone": "no", "immediate_danger": "unknown",
            "no_shelter": "yes", "individual_risks": ["none"], "household_risks": ["declined"],
            "community_risks": ["none"], "context_risks": ["none"], "trafficking_signs": "not_asked",
            "fear_of_return": "not_asked", "needs": ["HEB"], "risk": "high",
        },
        ["about", "living", "individual", "health", "household", "relatives", "community", "context", "protection",
         "conclusion"],
    ),
    "a girl of 14 who is alone": (
        "best_interests",
        {
            "assessed_on": "2026-03-10", "assessment": "full", "immediate_danger": "no", "companion": "trusted",
            "methods": ["talk", "play"], "age_years": "14", "age_sources": ["child"], "age_doubt": "no",
            "care_status": "unaccompanied", "guardian_present": "no", "care_place": "transit", "care_safe": "yes",
            "heard": "yes", "child_views": "Vivre chez sa tante.", "child_risks": ["runaway"], "exploitation": "no",
            "fear_of_return": "no", "wants_family": "yes", "family_safe": "unknown", "tracing": "not_yet",
            "siblings": [
                {"sibling_name": "A.", "sibling_age": "9", "sibling_where": "together", "sibling_keep": "yes"}
            ],
            "solutions": [
                {"solution": "relatives", "solution_for": "Elle la connait.", "solution_child": "agrees"},
                {"solution": "centre", "solution_against": "Loin de l’école.", "solution_child": "disagrees"},
            ],
            "recommended": "relatives", "reasons": "Son souhait, et une tante fiable.", "needs": ["ENF", "FAM", "EDU"],
            "formal": ["none"], "child_told": "yes", "review_on": "2026-04-01",
        },
        ["about", "age", "care", "voice", "safety", "family", "development", "options", "conclusion"],
    ),
    "a small child who does not speak": (
        "best_interests",
        {
            "assessed_on": "2026-03-10", "assessment": "short", "immediate_danger": "yes", "companion": "nobody",
            "methods": ["observation"], "age_doubt": "yes", "care_status": "unknown", "guardian_present": "no",
            "care_safe": "not_asked", "heard": "too_young", "not_heard": "Deux ans environ.",
            "child_risks": ["not_asked"], "exploitation": "unknown", "fear_of_return": "not_asked",
            "wants_family": "not_asked", "family_safe": "unknown", "tracing": "not_yet", "recommended": "foster",
            "reasons": "Mise à l’abri.", "needs": ["ENF"], "formal": ["long_term"], "child_told": "no",
            "review_on": "2026-03-12",
        },
        ["about", "age", "care", "voice", "safety", "family", "development", "options", "conclusion"],
    ),
    "a young woman made to work off a debt": (
        "trafficking_indicators",
        {
            "filled_on": "2026-03-10", "alone": "yes", "asker": "trained", "under_18": "no", "immediate_danger": "no",
            "trafficking_act": ["recruited", "transported"], "arrangers": ["agency"], "promise": "Coiffeuse.",
            "trafficking_means": ["deception", "documents_kept"], "trafficking_purpose": ["domestic"],
            "conditions": ["no_pay", "no_contact"], "strong": ["papers_taken"], "weak": ["fear_police"],
            "wants_protection": "yes", "wants_police": "later", "view": "presumed", "next_talk_on": "2026-03-14",
        },
        ["about", "act", "means", "purpose", "indicators", "protection", "conclusion"],
    ),
    "somebody who may not be asked": (
        "trafficking_indicators",
        {
            "filled_on": "2026-03-10", "alone": "no", "asker": "observer", "under_18": "unknown",
            "immediate_danger": "unknown", "trafficking_act": ["not_asked"], "trafficking_means": ["not_asked"],
            "trafficking_purpose": ["not_asked"], "strong": ["none"], "weak": ["companion_speaks"],
            "wants_protection": "not_asked", "view": "doubt",
        },
        ["about", "act", "means", "purpose", "indicators", "protection", "conclusion"],
    ),
    "a man about to be sent back": (
        "asylum_screening",
        {
            "filled_on": "2026-03-10", "alone": "yes", "interpreter": "yes", "under_18": "no", "removal_risk": "yes",
            "removal_when": "Demain matin.", "fear_of_return": "yes", "fear_words": "Ils me tueront.",
            "fear_of": ["state"], "grounds": ["not_asked"], "nationality_status": "one", "asylum_status": "elsewhere",
            "unhcr_number": "123-45C00001", "informed": "yes", "wants_asylum": "yes",
        },
        ["about", "removal", "fear", "nationality_held", "next"],
    ),
    "nothing could be asked": (
        "asylum_screening",
        {
            "filled_on": "2026-03-10", "alone": "no", "interpreter": "unknown", "under_18": "no",
            "removal_risk": "not_asked", "fear_of_return": "not_asked", "nationality_status": "declined",
            "asylum_status": "not_asked", "informed": "no", "wants_asylum": "not_asked",
        },
        ["about", "removal", "fear", "nationality_held", "next"],
    ),
    "a man who hardly walks": (
        "washington_group",
        {
            "filled_on": "2026-03-10", "age_range": "18_plus", "answered_by": "self", "seeing": "some",
            "hearing": "none", "walking": "a_lot", "remembering": "none", "self_care": "none", "communicating": "none",
            "aids": ["crutches"], "arrangements": ["ground_floor", "transport"],
        },
        ["about", "senses", "daily", "help"],
    ),
    "a child under five": (
        "washington_group",
        {"filled_on": "2026-03-10", "age_range": "under_5", "help_note": "Ne marche pas encore."},
        ["about", "help"],
    ),
    "an adult who agrees in part": (
        "consent_adult",
        {
            "given_on": "2026-03-10", "language_read": "fub", "interpreter": "yes", "capacity": "yes",
            "explained": EXPLAINED, "understood": "yes", "base_consent": "partial", "free": "yes", **CATEGORIES,
            "categories_sensitive": ["C6"], "purpose_justice": "no", "withhold_from": "Son mari",
            "withhold_reason": "harm", "contact": ["phone_only"], "mark": "oral", "recording": "written",
            "witness": "Une infirmière", "valid_until": "2026-09-10", "copy": "kept_here",
        },
        ["about", "answer_screen", "what", "purposes", "recipients", "marking"],
    ),
    "an adult who refuses before everything is explained": (
        "consent_adult",
        {
            "given_on": "2026-03-10", "language_read": "fra", "capacity": "yes", "explained": ["who"],
            "understood": "no", "base_consent": "refused", "free": "yes", "sheet_given": "yes", "basis": "none",
        },
        ["about", "answer_screen", "refusal"],
    ),
    "an adult too tired to decide": (
        "consent_adult",
        {"given_on": "2026-03-10", "language_read": "fra", "capacity": "wait", "again_on": "2026-03-11"},
        ["about", "pending"],
    ),
    "a child and the father agree": (
        "consent_child",
        {
            "given_on": "2026-03-10", "language_read": "fra", "child_age": "12_14",
            "child_explained": ["who", "what", "who_sees", "danger", "free"], "child_understood": "yes",
            "assent": "yes", "authority": "guardian", "guardian_name": "Son père", "guardian_understood": "yes",
            "adult_answer": "given", **CATEGORIES, "mark": "signature", "child_mark": "drawing",
            "valid_until": "2027-03-10",
        },
        ["about", "assent_screen", "adult", "what", "purposes", "recipients", "marking"],
    ),
    "a child who says no": (
        "consent_child",
        {
            "given_on": "2026-03-10", "language_read": "wes", "child_age": "6_11", "child_explained": ["who"],
            "child_understood": "no", "assent": "no", "authority": "best_interests", "decision_by": "Superviseur",
            "decision_reasons": "Tuteur absent.", "child_danger": "no",
        },
        ["about", "assent_screen", "adult", "refusal"],
    ),
    "nobody decides with the child yet": (
        "consent_child",
        {
            "given_on": "2026-03-10", "language_read": "fra", "child_age": "under_6", "authority": "nobody_yet",
            "again_on": "2026-03-11",
        },
        ["about", "adult", "pending"],
    ),
    "a woman agrees to one service": (
        "consent_referral",
        {
            "given_on": "2026-03-10", "language_read": "fra", "need": "MED", "provider": "Hôpital Laquintinie, Douala",
            "understood": "yes", "choice": "consent", "categories": ["C1", "C2"], "categories_sensitive": ["C6"],
            "contact": ["none"], "valid_until": "2026-06-10", "under_18": "no", "free": "yes", "mark": "thumbprint",
            "witness": "Une assistante",
        },
        ["about", "what", "child", "marking"],
    ),
    "a man wants no service": (
        "consent_referral",
        {
            "given_on": "2026-03-10", "language_read": "fra", "need": "PSY", "provider": "Centre d’écoute",
            "understood": "no", "choice": "stop",
        },
        ["about", "otherwise"],
    ),
    "an urgent referral for a child": (
        "referral",
        {
            "referred_on": "2026-03-10", "speed": "urgent", "need": "ENF", "services_asked": ["CHIL"],
            "services_given": ["FOOD"], "receiver": "MINAS, service de l’enfance", "informed": "yes",
            "basis": "consent", "consent_on": "2026-03-10", "name_shared": "name", "person_name": "Démonstration Awa",
            "age_years": "14", "contact": ["third_party"], "contact_note": "Par sa tante.", "under_18": "yes",
            "care_status": "unaccompanied", "caregiver_informed": "no", "not_informed_why": "no_adult",
            "request": "Un accueil pour la nuit.", "child_note": "Seule, intérêt supérieur évalué.", "via": "platform",
            "answer_by": "2026-03-12",
        },
        ["about", "parties", "basis_screen", "person", "child", "reason", "sending"],
    ),
    "a referral by code only, in an emergency": (
        "referral",
        {
            "referred_on": "2026-03-10", "speed": "emergency", "need": "RET", "services_asked": ["TRAN"],
            "receiver": "OIM", "informed": "no", "basis": "vital", "name_shared": "code", "contact": ["none"],
            "under_18": "no", "request": "Évacuation.", "via": "phone", "answer_by": "2026-03-10",
        },
        ["about", "parties", "basis_screen", "person", "child", "reason", "reason_more", "sending"],
    ),
    "a service given in part": (
        "feedback",
        {
            "received_on": "2026-03-01", "decision": "accepted", "decided_on": "2026-03-02",
            "appointment_on": "2026-03-04", "started_on": "2026-03-04", "service_result": "partial",
            "services_given": ["HLTH"], "non_delivery": "cost_or_stock", "outcome": "Soignée, un examen manque.",
            "delivered_on": "2026-03-09", "needs_seen": ["ECO"], "seen_again": "yes", "seen_again_on": "2026-03-20",
        },
        ["receipt", "appointment", "service", "next"],
    ),
    "a service declines": (
        "feedback",
        {
            "received_on": "2026-03-09", "decision": "declined", "decided_on": "2026-03-10",
            "decline_reason": "out_of_area",
        },
        ["receipt", "declined"],
    ),
    "a follow-up at the office": (
        "follow_up",
        {
            "followed_on": "2026-03-10", "channel": "office", "reached": "yes", "private": "yes",
            "immediate_danger": "no", "since": "better", "no_shelter": "no", "medical_emergency": "no",
            "changes": ["work"], "changes_note": "Vend au marché.",
            "services": [
                {"service_need": "ECO", "service_result": "complete"},
                {"service_need": "MED", "service_result": "none", "service_trouble": ["transport"]},
            ],
            "needs": ["MED"], "new_need": "no", "consent_still": "yes", "review": "ongoing", "risk": "low",
            "next_on": "2026-04-09",
        },
        ["about", "situation", "services_screen", "needs_screen", "conclusion"],
    ),
    "nobody answers for the third time": (
        "follow_up",
        {
            "followed_on": "2026-03-10", "channel": "phone", "reached": "no", "attempts": "3",
            "first_attempt_on": "2025-12-10", "review": "lost",
        },
        ["about", "conclusion"],
    ),
    "a plan completed": (
        "closure",
        {
            "closed_on": "2026-03-10", "reason": "goals_met", "detail": "plan_done",
            "goals": [
                {"goal_need": "ECO", "goal_result": "met"},
                {"goal_need": "DOC", "goal_result": "waived", "goal_reason": "Dossier impossible cette année."},
            ],
            "risk": "low", "informed": "yes", "guardian_informed": "adult", "feedback": "yes", "way_back": "yes",
            "retention": "2031-03-10",
        },
        ["about", "goals_screen", "criteria", "keeping"],
    ),
    "contact lost": (
        "closure",
        {
            "closed_on": "2026-03-10", "reason": "lost", "detail": "not_reached", "attempts": "3",
            "first_attempt_on": "2025-12-01", "worry": "no", "retention": "2031-03-10",
        },
        ["about", "lost", "keeping"],
    ),
    "an opinion with a report about staff": (
        "satisfaction",
        {
            "filler": "self", "anonymous": "no", "case_code": "CM-LT-2026-00042", "need": "HEB", "result": "partial",
            "respected": "rather_not", "waiting": "long", "better": "Une femme à l’accueil.", "misconduct": "yes",
            "complaint": "later", "answer_to": "Par ma sœur.",
        },
        ["about", "help", "words", "wrong"],
    ),
    "an opinion without a name": (
        "satisfaction",
        {"filler": "helper", "anonymous": "yes", "result": "complete"},
        ["about", "help", "words", "wrong"],
    ),
}  # fmt: skip
