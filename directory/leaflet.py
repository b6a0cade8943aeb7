"""The words of the leaflet that a person takes along, in five languages; three of them wait for somebody to check them.

Fulfulde as spoken in Adamawa, Cameroon Pidgin English and Arabic were written by us and are printed with the sentence
`not_checked` until the application knows who compared them with the originals.
"""

from __future__ import annotations

from typing import Final

LANGUAGES: Final[dict[str, str]] = {
    "fr": "français", "en": "English", "ar": "العربية", "ful": "Fulfulde", "pcm": "Pidgin",
}  # fmt: skip
"""Code -> name in the language itself."""
CHECKED: Final = frozenset({"fr", "en"})
"""Languages of the originals, with which the others are compared."""
RIGHT_TO_LEFT: Final = frozenset({"ar"})
WORDS: Final[dict[str, dict[str, str]]] = {
    "title": {
        "fr": "Un service pour vous", "en": "A service for you", "ar": "خدمة لك", "ful": "Ballal ngam ma",
        "pcm": "Service for you",
    },
    "what": {
        "fr": "Ce que l’on y fait", "en": "What they do", "ar": "ماذا يقدمون", "ful": "Ko ɓe ngaɗata",
        "pcm": "Weti dem di do",
    },
    "where": {"fr": "Où", "en": "Where", "ar": "أين", "ful": "Toy", "pcm": "Wusai"},
    "secret": {
        "fr": "L’adresse vous sera donnée par téléphone.", "en": "You will be given the address by telephone.",
        "ar": "سيعطى لك العنوان عبر الهاتف.", "ful": "Ɓe hokkete adireesi e telefon.",
        "pcm": "Dem go tell you di place for phone.",
    },
    "when": {"fr": "Quand", "en": "When", "ar": "متى", "ful": "Ndey", "pcm": "Which time"},
    "call": {
        "fr": "Appelez d’abord.", "en": "Call first.", "ar": "اتصل أولاً.", "ful": "Noddu tawo.", "pcm": "Call first.",
    },
    "day_and_night": {
        "fr": "jour et nuit", "en": "day and night", "ar": "ليلاً ونهاراً", "ful": "jemma e nyalawma",
        "pcm": "day and night",
    },
    "closed": {"fr": "fermé", "en": "closed", "ar": "مغلق", "ful": "maɓɓii", "pcm": "close"},
    "bring": {
        "fr": "À apporter", "en": "What to bring", "ar": "ماذا تحضر معك", "ful": "Ko ngaddata", "pcm": "Weti for bring",
    },
    "nothing": {
        "fr": "Rien. Venez même sans papiers.", "en": "Nothing. Come even without papers.",
        "ar": "لا شيء. تعال حتى بدون أوراق.", "ful": "Walaa. War ko a walaa kaakitaaji.",
        "pcm": "Noting. Come even if you no get paper.",
    },
    "cost": {"fr": "Prix", "en": "Cost", "ar": "التكلفة", "ful": "Coggu", "pcm": "Price"},
    "free": {"fr": "gratuit", "en": "free of charge", "ar": "مجاناً", "ful": "naa e ceede", "pcm": "free"},
    "phone": {"fr": "Téléphone", "en": "Telephone", "ar": "الهاتف", "ful": "Telefon", "pcm": "Phone"},
    "hotline": {
        "fr": "En danger ? Police 117, pompiers 118, SAMU 119",
        "en": "In danger? Police 117, fire brigade 118, ambulance 119",
        "ar": "في خطر؟ الشرطة 117، الإطفاء 118، الإسعاف 119", "ful": "E masiibo? Polis 117, pompiye 118, SAMU 119",
        "pcm": "Wahala? Police 117, fire 118, ambulance 119",
    },
    "rights": {"fr": "Vos droits", "en": "Your rights", "ar": "حقوقك", "ful": "Hakkeeji ma", "pcm": "Your rights"},
    "right_free": {
        "fr": "Vous choisissez d’y aller ou non. L’aide reste la même.",
        "en": "You choose whether to go. The help stays the same.",
        "ar": "أنت من يختار الذهاب أو لا. المساعدة لا تتغير.", "ful": "An suɓata yahugo walla naa. Ballal waylataako.",
        "pcm": "Na you go choose if you go go. Di help no go change.",
    },
    "right_private": {
        "fr": "Ce que vous dites reste confidentiel.", "en": "What you say is confidential.",
        "ar": "ما تقوله يبقى سرياً.", "ful": "Ko mbi’ata fuu sirri.", "pcm": "Weti you talk na secret.",
    },
    "right_pay": {
        "fr": "Personne ne peut vous demander d’argent ni autre chose pour un service gratuit.",
        "en": "Nobody may ask you for money or anything else for a free service.",
        "ar": "لا يحق لأحد أن يطلب منك مالاً أو أي شيء آخر مقابل خدمة مجانية.",
        "ful": "Walaa mo waawi ƴama ma ceede walla ko goɗɗum ngam ballal naa e ceede.",
        "pcm": "Nobody fit ask you money or any oda ting for free service.",
    },
    "right_complain": {
        "fr": "Vous pouvez vous plaindre auprès de votre gestionnaire de cas.",
        "en": "You may complain to your case manager.", "ar": "يمكنك تقديم شكوى إلى المسؤول عن ملفك.",
        "ful": "A waawi wulloyaago to gollotooɗo kuugal ma.", "pcm": "You fit complain for your case manager.",
    },
    "not_checked": {
        "fr": "", "en": "", "ar": "ترجمة بانتظار التحقق – traduction à valider",
        "ful": "Traduction à valider", "pcm": "Translation to be checked",
    },
}  # fmt: skip
"""Key -> language -> words. Days and the public text of the entry stay in the language of the entry."""
RIGHTS: Final = ("right_free", "right_private", "right_pay", "right_complain")
