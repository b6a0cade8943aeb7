"""Names that are one name: Arabic names as French, English, Fulfulde and Hausa write them, and common short forms.

Written for this project from names heard in Cameroon and around it; the first of a line stands for the others. A line
says "may be the same person's", never "is": the comparison gives less for a variant than for the same spelling.
"""

from __future__ import annotations

from typing import Final


def _several(words: str) -> frozenset[str]:
    return frozenset(words.split())


LINES: Final = """
mohamed: mohammed mohamad mouhamed mouhammad muhammad muhammed mamadou mahamat mahamadou mahamadu mouhamadou mamoudou
mohamed: muhammadou muhammadu mohamadou mohammadou modou modu momo mahmat mamat mouhamad muhamadu hamadou hamadu hama
ahmed: ahmad ahmadou ahmadu amadou amadu hamed hamad
abdoulaye: abdullahi abdoulahi abdoullahi abdullah abdallah abdalla abdoullaye abdulai abdoulai abdoul abdul laye abdou
aicha: aissatou aishatu aisha aissata aichatou aishatou aysha asha aissa aisatu aicha aichatu
fatima: fatimatou fatimata fatoumata fatou fatu fadimatou fadimata fadima fatouma fatuma fati fatma fatime fatime
fatima: faadimatou fatimah
ousmane: usman ousman ousmanou usmanu uthman osman othman ousmanu usmane
djibril: jibril jibrin jibrilla djibrilla gibril djibo jibo djibrine
oumarou: umaru oumar umar omar oumaru umarou omarou
yacoubou: yaqub yakubu yacouba yakouba yacoub yakoub yaqoub
ibrahim: ibrahima brahim ibrahimou ibrahimu ibro ibraheem brahima
souleymane: suleiman souleymanou suleimanu sulaiman soulaiman souleiman soulemanou sule soule sulayman
moussa: musa moussah mousa
issa: isa eissa issah
youssouf: yusuf youssoufa yusufu yousouf youssef yousuf youssoufou
ismaila: ismail ismael ismail smail soumaila soumaila ismaela
idriss: idris idrissou idrissa driss idrisu drissa
boubacar: abubakar aboubakar boubakari boubakary bouba aboubacar abubakari bubakar bubakari bukar boukar bakary bakari
boubacar: aboubakary abakar bakar babakar babacar
mariam: maryam mariama meryem mariame marieme mariamou maryamu mairam mayramou
khadija: khadidja kadidja kadija hadiza adija hadidja kadiatou khadijatou khadidjatou kadidiatou dija kadiatu
zainab: zeinabou zenaba zeinab zaynab zainabou zeynab zenabou zeinaba zenab zaynabou
hawa: haoua hauwa awa aoua haouaou hawaou awaou hawwa
halima: halime halimatou halime halimatu alima alimatou halimata
ramatou: ramata rahmatou rahma rahamatou ramatu rahamatu ramatoulaye ramla
salamatou: salamata salamatu salama
nafissatou: nafissa nafisa nafissata nafisatu nafi
amina: aminatou aminata aminatu aminah mina amy ami
habiba: habibatou habibatu abiba biba
oumou: oumoul umma oummou oumi ummi oum
hassan: hassane assan hasan hassana alhassan lassana alassane alhassane lassane alassan hassanou
hussein: hussaini ousseini housseini ousseyni hissein hussain housseyni houssein husseini ousseynou oussein
ali: aliou alioum aliyu aliyou alim
saidou: said said saidu seydou sayed seidou seydu saeed zaid
adamou: adam adama adamu adoum adem
yaya: yahya yahaya yaya yahia
daouda: daoud dawud dauda daoudou dawda
haroun: harouna haruna harun harouna
sali: salihou saliou salihu salih saleh sale sale salissou
bachirou: bashir bachir bashiru bassirou bachiru basiru
mahmoud: mahmud mahmoudou mahmudu mamoud
abdelkerim: abdoulkarim abdulkarim karim abdelkarim abdoulkerim kerim karimou abdoulkarimou
abdelaziz: abdoulaziz abdulaziz aziz azizou
abdelkader: abdoulkader abdulkadir abdoulkadir kader kadir kadri kadiri
abderahman: abderahmane abdurrahman abdoulrahman abdramane abdouramane abdourahmane abdourahman abdulrahman ramane
sanoussi: sanusi sanoussou senoussi
nassourou: nasir nassirou nasiru nasser nassir
jean: john johnny jeannot johny yohana
pierre: peter pieter petros piotr
paul: paulin pablo pol paolo
emmanuel: manu emanuel emma manuel immanuel
alexandre: alex alexander alexis sacha
christian: kristian chris cristian
christophe: christopher christof
francois: francis franck frank francky
etienne: stephen steven stephane steve stephan estienne
jacqueline: jacky jackie jacquie
michel: michael mike mickael mikael
antoine: anthony antony tony antonio tonio
andre: andrew andy andre
philippe: philip phil filip filippe
guillaume: william guillaum willy will bill
charles: charly charlie
daniel: dany dani danny
nathalie: natalie nathaly natacha
catherine: cathy katherine katerine catarina kathy kate
elisabeth: elizabeth lisa babeth eliza betty elise
therese: theresa teresa thereze
bernadette: berna bernadet
marguerite: margaret margueritte maggie margo
jeanne: jane jeannette joan jeanette jannette
cecile: cecilia cecily cecilie
lucie: lucy lucia
helene: helen helena ellen
sylvie: sylvia silvie
patrice: patrick patrik pat
joachim: joakim
theodore: theo teodor
benjamin: ben benji
samuel: sam sami sammy
gabriel: gaby gabi
raphael: rafael rapha raph
josephine: josefine josy
florence: flo florance flora
veronique: veronica vero
victoire: victoria vicky
beatrice: bea beatriz
augustin: auguste
martine: martina
"""
"""Lines of "the name that stands for them: the others"."""

HEARD_OFTEN: Final = _several(
    "bello sanda garga haman ngono mbarga atangana abena essomba fotso kamga talla njoya simo owona mvondo nkolo "
    "ndongo moukoko ewane ebelle manga onana tchinda fon achu ngwa agbor marie rose grace joseph"
)
"""Names that many bear, beside those of `LINES`."""

SHORT: Final = {
    "jp": "jean pierre",
    "jc": "jean claude",
    "jm": "jean marie",
    "jb": "jean baptiste",
    "mj": "marie jeanne",
}
"""Initials under which people go -> the words that they stand for."""

PARTICLES: Final = _several(
    "el al le la de du des da di von van bin bint ben ibn ould mint dit dite alias epouse epse nee veuve vve mr "
    "mme mlle monsieur madame mallam malam alh hadj hadja hadji hadjia alhaji alhadji elhadj elhadji hajj hajja "
    "hajia hajiya"
)
"""Words that come and go between two papers of one person; they count only where nothing else stands."""
