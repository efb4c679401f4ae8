"""The letter that an act would write, read before one acts. Nothing is kept."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from openopco.dossiers import letters
from openopco.dossiers.enums import LetterKind
from openopco.dossiers.errors import MissingReason
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import load_draft
from openopco.funding.actions.engaging import as_json
from openopco.funding.estimating import estimate_of, lines_of
from openopco.funding.rules import left_over
from openopco.kernel.calendar import paris_today
from openopco.kernel.money import parse_amount
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_text
from openopco.rights import Actor
from openopco.web.components.letters import Shown, shown
from openopco.web.desk.typed import Typed


def decision_letter(actor: Actor, dossier: Dossier, kind: LetterKind, typed: Typed) -> Shown:
    """With what is typed. Raises `InvalidValue` for an amount that can't be read, a NIR, a reason that misses."""
    reason = refuse_nir(clean_text(typed.value("reason")))
    amount: Decimal | None = None
    if kind is LetterKind.ACCORD:
        amount = parse_amount(typed.value("amount"))
    elif not reason:
        raise MissingReason
    funding = _funding(actor, dossier, amount) if amount is not None else None
    values = letters.decision_values(dossier, kind, amount=amount, reason=reason, funding=funding)
    return shown(letters.preview(dossier, kind, values, actor=actor))


def _funding(actor: Actor, dossier: Dossier, amount: Decimal) -> dict[str, Any]:
    """What an agreement of that amount would engage now."""
    today = paris_today(timezone.now())
    draft = load_draft(dossier, today=today, viewer=actor)
    estimate = estimate_of(dossier, draft, today=today)
    if estimate.proposal is None:
        return {}
    lines = lines_of(estimate, amount)
    return as_json(lines, left_over(estimate.proposal, lines))


def correction_letter(
    actor: Actor, dossier: Dossier, points: Sequence[tuple[str, str]], *, message: str, due_on: date
) -> Shown:
    """With the points chosen: what each is about, and why."""
    told = [f"{label} : {clean_text(reason)}" for label, reason in points]
    values = letters.correction_values(told, message=clean_text(message), due_on=due_on)
    return shown(letters.preview(dossier, LetterKind.COMPLEMENT, values, actor=actor))
