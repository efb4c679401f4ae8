"""Batches: one act on many requests, asked once, done row by row by a job as the person who asked."""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.utils import timezone

from openopco import journal
from openopco.accounts.models import User
from openopco.base import works
from openopco.base.actions import action
from openopco.base.models import Work, WorkRow
from openopco.dossiers import batching, funders
from openopco.dossiers.actions import corrections, deciding, holding, talking
from openopco.dossiers.actions._common import lock, person
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.batching import Act, Plan, permission_of, why_left_out, why_not_granted
from openopco.dossiers.errors import ChangedMeanwhile, NotDecidable, NotPossibleNow
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import checks_of
from openopco.dossiers.queries.batches import is_rectified
from openopco.habilitations.queries import actor_for
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import InvalidValue
from openopco.kernel.money import format_euros
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_text
from openopco.opco import parameters
from openopco.rights import Actor, may, require

KIND = "dossiers.batch"
TITLES = {
    Act.PRENDRE: "Prendre",
    Act.CONFIER: "Confier",
    Act.ECRIRE: "Écrire aux employeurs de",
    Act.COMPLEMENT: "Demander un complément sur",
    Act.ACCORDER: "Accorder",
    Act.REFUSER: "Refuser",
}
Rows = Iterable[tuple[int, int, str]]


@action
def ask_batch(*, actor: Actor, plan: Plan, rows: Rows, key: UUID) -> Work:
    """Queues a batch on requests as they were shown: (id, version, number). Nothing is done yet. Raises `InvalidValue` for
    none or too many, `TooManyWorks`, `WorkAlreadyAsked`."""
    require(actor, permission_of(plan.act))
    listed = list(rows)
    if not listed:
        raise InvalidValue("Aucune demande ne peut être traitée par ce lot.")
    if len(listed) > parameters.value("batch_max_rows", on=paris_today(timezone.now())):
        raise InvalidValue("Ce lot compte trop de demandes.")
    refuse_nir(clean_text(plan.text))
    work = works.start(
        kind=KIND,
        title=title_of(plan.act, len(listed)),
        asked_by=person(actor),
        key=key,
        args=plan.as_args(),
        rows=listed,
    )
    payload = {"acte": str(plan.act), "demandes": len(listed)}
    journal.record(subject_kind="work", subject_id=work.pk, event="work.asked", actor=actor, payload=payload)
    return work


def title_of(act: Act, count: int) -> str:
    return f"{TITLES[act]} {count} demande{'s' if count > 1 else ''}"


def act_on_row(work: Work, row: WorkRow) -> str:
    """One request of a batch, in the row's own transaction: the rights, its state and its version are looked at again, as
    the person who asked may act now. Returns what was done; raises why not, or `Stopped`."""
    plan = Plan.from_args(work.args)
    actor = actor_for(User.objects.get(pk=work.asked_by_id))
    if not may(actor, permission_of(plan.act)):
        raise works.Stopped
    try:
        dossier = lock(actor=actor, permission=permission_of(plan.act), number=row.label, version=row.version)
    except ChangedMeanwhile as error:
        raise ChangedMeanwhile(batching.CHANGED) from error
    if why := why_left_out(plan.act, dossier, actor):
        raise NotPossibleNow(why)
    with journal.within(lot=work.pk):
        return ACTS[plan.act](actor, dossier, plan)


def _take(actor: Actor, dossier: Dossier, plan: Plan) -> str:
    holding.take(actor=actor, number=str(dossier.number))
    return "Prise."


def _assign(actor: Actor, dossier: Dossier, plan: Plan) -> str:
    assert plan.to is not None
    to = User.objects.get(pk=plan.to)
    if dossier.holder_id == to.pk:
        raise NotPossibleNow(f"Elle est déjà confiée à {to.full_name}.")
    holding.assign(actor=actor, number=str(dossier.number), to=to)
    return f"Confiée à {to.full_name}."


def _write(actor: Actor, dossier: Dossier, plan: Plan) -> str:
    talking.write_message(actor=actor, number=str(dossier.number), body=plan.text)
    return "Message envoyé."


def _ask(actor: Actor, dossier: Dossier, plan: Plan) -> str:
    kind, name = plan.point
    point = Point(kind, name, plan.text, reason_code=plan.reason_code)
    corrections.ask(actor=actor, number=str(dossier.number), points=[point], due_on=plan.due_on)
    return "Complément demandé."


def _grant(actor: Actor, dossier: Dossier, plan: Plan) -> str:
    if why := why_not_granted(checks_of(dossier), with_looks=plan.with_looks):
        raise NotDecidable(why)
    if is_rectified(dossier):
        raise NotDecidable(batching.RECTIFIED)
    asked = dossier.amount_asked
    assert asked is not None
    proposed = funders.proposed(dossier, timezone.now())
    if proposed is None or proposed.most >= asked:
        deciding.grant(actor=actor, number=str(dossier.number), amount=asked)
        return "Accordée pour le coût demandé."
    if proposed.most == 0:
        raise NotDecidable(proposed.why)
    deciding.grant(actor=actor, number=str(dossier.number), amount=proposed.most, reason=proposed.why)
    return f"Accordée pour {format_euros(proposed.most)} HT sur {format_euros(asked)} demandés. {proposed.why}"


def _refuse(actor: Actor, dossier: Dossier, plan: Plan) -> str:
    deciding.refuse(actor=actor, number=str(dossier.number), reason=plan.text, reason_code=plan.reason_code)
    return "Refusée."


ACTS: dict[Act, Callable[[Actor, Dossier, Plan], str]] = {
    Act.PRENDRE: _take,
    Act.CONFIER: _assign,
    Act.ECRIRE: _write,
    Act.COMPLEMENT: _ask,
    Act.ACCORDER: _grant,
    Act.REFUSER: _refuse,
}
