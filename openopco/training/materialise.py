"""From a draft that misses nothing to typed rows. Also brings the employer's directory up to date: nothing is typed twice."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from openopco.dossiers.draft import DraftView, RowView
from openopco.dossiers.models import Dossier, DraftRow
from openopco.dossiers.queries import speaks_for
from openopco.trainees.directory import TraineeIdentity, keep_trainee
from openopco.trainees.enums import NirAbsentReason
from openopco.training import fields as f
from openopco.training.enums import AncillaryCost
from openopco.training.models import AncillaryLine, Enrolment, TrainingAction


def write_rows(dossier: Dossier, draft: DraftView) -> None:
    """Writes the course, the people and the ancillary costs; again after a correction, in place. The caller holds the lock."""
    TrainingAction.objects.update_or_create(dossier=dossier, defaults=_course(draft))
    AncillaryLine.objects.filter(dossier=dossier).delete()
    AncillaryLine.objects.bulk_create(_ancillary(dossier, draft))
    stored = {row.key: row for row in DraftRow.objects.filter(dossier=dossier).order_by("position", "id")}
    own_only = not speaks_for(dossier, dossier.created_by_id)
    told = {row.key: _told(dossier, row, stored[row.key], own_only=own_only) for row in draft.rows}
    _enrol(dossier, told)


def _course(draft: DraftView) -> dict[str, Any]:
    value = draft.value
    certification = value(f.CERTIFICATION) if draft.applies(f.CERTIFICATION) else ""
    return {
        "internal": bool(value(f.INTERNAL)),
        "title": value(f.TITLE),
        "nature": value(f.NATURE),
        "modality": value(f.MODALITY),
        "theme": value(f.THEME) or "",
        "certification": certification or "",
        "starts_on": value(f.STARTS_ON),
        "ends_on": value(f.ENDS_ON),
        "minutes": int((value(f.HOURS) * 60).to_integral_value()),
        "cost": value(f.COST),
        "place_postal_code": value(f.PLACE_POSTAL_CODE) or "",
        "place_city": value(f.PLACE_CITY) or "",
        "headcount": value(f.HEADCOUNT),
        "idcc": value(f.IDCC),
        "contact_email": value(f.EMAIL),
        "contact_phone": value(f.PHONE) or "",
        "subrogation": bool(value(f.SUBROGATION)),
        "voluntary": bool(value(f.VOLUNTARY)),
        "comment": value(f.COMMENT) or "",
        "done_at": value(f.DONE_AT),
        "done_on": value(f.DONE_ON),
    }


def _ancillary(dossier: Dossier, draft: DraftView) -> list[AncillaryLine]:
    specs = {spec.name: spec for spec in f.ANCILLARY}
    lines = []
    for cost in AncillaryCost:
        quantity = draft.value(specs[f"{cost.value}_quantity"])
        amount: Decimal | None = draft.value(specs[f"{cost.value}_amount"])
        if quantity and amount is not None:
            lines.append(AncillaryLine(dossier=dossier, kind=cost, quantity=quantity, amount=amount))  # type: ignore[misc]
    return lines


def _enrol(dossier: Dossier, told: Mapping[str, Mapping[str, Any]]) -> None:
    """One enrolment for each row, by its key: those known are rewritten in place, the others added or taken out."""
    known = {enrolment.row: enrolment for enrolment in Enrolment.objects.filter(dossier=dossier).order_by("id")}
    for key, columns in told.items():
        if enrolment := known.get(key):
            for name, value in columns.items():
                setattr(enrolment, name, value)
            enrolment.save()
    Enrolment.objects.bulk_create(
        Enrolment(dossier=dossier, row=key, **columns) for key, columns in told.items() if key not in known
    )
    if set(known) - set(told):
        Enrolment.objects.filter(dossier=dossier).exclude(row__in=told).delete()


def _told(dossier: Dossier, row: RowView, stored: DraftRow, *, own_only: bool) -> dict[str, Any]:
    """What is declared of a person, once the employer's directory knows him."""
    identity = identity_of(row)
    reason = "" if stored.nir_id else row.raw("nir_absent_reason") or NirAbsentReason.NOT_ASKED.value
    trainee = keep_trainee(
        establishment_id=dossier.establishment_id,
        user_id=dossier.created_by_id,
        identity=identity,
        nir_id=stored.nir_id,
        nir_absent_reason=reason,
        known_id=stored.trainee_id,
        own_only=own_only,
    )
    if stored.trainee_id != trainee.pk:
        stored.trainee = trainee
        stored.save(update_fields=["trainee"])
    return {**identity.as_columns(), "nir_id": stored.nir_id, "nir_absent_reason": reason, "trainee": trainee}


def identity_of(row: RowView) -> TraineeIdentity:
    """The typed identity of a complete row."""
    typed = {spec.name: row.reading(spec).value for spec in f.TRAINEE_FIELDS if spec.kind != "nir"}
    return TraineeIdentity(
        last_name=typed["last_name"],
        birth_name=typed["birth_name"] or "",
        first_name=typed["first_name"],
        birth_date=typed["birth_date"],
        sex=typed["sex"],
        postal_code=typed["postal_code"] or "",
        city=typed["city"] or "",
        employee_number=typed["employee_number"] or "",
        csp=typed["csp"],
        contract_type=typed["contract_type"] or "",
        education_level=int(typed["education_level"]),
        rqth=bool(typed["rqth"]),
    )
