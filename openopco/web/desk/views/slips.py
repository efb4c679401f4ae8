"""« Rectifier »: an officer mends an evident slip himself; both values are kept and the employer is told."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from openopco.dossiers.actions import slips
from openopco.dossiers.draft import EMPTY, DraftView
from openopco.dossiers.errors import MissingReason, NotPossibleNow, UnknownField
from openopco.dossiers.models import Dossier
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import Conflict, Forbidden, InvalidValue
from openopco.kernel.nir import NirInText, find_nir
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.components.raw import RawField
from openopco.web.desk import showing
from openopco.web.desk.access import found, shown_version
from openopco.web.desk.acting import why_not
from openopco.web.desk.pages import frame_of, page_url
from openopco.web.desk.points import Target
from openopco.web.desk.typed import Typed, text_area
from openopco.web.desk.views.deciding import WRITE_METHODS
from openopco.web.desk.views.holding import CONFLICT


@require_http_methods(WRITE_METHODS)
@needs(Permission.DOSSIER_INSTRUCT)
def slip(request: PersonRequest, number: str) -> HttpResponse:
    """One field, named by the address: what stands, what should, why."""
    dossier = found(request, number)
    target, raw = _target(request, dossier)
    typed = _fields(target, raw, paris_today(dossier.sent_at or timezone.now()))
    if request.method != "POST":
        return _show(request, dossier, target, typed)
    # A box that is not ticked posts nothing.
    typed = typed.holding({"value": "", **request.POST.dict()})
    try:
        slips.correct_slip(
            actor=request.actor,
            number=number,
            name=target.name,
            row=target.row,
            value=typed.value("value"),
            reason=typed.value("reason"),
            version=shown_version(request),
        )
    except (NotPossibleNow, Conflict, UnknownField, Forbidden) as error:
        dossier = found(request, number)
        return _show(
            request,
            dossier,
            _target(request, dossier)[0],
            typed.refused(why_not(request.actor, dossier, error)),
            CONFLICT,
        )
    except InvalidValue as error:
        in_reason = isinstance(error, NirInText) and find_nir(typed.value("reason"))
        field = "reason" if in_reason or isinstance(error, MissingReason) else "value"
        return _show(request, dossier, target, typed.wrong({field: error.message}), 422)
    messages.success(request, f"« {target.label} » est rectifié. L'employeur en est informé.")
    return redirect(page_url(request, number))


def _target(request: PersonRequest, dossier: Dossier) -> tuple[Target, str]:
    """The field, with its raw value; a 404 for what is no field, or one that is the employer's alone to write."""
    reading = showing.read(dossier, request.actor)
    target = reading.targets.get(request.GET.get("point", ""))
    if target is None or not target.is_mendable:
        raise Http404
    return target, _raw(reading.draft, target)


def _raw(draft: DraftView, target: Target) -> str:
    row = draft.row(target.row) if target.row else None
    return (row.values if row else draft.values).get(target.name, EMPTY).value


def _fields(target: Target, raw: str, on: date) -> Typed:
    spec = target.spec
    assert spec is not None
    value = RawField(
        "value",
        "Nouvelle valeur",
        raw or spec.default,
        hint=spec.hint,
        kind="text" if spec.kind in ("postal", "city") else spec.kind,
        choices=spec.choices_on(on),
        inputmode=spec.inputmode,
        max_length=spec.max_length,
        suffix=spec.suffix,
        revision=None,
    )
    hint = "L'employeur le lira, avec l'ancienne et la nouvelle valeur."
    return Typed({"value": value, "reason": text_area("reason", "Pourquoi", hint=hint, required=True)})


def _show(request: PersonRequest, dossier: Dossier, target: Target, typed: Typed, status: int = 200) -> HttpResponse:
    frame = frame_of(request, dossier)
    context: dict[str, Any] = {"target": target, "typed": typed, "can": frame["possible"].mend}
    return render(request, "desk/slip.html", frame | context, status=status)
