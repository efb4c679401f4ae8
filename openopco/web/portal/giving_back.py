"""A page sent once its request had moved on: nothing is kept of it, and nothing typed is lost."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render

from openopco.dossiers.fields import FieldSpec
from openopco.dossiers.models import Dossier
from openopco.habilitations.http import PersonRequest
from openopco.training.kind import in_opco_words
from openopco.web.components.raw import RawField
from openopco.web.portal.access import page_of
from openopco.web.portal.posted import posted_field
from openopco.web.portal.presenting import in_words


def typed_in(request: PersonRequest, specs: Mapping[str, FieldSpec], on: date | None = None) -> list[RawField]:
    """What the page changed of its fields, in words, by control; a NIR is on the card, and never written back here."""
    sent = {name: posted_field(request, name) for name, spec in specs.items() if spec.kind != "nir"}
    return [
        RawField(
            name,
            in_opco_words(specs[name].label),
            in_words(specs[name], value[0], on),
            kind="textarea" if specs[name].kind == "textarea" else "text",
        )
        for name, value in sent.items()
        if value
    ]


def give_back(request: PersonRequest, dossier: Dossier, why: str, typed: list[RawField]) -> HttpResponse:
    """Says why nothing was done, with what was typed, to be copied."""
    context = {"dossier": dossier, "why": why, "typed": typed, "page_url": page_of(request, dossier)}
    return render(request, "portal/given_back.html", context, status=HTTPStatus.CONFLICT)
