"""What a batch does to each request, and which requests it leaves out. `actions/batches.py` acts, `queries` reads."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from openopco.dossiers import workflow
from openopco.dossiers.enums import STATE_WORDS, Audience, ItemKind, State
from openopco.dossiers.kinds import Check, Outcome
from openopco.dossiers.queries.scope import subject_of
from openopco.dossiers.workflow import Event
from openopco.habilitations.absences import replacement_of
from openopco.kernel.calendar import paris_today
from openopco.rights import Actor, Permission, may

if TYPE_CHECKING:
    from openopco.dossiers.models import Dossier


class Act(StrEnum):
    """What may be done to many requests at once. Codes are in addresses and in the journal."""

    PRENDRE = "prendre"
    CONFIER = "confier"
    ECRIRE = "ecrire"
    COMPLEMENT = "complement"
    ACCORDER = "accorder"
    REFUSER = "refuser"


EVENTS: Mapping[Act, Event] = {
    Act.PRENDRE: Event.PRENDRE,
    Act.CONFIER: Event.ASSIGNER,
    Act.COMPLEMENT: Event.DEMANDER_COMPLEMENT,
    Act.ACCORDER: Event.ACCORDER,
    Act.REFUSER: Event.REFUSER,
}
OWN = "Vous l'avez déposée : un collègue doit l'examiner."
NOT_TAKEN = "Elle est à prendre. Prenez d'abord le lot (« Prendre »), puis recommencez."
MINE = "Vous la traitez déjà."
CHANGED = "Elle a changé depuis que vous avez préparé ce lot : ouvrez-la pour voir où elle en est."
RECTIFIED = "Son coût a été rectifié : décidez-la seule."


@dataclass(frozen=True, slots=True)
class Plan:
    """A batch as it was asked: the act and its words. `to`: the colleague's id; `kind` and `name`: the point to correct;
    `with_looks`: grant also where a check is « à regarder »; `reason_code`: of the standard reason the text began with."""

    act: Act
    to: int | None = None
    text: str = ""
    kind: str = ""
    name: str = ""
    due_on: date | None = None
    with_looks: bool = False
    reason_code: str = ""

    def as_args(self) -> dict[str, Any]:
        """What the work keeps until it is over: JSON."""
        return {**asdict(self), "act": str(self.act), "due_on": self.due_on.isoformat() if self.due_on else None}

    @classmethod
    def from_args(cls, args: Mapping[str, Any]) -> "Plan":
        due_on = date.fromisoformat(args["due_on"]) if args["due_on"] else None
        return cls(**{**args, "act": Act(args["act"]), "due_on": due_on})

    @property
    def point(self) -> tuple[ItemKind, str]:
        return ItemKind(self.kind), self.name


def permission_of(act: Act) -> Permission:
    """The right that a batch asks, before any request is looked at."""
    return workflow.permission_for(EVENTS[act]) if act in EVENTS else Permission.MESSAGE_WRITE


def why_left_out(act: Act, dossier: "Dossier", actor: Actor) -> str:
    """Why the request can't be in the batch as it stands; empty where it can. From its row and the absences of the day."""
    if act is Act.ECRIRE:
        return ""
    if workflow.find(State(dossier.state), EVENTS[act]) is None:
        if dossier.state == State.TRANSMISE:
            return NOT_TAKEN
        if act is Act.PRENDRE and dossier.holder is not None and dossier.is_open:
            return MINE if dossier.holder_id == actor.user_id else f"Elle est traitée par {dossier.holder.full_name}."
        return f"Son état ne le permet pas : {STATE_WORDS[Audience.OPCO][State(dossier.state)].lower()}."
    if not may(actor, permission_of(act), subject_of(dossier)):
        return OWN
    return "" if act is Act.CONFIER else _held_by(dossier, actor)


def _held_by(dossier: "Dossier", actor: Actor) -> str:
    """A request under examination always has its officer; while he is away, who stands in for him acts as he would."""
    if dossier.holder is None or dossier.holder_id == actor.user_id:
        return ""
    if actor.user_id is not None and replacement_of(dossier.holder_id, paris_today(timezone.now())) == actor.user_id:
        return ""
    return f"Elle est traitée par {dossier.holder.full_name}."


def why_not_granted(checks: Iterable[Check], *, with_looks: bool) -> str:
    """What the checks hold against granting in a batch: any failure, and what is to be looked at unless asked otherwise."""
    listed = list(checks)
    failed = [check.detail for check in listed if check.outcome is Outcome.FAILED]
    looks = [] if with_looks else [check.detail for check in listed if check.outcome is Outcome.LOOK]
    told = [f"Contrôle en échec. {' '.join(failed)}"] if failed else []
    return " ".join([*told, *([f"À regarder. {' '.join(looks)}"] if looks else [])])
