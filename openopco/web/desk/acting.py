"""What the reader may do with a request as it stands, and why not. The actions ask again for themselves."""

from dataclasses import dataclass

from django.utils import timezone

from openopco.dossiers import workflow
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import answers_for, subject_of
from openopco.dossiers.queries.modifications import why_not_modifiable
from openopco.dossiers.workflow import Event
from openopco.habilitations import absences
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import OpenOpcoError
from openopco.rights import Actor, Permission, may
from openopco.web.modifications import start_of


@dataclass(frozen=True, slots=True)
class Possible:
    """`is_own`: he typed or filed it, a colleague must examine it. `is_mine`: he holds it, or stands in; `held_by`: who else does;
    `stands_in_for`: the colleague whose request it is while he is away; `works`: whether he examines requests at all, or
    only reads them."""

    works: bool
    is_own: bool
    is_mine: bool
    stands_in_for: str
    held_by: str
    take: bool
    release: bool
    assign: bool
    ask: bool
    withdraw: bool
    mend: bool
    grant: bool
    refuse: bool
    close: bool
    answer_for: bool
    modify: bool
    lift: bool
    confirm_start: bool
    correct_start: bool

    @property
    def nothing(self) -> bool:
        """Whether no button is left to show beside « Confier »."""
        return not any((self.take, self.release, self.ask, self.withdraw, self.grant, self.refuse, self.close))


def possible_for(actor: Actor, dossier: Dossier) -> Possible:
    """From the workflow's table, the rights, and who holds the request."""

    def may_do(event: Event) -> bool:
        stands = workflow.find(State(dossier.state), event) is not None
        return stands and may(actor, workflow.permission_for(event), subject_of(dossier))

    today = paris_today(timezone.now())
    start, confirms = start_of(dossier, today), may(actor, Permission.COURSE_CONFIRM, subject_of(dossier))
    stands_in = _stands_in(actor, dossier)
    mine = stands_in or (dossier.holder_id is not None and dossier.holder_id == actor.user_id)
    return Possible(
        works=may(actor, Permission.DOSSIER_TAKE),
        is_own=actor.user_id is not None and actor.user_id in (dossier.created_by_id, dossier.filed_by_id),
        is_mine=mine,
        stands_in_for=dossier.holder.full_name if stands_in and dossier.holder else "",
        held_by=dossier.holder.full_name if dossier.holder and dossier.is_open and not mine else "",
        take=may_do(Event.PRENDRE),
        release=mine and may_do(Event.RELACHER),
        assign=may_do(Event.ASSIGNER),
        ask=mine and may_do(Event.DEMANDER_COMPLEMENT),
        withdraw=mine and may_do(Event.RETIRER_COMPLEMENT),
        mend=mine
        and dossier.state == State.EN_INSTRUCTION
        and may(actor, Permission.DOSSIER_INSTRUCT, subject_of(dossier)),
        grant=mine and may_do(Event.ACCORDER),
        refuse=mine and may_do(Event.REFUSER),
        close=mine and may_do(Event.CLASSER),
        answer_for=dossier.state == State.COMPLEMENT_DEMANDE and answers_for(actor, dossier),
        modify=not why_not_modifiable(dossier, today=today)
        and may(actor, Permission.MODIFICATION_PROPOSE, subject_of(dossier)),
        lift=may_do(Event.LEVER_CADUCITE),
        confirm_start=start.is_asked and confirms,
        correct_start=dossier.state == State.ACCORDEE and start.started_on is not None and confirms,
    )


def _stands_in(actor: Actor, dossier: Dossier) -> bool:
    away = absences.replacement_of(dossier.holder_id, paris_today(timezone.now())) if dossier.is_open else None
    return away is not None and away == actor.user_id and may(actor, Permission.DOSSIER_TAKE, subject_of(dossier))


def why_not(actor: Actor, dossier: Dossier, error: OpenOpcoError) -> str:
    """Why an act was refused, on the request as it now stands: first that somebody else holds it."""
    held_by = possible_for(actor, dossier).held_by
    return f"Ce dossier est traité par {held_by}." if held_by else error.message
