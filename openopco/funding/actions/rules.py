"""Rules that this OPCO adds, and those it ends. Administrators."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from openopco import journal
from openopco.base.actions import action
from openopco.funding import ruling
from openopco.funding.enums import Base, Cumulation, Fund
from openopco.funding.errors import BadRule, UnknownRule
from openopco.funding.models import FundingRule, RuleEnding
from openopco.funding.terms import BadTerms, load
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.errors import InvalidValue
from openopco.kernel.text import clean_text
from openopco.rights import Actor, Permission, require

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_CODE, LONGEST_LABEL, LONGEST_SOURCE, LONGEST_REASON = 60, 200, 300, 500
HIGHEST_PRIORITY = 9999


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rule as an administrator wants it. `terms` is what `funding.terms.load` reads."""

    code: str
    label: str
    fund: str
    bases: tuple[str, ...]
    priority: int
    source: str
    terms: Mapping[str, Any]
    cumulation: str = Cumulation.ADDITIF
    budget: str = ""


@action
def add_rule(*, actor: Actor, wanted: Wanted) -> FundingRule:
    """Adds a rule; it reaches the requests that its scope names. Administrators. Raises `BadRule`, with a sentence by field."""
    require(actor, Permission.FUNDING_MANAGE)
    if errors := problems(wanted):
        raise BadRule(errors)
    row = FundingRule.objects.create(
        code=wanted.code,
        label=clean_text(wanted.label),
        fund=wanted.fund,
        bases=list(wanted.bases),
        priority=wanted.priority,
        cumulation=wanted.cumulation,
        budget=wanted.budget,
        source=clean_text(wanted.source),
        terms=dict(wanted.terms),
        created_by_id=actor.person_id,
        created_by_label=actor.label,
        created_at=timezone.now(),
    )
    journal.record(
        subject_kind="funding_rule",
        subject_id=row.pk,
        event="funding.ajouter_regle",
        actor=actor,
        payload={"code": row.code, "termes": row.terms, "fonds": row.fund, "source": row.source},
    )
    transaction.on_commit(ruling.standing.forget)
    return row


def problems(wanted: Wanted) -> dict[str, str]:
    """What forbids the rule, by field."""
    found = dict(_of_words(wanted))
    if wanted.fund not in Fund.values:
        found["fund"] = "Choisissez un fonds."
    if not wanted.bases or set(wanted.bases) - set(Base.values):
        found["bases"] = "Choisissez au moins une dépense prise en charge."
    if wanted.cumulation not in Cumulation.values:
        found["cumulation"] = "Choisissez comment la règle se cumule."
    if not 0 <= wanted.priority <= HIGHEST_PRIORITY:
        found["priority"] = f"Indiquez un rang de 0 à {HIGHEST_PRIORITY}."
    try:
        load(wanted.terms)
    except BadTerms as bad:
        found |= bad.errors
    return found


def _of_words(wanted: Wanted) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if not CODE.fullmatch(wanted.code) or len(wanted.code) > LONGEST_CODE:
        found.append(("code", "Lettres minuscules, chiffres et tirets, par exemple pdc-2027-11."))
    elif any(each.rule.code == wanted.code for each in ruling.read()):
        found.append(("code", "Une règle porte déjà ce code : choisissez-en un autre."))
    if wanted.budget and (not CODE.fullmatch(wanted.budget) or len(wanted.budget) > LONGEST_CODE):
        found.append(("budget", "Lettres minuscules, chiffres et tirets, par exemple pdc."))
    for name, most, empty in (
        ("label", LONGEST_LABEL, "Donnez le nom que lira l'employeur."),
        ("source", LONGEST_SOURCE, "Dites d'où vient la règle : qui l'a publiée, et quand."),
    ):
        text = clean_text(getattr(wanted, name))
        if not text:
            found.append((name, empty))
        elif len(text) > most:
            found.append((name, f"{most} caractères au plus."))
    return found


@action
def end_rule(*, actor: Actor, code: str, last_day: date, reason: str) -> RuleEnding:
    """The rule reaches no agreement given after a day, today at the earliest. Administrators.
    Raises `UnknownRule`, `InvalidValue`."""
    require(actor, Permission.FUNDING_MANAGE)
    known = next((each for each in ruling.read() if each.rule.code == code), None)
    if known is None:
        raise UnknownRule
    now, told = timezone.now(), clean_text(reason)
    if known.ending is not None:
        raise InvalidValue(f"Cette règle prend déjà fin le {format_date(known.ending.last_day)}.")
    if last_day < paris_today(now):
        raise InvalidValue("Choisissez aujourd'hui ou un jour à venir : ce qui a été accordé ne change pas.")
    if not told or len(told) > LONGEST_REASON:
        raise InvalidValue(f"Dites pourquoi la règle prend fin, en {LONGEST_REASON} caractères au plus.")
    ending = RuleEnding.objects.create(
        code=code,
        last_day=last_day,
        reason=told,
        ended_by_id=actor.person_id,
        ended_by_label=actor.label,
        ended_at=now,
    )
    journal.record(
        subject_kind="rule_ending",
        subject_id=ending.pk,
        event="funding.finir_regle",
        actor=actor,
        payload={"code": code, "dernier_jour": last_day.isoformat(), "motif": told},
    )
    transaction.on_commit(ruling.standing.forget)
    return ending
