"""The certificate of completion (certificat de réalisation, R. 6332-26 and the order of 21 December 2018): what a provider
attests of one trainee, its faults, and the page to sign. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NamedTuple

from openopco.kernel.calendar import format_date
from openopco.kernel.identifiers import format_siret
from openopco.kernel.money import format_hours
from openopco.organisations.enums import Nature

NATURES: Final = dict(Nature.choices)
YEARS_KEPT: Final = 3
TITLE: Final = "Certificat de réalisation"
PEN: Final = "……………………………"


class Stage(StrEnum):
    """An interim certificate supports a down payment while the action goes on; the final one closes it."""

    INTERIM = "intermediaire"
    FINAL = "final"

    @property
    def label(self) -> str:
        return {"intermediaire": "intermédiaire", "final": "final"}[self.value]


@dataclass(frozen=True, slots=True)
class Attested:
    """What a certificate says. `hours` were really followed by the trainee, of `planned`; `signatory` represents the provider
    in law, or was given the power to; `place` and `signed_on` are left to the pen where they are not known."""

    stage: Stage
    dossier: str
    provider: str
    provider_siret: str
    provider_nda: str
    provider_address: tuple[str, ...]
    signatory: str
    signatory_role: str
    trainee: str
    employer: str
    employer_siret: str
    title: str
    nature: str
    start: date
    end: date
    hours: Decimal
    planned: Decimal
    place: str = ""
    signed_on: date | None = None


class Fault(NamedTuple):
    """What keeps a certificate from being signed: its field, and a sentence for the provider."""

    field: str
    sentence: str


def faults(attested: Attested, today: date) -> list[Fault]:
    """Everything that is wrong. `today`: the day in Paris."""
    return [*_absent(attested), *_dates(attested, today), *_hours(attested)]


def _absent(attested: Attested) -> Iterator[Fault]:
    wanted = {
        "provider": "Indiquez l'organisme qui a réalisé l'action.",
        "signatory": "Indiquez qui signe pour l'organisme.",
        "signatory_role": "Indiquez la qualité de la personne qui signe.",
        "trainee": "Indiquez le nom et le prénom du stagiaire.",
        "employer": "Indiquez l'entreprise du stagiaire.",
        "title": "Indiquez l'intitulé de l'action.",
    }
    yield from (Fault(field, sentence) for field, sentence in wanted.items() if not getattr(attested, field).strip())
    if attested.nature not in NATURES:
        yield Fault("nature", "Choisissez la nature de l'action.")


def _dates(attested: Attested, today: date) -> Iterator[Fault]:
    if attested.end < attested.start:
        yield Fault("end", "L'action finit avant d'avoir commencé : vérifiez les dates.")
    elif attested.end > today:
        yield Fault("end", f"On n'atteste que ce qui a eu lieu : le {format_date(attested.end)} n'est pas encore venu.")
    if attested.signed_on and attested.signed_on < attested.end:
        yield Fault("signed_on", "Le certificat se signe une fois la période achevée.")
    if attested.signed_on and attested.signed_on > today:
        yield Fault("signed_on", "La date de signature n'est pas encore venue.")


def _hours(attested: Attested) -> Iterator[Fault]:
    if attested.hours <= 0:
        yield Fault("hours", "Indiquez les heures réellement suivies. Un stagiaire absent n'a pas de certificat.")
    elif attested.hours > attested.planned:
        yield Fault(
            "hours",
            f"Le stagiaire ne peut avoir suivi {format_hours(attested.hours)} d'une action de "
            f"{format_hours(attested.planned)} : si l'action a été allongée, l'employeur signale d'abord une modification.",
        )
    elif attested.hours > 24 * ((attested.end - attested.start).days + 1) >= 24:
        yield Fault("hours", "Ces heures ne tiennent pas entre ces dates.")


# --- the page --------------------------------------------------------------------------------------------------------


def page_of(attested: Attested, *, online: bool = False) -> dict[str, Any]:
    """The data of the template « certificate »; `online`: signed on the portal, nothing is left to the pen."""
    return {
        "product": TITLE,
        "opco": attested.provider,
        "title": TITLE,
        "reference": f"{attested.dossier} · certificat {attested.stage.label}",
        "provider": list(_provider(attested)),
        "declares": (
            f"Je, {attested.signatory}, {attested.signatory_role}, représentant l'organisme {attested.provider}, "
            "atteste que la personne nommée ci-dessous a suivi l'action suivante :"
        ),
        "facts": [list(row) for row in _facts(attested)],
        "natures": [[code == attested.nature, label] for code, label in NATURES.items()],
        "keeps": (
            f"Je m'engage à garder pendant {YEARS_KEPT} ans, à compter de la fin de l'année du dernier paiement, toutes les "
            "pièces qui ont permis d'établir ce certificat ; plus longtemps si l'Union européenne cofinance l'action, ou si "
            "le droit fiscal, comptable ou commercial le demande."
        ),
        "online": f"Signé en ligne le {format_date(attested.signed_on)} par {attested.signatory}, {attested.signatory_role}."
        if online and attested.signed_on
        else "",
        "place": attested.place,
        "signed": format_date(attested.signed_on) if attested.signed_on else "",
        "signatory": f"{attested.signatory}, {attested.signatory_role}",
    }


def sheet_of(attested: Attested, by_hand: Collection[str] = (), *, internal: bool = False) -> dict[str, Any]:
    """One certificate of the template « certificates », to be printed and signed: who signs, where and when is left to the
    pen, and so are the fields of `by_hand` ("start", "end", "hours"). `internal`: the employer taught."""
    whom = "l'entreprise" if internal else "l'organisme"
    return page_of(attested) | {
        "declares": (
            f"Je soussigné(e), dont le nom et la qualité sont écrits plus bas, représentant {whom} {attested.provider}, "
            "atteste que la personne nommée ci-dessous a suivi l'action suivante :"
        ),
        "facts": [list(row) for row in _facts(attested, by_hand)],
        "signatory": "",
        "pen": [["Nom et prénom", PEN], ["Qualité", PEN]],
        "stamp": f"Signature et cachet de {whom}",
    }


def _provider(attested: Attested) -> Iterator[str]:
    yield attested.provider
    yield from attested.provider_address
    yield f"SIRET {format_siret(attested.provider_siret)}"
    if attested.provider_nda:
        yield f"Déclaration d'activité {attested.provider_nda}"


def _facts(attested: Attested, by_hand: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    start, end = (PEN if name in by_hand else format_date(getattr(attested, name)) for name in ("start", "end"))
    yield "Stagiaire", attested.trainee
    yield "Entreprise", f"{attested.employer} (SIRET {format_siret(attested.employer_siret)})"
    yield "Action", attested.title
    yield "Dossier", attested.dossier
    yield "Dates", f"Du {start} au {end}"
    yield "Durée réellement suivie", PEN if "hours" in by_hand else format_hours(attested.hours)
    yield "Durée prévue", format_hours(attested.planned)
    yield "Ce certificat est", attested.stage.label
