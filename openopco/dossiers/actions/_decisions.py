"""The one place where a decision of the OPCO is written down. Each is a version of its own; none is ever changed."""

from datetime import date, datetime

from django.db.models import Max

from openopco.dossiers import funders, kinds
from openopco.dossiers.actions._common import person, standard_reason
from openopco.dossiers.enums import State
from openopco.dossiers.letters import write_for_decision
from openopco.dossiers.models import Decision, Dossier
from openopco.dossiers.queries import load_draft
from openopco.kernel.calendar import paris_today
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_text
from openopco.opco import shipped_lists as lists
from openopco.rights import Actor

# Where the standard reasons of each outcome stand.
LIST_OF = {State.ACCORDEE: lists.PARTIAL, State.REFUSEE: lists.REFUSAL, State.SANS_SUITE: lists.CLOSING}


def record_decision(
    dossier: Dossier, outcome: State, *, actor: Actor, reason: str, now: datetime, reason_code: str = ""
) -> Decision:
    """Keeps what is decided on a request, with its snapshot: the first version, or the one that follows. The caller
    holds the dossier's lock, has set its amounts and written its draft; it saves the request itself, which here only
    learns who decided last and when. `reason_code` is of the standard reason that was used. What is granted is engaged
    here, and its letter written. Raises the funder's `NotDecidable`."""
    engaged = _engage(dossier, outcome, now)
    dossier.decided_at, dossier.decided_by_id = now, person(actor)
    decision = Decision.objects.create(
        dossier=dossier,
        version=_last_version(dossier) + 1,
        outcome=outcome,
        amount_asked=dossier.amount_asked,
        amount_granted=dossier.amount_granted,
        reason=refuse_nir(clean_text(reason)),
        reason_code=_code_of(outcome, reason_code, reason, paris_today(now)),
        funding={"lignes": engaged.lines, "reste": engaged.unfunded} if engaged else {},
        snapshot=kinds.get(dossier.kind).snapshot(load_draft(dossier, today=paris_today(now))),
        decided_by_id=person(actor),
        decided_by_label=actor.label,
        decided_at=now,
    )
    if engaged:
        engaged.keep(decision)
    write_for_decision(dossier, decision)
    return decision


def _engage(dossier: Dossier, outcome: State, now: datetime) -> funders.Engaged | None:
    if outcome is not State.ACCORDEE or dossier.amount_granted is None:
        return None
    return funders.engage(dossier, dossier.amount_granted, now)


def _last_version(dossier: Dossier) -> int:
    last: int | None = Decision.objects.filter(dossier=dossier).aggregate(last=Max("version"))["last"]
    return last or 0


def _code_of(outcome: State, code: str, reason: str, today: date) -> str:
    return standard_reason(LIST_OF[outcome], code, reason, today) if code else ""
