"""Writes of the directory."""

from openopco.base.actions import action
from openopco.journal.actions import record
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.rights import Actor, Permission, Subject, require
from openopco.trainees.directory import TraineeIdentity, keep_trainee
from openopco.trainees.enums import NirAbsentReason
from openopco.trainees.errors import UnknownTrainee
from openopco.trainees.models import Trainee
from openopco.trainees.queries import find_trainee, reaches_whole_directory
from openopco.trainees.vault import store_nir


@action
def save_trainee(
    *,
    actor: Actor,
    establishment_id: int,
    identity: TraineeIdentity,
    nir: str = "",
    nir_absent_reason: str = "",
    nir_required: bool = True,
    trainee_id: int | None = None,
) -> Trainee:
    """Adds a person to the directory, or corrects `trainee_id`; somebody already there under the same NIR, or the same
    name and birth date, is updated instead of doubled. `nir` is raw and goes straight to the vault; without one, a
    reason is needed where `nir_required`. Raises Forbidden, UnknownTrainee, InvalidValue."""
    known = _known(actor, establishment_id, trainee_id)
    nir_id = store_nir(actor=actor, raw=nir) if nir.strip() else None
    trainee = keep_trainee(
        establishment_id=establishment_id,
        user_id=_person(actor),
        identity=identity,
        nir_id=nir_id,
        nir_absent_reason=_reason(nir_id or (known.nir_id if known else None), nir_absent_reason, nir_required),
        known_id=trainee_id,
        own_only=not reaches_whole_directory(actor, establishment_id),
    )
    # What is said of a disability stays out of the journal, down to the name of its column.
    record(subject_kind="trainee", subject_id=trainee.pk, event="trainee.saved", actor=actor)
    return trainee


def _known(actor: Actor, establishment_id: int, trainee_id: int | None) -> Trainee | None:
    require(actor, Permission.TRAINEE_WRITE, Subject(establishment_id, typed_by=actor.user_id))
    if trainee_id is None:
        return None
    known = find_trainee(actor, trainee_id)
    if known is None or known.establishment_id != establishment_id:
        raise UnknownTrainee
    return known


def _reason(nir_id: int | None, reason: str, nir_required: bool) -> str:
    if nir_id:
        return ""
    if reason in NirAbsentReason.values and reason != NirAbsentReason.NOT_ASKED:
        return reason
    if nir_required:
        raise InvalidValue("Indiquez le NIR, ou pourquoi il manque.")
    return NirAbsentReason.NOT_ASKED.value


def _person(actor: Actor) -> int:
    if actor.user_id is None:
        raise Forbidden
    return actor.user_id
