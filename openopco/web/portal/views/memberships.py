"""« Mes habilitations »: for which establishments and providers one acts, with what proof, and which one is in hand."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openopco.base.addresses import is_own_path
from openopco.documents.serving import serve
from openopco.habilitations import queries
from openopco.habilitations.actions import add_proof, end_membership, switch_place
from openopco.habilitations.enums import LIVE_STATES, MembershipState
from openopco.habilitations.errors import LastAdministrator, UnknownMembership
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.places import Place
from openopco.kernel.errors import OpenOpcoError
from openopco.organisations import fields
from openopco.organisations.actions import complete_establishment
from openopco.organisations.enums import Source
from openopco.organisations.models import Establishment
from openopco.organisations.queries import elsewhere_in_words, knows_private
from openopco.rights import Permission, Subject, may
from openopco.web.organisations import (
    CompletionForm,
    EstablishmentForm,
    check,
    place,
    posted,
    public_rows,
    typed,
    values_of,
)
from openopco.web.portal.memberships import ProofForm, card_of, external_only, own_or_404
from openopco.web.portal.posted import number_in

MOST_PAST = 20


@require_safe
@external_only
def memberships(request: PersonRequest) -> HttpResponse:
    """Mine, those that live first, with the other people of the places where I am accepted."""
    return _list_page(request)


def _list_page(request: PersonRequest, proof_form: ProofForm | None = None, failed: int = 0) -> HttpResponse:
    mine = list(queries.own_memberships(request.actor))
    accepted = [each.place for each in mine if each.state == MembershipState.ACCEPTED]
    people = queries.colleagues_of_many(request.actor, accepted) if accepted else {}
    context = {
        "live": [card_of(each, people.get(each.place)) for each in mine if each.state in LIVE_STATES],
        "past": [card_of(each) for each in mine if each.state not in LIVE_STATES][:MOST_PAST],
        "invitations": queries.own_invitations(request.user),
        "proof_form": proof_form or ProofForm(),
        "failed": failed,
    }
    return render(request, "portal/memberships/list.html", context, status=422 if proof_form else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@external_only
def proof(request: PersonRequest, membership_id: int) -> HttpResponseBase:
    """The paper that shows the tie: read again, or sent; a new one takes the place of the old."""
    membership = own_or_404(request, membership_id)
    if request.method != "POST":
        if membership.proof is None:
            raise Http404
        return serve(membership.proof, viewer=request.actor, inline="apercu" in request.GET)
    form = ProofForm(request.POST, request.FILES)
    upload = request.FILES.get("proof")
    try:
        if upload is None:
            raise OpenOpcoError("Choisissez d'abord un fichier.")
        add_proof(actor=request.actor, membership_id=membership.pk, upload=upload)
    except OpenOpcoError as error:
        form.is_valid()
        form.add_error("proof", error.message)
        return _list_page(request, form, membership.pk)
    messages.success(request, "Votre justificatif est reçu : nous l'examinons.")
    return redirect("portal:memberships")


@require_http_methods(["GET", "HEAD", "POST"])
@external_only
def end(request: PersonRequest, membership_id: int) -> HttpResponse:
    """« Êtes-vous sûr ? », then no longer for this place, from the very next page on."""
    membership = own_or_404(request, membership_id)
    if request.method == "POST":
        try:
            end_membership(actor=request.actor, membership_id=membership.pk)
        except LastAdministrator as error:
            messages.error(request, error.message)
            return redirect(card_of(membership).people_url)
        messages.success(request, f"Vous n'agissez plus pour {membership.organisation.name}.")
        return redirect("portal:memberships")
    if membership.state not in LIVE_STATES:
        return redirect("portal:memberships")
    return render(request, "portal/memberships/end.html", {"membership": membership})


@require_POST
@external_only
def switch(request: PersonRequest) -> HttpResponse:
    """Chooses for which establishment, or provider, one acts, then goes on to `next`."""
    onward, provider_id = request.POST.get("next", ""), number_in(request.POST.get("organisme", ""))
    place = Place(provider_id=provider_id) if provider_id else Place(number_in(request.POST.get("establishment", "")))
    try:
        switch_place(memberships=request.access.memberships, session=request.session, place=place)
    except UnknownMembership as error:
        raise Http404 from error
    return redirect(onward if is_own_path(onward) else reverse("portal:dashboard"))


@require_http_methods(["GET", "HEAD", "POST"])
@external_only
def establishment(request: PersonRequest, establishment_id: int) -> HttpResponse:
    """What is known of an establishment one acts for, and what its people complete."""
    place_ = _live_or_404(request, establishment_id)
    if not _may_write(request, place_):
        if request.method == "POST":
            raise Http404
        return _establishment_page(request, place_, None)
    by_hand = place_.source == Source.HAND and not place_.verified
    made = EstablishmentForm if by_hand else CompletionForm
    form = made(posted(request), initial=values_of(place_))
    if form.is_bound and form.is_valid() and _completed(request, place_, form):
        messages.success(request, f"Les informations de {place_.name} sont enregistrées.")
        return redirect("portal:memberships")
    return _establishment_page(request, place_, form)


def _completed(request: PersonRequest, place_: Establishment, form: CompletionForm) -> bool:
    check(form, fields.COMPLETION | fields.IDENTITY)
    if form.errors:
        return False
    try:
        complete_establishment(actor=request.actor, establishment_id=place_.pk, **typed(form))
    except OpenOpcoError as error:
        place(form, error)
    return not form.errors


def _establishment_page(
    request: PersonRequest, place_: Establishment, form: CompletionForm | EstablishmentForm | None
) -> HttpResponse:
    context = {
        "establishment": place_,
        "rows": public_rows(place_, request.actor),
        "by_hand": isinstance(form, EstablishmentForm),
        "elsewhere": elsewhere_in_words(place_),
        "form": form,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "portal/memberships/establishment.html", context, status=status)


def _live_or_404(request: PersonRequest, establishment_id: int) -> Establishment:
    for membership in request.access.memberships:
        if membership.establishment is not None and membership.establishment_id == establishment_id:
            return membership.establishment
    raise Http404


def _may_write(request: PersonRequest, place_: Establishment) -> bool:
    subject = Subject(place_.pk, typed_by=place_.created_by_id)
    return may(request.actor, Permission.ESTABLISHMENT_WRITE, subject) and knows_private(request.actor, place_)
