"""The page of a batch: its words, its fields, and its scope as the page showed it, signed so that it comes back the same."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing

from openopco.dossiers import kinds
from openopco.dossiers.batching import Act, Plan
from openopco.dossiers.enums import ItemKind
from openopco.habilitations.queries import active_officers
from openopco.kernel.calendar import add_calendar_days, format_date, parse_date
from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import NirInText, find_nir
from openopco.opco import parameters, shipped_lists
from openopco.rights import Actor
from openopco.training.kind import in_opco_words
from openopco.web.components.raw import RawField
from openopco.web.desk.phrases import Shelf, shelf
from openopco.web.desk.typed import Typed, text_area

# A page older than this is shown anew before anything is done from it.
SCOPE_SECONDS = 3600
Row = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Words:
    """What a page of batch says: in the list's bar, above the page, of what will happen, on its button."""

    choice: str
    title: str
    lead: str
    button: str
    danger: bool = False


WORDS: Mapping[Act, Words] = {
    Act.PRENDRE: Words(
        "Prendre",
        "Prendre",
        "Chaque demande passe dans « Mes dossiers ». Celles qu'un collègue a prises, ou que vous avez déposées, sont "
        "laissées de côté.",
        "Prendre les demandes",
    ),
    Act.CONFIER: Words(
        "Confier à un gestionnaire",
        "Confier",
        "Chaque demande est confiée au gestionnaire choisi, qui est prévenu. Celles qu'il a déposées sont laissées de côté.",
        "Confier",
    ),
    Act.ECRIRE: Words(
        "Écrire aux employeurs",
        "Écrire aux employeurs",
        "Le même message part dans chaque demande : chaque employeur est prévenu et peut y répondre.",
        "Envoyer le message",
    ),
    Act.COMPLEMENT: Words(
        "Demander un complément",
        "Demander un complément",
        "Le même point est demandé sur chaque demande. Elles attendent ensuite l'employeur, jusqu'à la date choisie.",
        "Demander le complément",
    ),
    Act.ACCORDER: Words(
        "Accorder",
        "Accorder",
        "Chaque demande est accordée pour le coût demandé, ou pour ce que permettent les règles si c'est moins : "
        "l'employeur lit pourquoi, et il est prévenu aussitôt. Celles dont un contrôle est en échec, dont le coût a été "
        "rectifié, ou dont les règles ne prennent rien en charge, sont laissées de côté.",
        "Accorder les demandes",
    ),
    Act.REFUSER: Words(
        "Refuser",
        "Refuser",
        "Chaque demande est refusée avec le même motif : l'employeur le lit et peut reprendre sa demande dans une nouvelle.",
        "Refuser les demandes",
        danger=True,
    ),
}
# The list whose phrases may be inserted in the text.
PHRASES: Mapping[Act, str] = {
    Act.ECRIRE: shipped_lists.MESSAGE,
    Act.COMPLEMENT: shipped_lists.CORRECTION,
    Act.REFUSER: shipped_lists.REFUSAL,
}
CHOICES = tuple((str(act), words.choice) for act, words in WORDS.items())


# --- the scope -------------------------------------------------------------------------------------------------------


def sign(rows: list[Row], actor: Actor, act: Act) -> str:
    """The scope as the page shows it, for the same person and the same act."""
    return signing.dumps(rows, salt=_salt(actor, act), compress=True)


def read_signed(raw: str, actor: Actor, act: Act) -> list[Row] | None:
    """The scope that the page had shown; None where it is too old or not ours."""
    try:
        found = signing.loads(raw, salt=_salt(actor, act), max_age=SCOPE_SECONDS)
    except (signing.BadSignature, json.JSONDecodeError):
        return None
    return [(pk, version, number) for pk, version, number in found]


def _salt(actor: Actor, act: Act) -> str:
    return f"lot:{actor.user_id}:{act}"


# --- the fields ------------------------------------------------------------------------------------------------------


def fields_of(act: Act, today: date) -> Typed:
    return Typed(_FIELDS[act](today))


def _assign_fields(today: date) -> dict[str, RawField]:
    officers = tuple((str(user.pk), user.full_name) for user in active_officers())
    return {"to": _plain("to", "Gestionnaire", kind="select", choices=officers)}


def _message_fields(today: date) -> dict[str, RawField]:
    return {"text": text_area("text", "Message", hint="Tous les employeurs lisent ce même texte.", required=True)}


def _complement_fields(today: date) -> dict[str, RawField]:
    proposed = add_calendar_days(today, parameters.value("correction_days", on=today))
    return {
        "point": _plain("point", "Ce que vous demandez", kind="select", choices=tuple(_points())),
        "text": text_area("text", "Ce qui ne va pas, ce que vous attendez", required=True),
        "due_on": _plain("due_on", "Réponse attendue au plus tard le", format_date(proposed), kind="date"),
    }


def _grant_fields(today: date) -> dict[str, RawField]:
    label = "Accorder aussi les demandes qui ont un point à regarder"
    hint = "Sans cette coche, elles sont laissées de côté. Un contrôle en échec exclut toujours la demande."
    return {"looks": _plain("looks", label, kind="checkbox", hint=hint, required=False)}


def _refuse_fields(today: date) -> dict[str, RawField]:
    hint = "Tous les employeurs liront ce texte : dites ce qui a manqué, et ce qu'ils peuvent faire."
    return {"text": text_area("text", "Motif", hint=hint, required=True)}


def shelf_of(act: Act, today: date, posted: Mapping[str, str]) -> Shelf | None:
    """The phrases for the batch's text: those that suit every kind of action, as the requests may be of several."""
    return shelf(PHRASES[act], "", today, posted) if act in PHRASES else None


_FIELDS: Mapping[Act, Callable[[date], dict[str, RawField]]] = {
    Act.PRENDRE: lambda today: {},
    Act.CONFIER: _assign_fields,
    Act.ECRIRE: _message_fields,
    Act.COMPLEMENT: _complement_fields,
    Act.ACCORDER: _grant_fields,
    Act.REFUSER: _refuse_fields,
}


def _plain(name: str, label: str, value: str = "", *, required: bool = True, **more: Any) -> RawField:
    return RawField(name, label, value, required=required, revision=None, max_length=20, **more)


def _points() -> list[tuple[str, str]]:
    """The pieces and the general fields of every kind of request; never a trainee's own."""
    found: dict[str, str] = {}
    for kind in kinds.all_kinds():
        found |= {f"{ItemKind.PIECE}:{code}": f"Pièce : {label}" for code, label in kind.zones}
        specs = (spec for step in kind.steps for spec in step.fields if spec.correctable)
        found |= {f"{ItemKind.CHAMP}:{spec.name}": in_opco_words(spec.label) for spec in specs}
    return list(found.items())


# --- what was typed --------------------------------------------------------------------------------------------------


def plan_of(act: Act, typed: Typed, today: date, reason_code: str = "") -> tuple[Plan, Typed]:
    """The batch as typed, with what is wrong said beside each field. `reason_code`: of the phrase inserted last."""
    wrong: dict[str, str] = {}
    text = typed.fields["text"].value.strip() if "text" in typed.fields else ""
    if "text" in typed.fields and (fault := _fault_of(text)):
        wrong["text"] = fault
    to = _chosen(typed, "to", "Choisissez un gestionnaire.", wrong)
    kind, _, name = _chosen(typed, "point", "Choisissez ce que vous demandez.", wrong).partition(":")
    due_on = _day(typed, today, wrong) if "due_on" in typed.fields else None
    looks = "looks" in typed.fields and bool(typed.value("looks"))
    plan = Plan(act, int(to) if to else None, text, kind, name, due_on, with_looks=looks, reason_code=reason_code)
    return plan, typed.wrong(wrong)


def _fault_of(text: str) -> str:
    if not text:
        return "Écrivez ce texte : l'employeur le lira."
    if len(text) > 4000:
        return "Ce texte est trop long : 4000 caractères au plus."
    return NirInText.message if find_nir(text) else ""


def _chosen(typed: Typed, name: str, message: str, wrong: dict[str, str]) -> str:
    field = typed.fields.get(name)
    if field is None or field.value in dict(field.choices):
        return field.value if field else ""
    wrong[name] = message
    return ""


def _day(typed: Typed, today: date, wrong: dict[str, str]) -> date | None:
    try:
        due_on = parse_date(typed.value("due_on"))
    except InvalidValue as error:
        wrong["due_on"] = error.message
        return None
    if not today < due_on <= add_calendar_days(today, 366):
        wrong["due_on"] = "Choisissez une date à venir, dans l'année."
    return due_on
