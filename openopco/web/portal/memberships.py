"""What the pages of « Mes habilitations » show and ask: who may come, each membership in words, the forms."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse

from openopco.documents.enums import State as FileState
from openopco.documents.models import Document
from openopco.habilitations.enums import MembershipRole, MembershipState
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.models import Membership
from openopco.habilitations.queries import find_membership
from openopco.kernel.sizes import format_size
from openopco.opco import identity
from openopco.web.organisations import CompletionForm, EstablishmentForm

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[Concatenate[PersonRequest, P], R]
ACCEPTED_FILES = ".pdf,.jpg,.jpeg,.png,.heic,.heif,application/pdf,image/*"
TONES = {
    MembershipState.PENDING: "wait",
    MembershipState.ACCEPTED: "ok",
    MembershipState.REFUSED: "bad",
    MembershipState.ENDED: "off",
}
FILE_TONES = {FileState.SAFE: "ok", FileState.PENDING: "wait", FileState.INFECTED: "bad", FileState.ERROR: "bad"}
FILE_WORDS = {
    FileState.SAFE: "Reçu",
    FileState.PENDING: "Contrôle antivirus en cours",
    FileState.INFECTED: "Écarté : contenu dangereux",
    FileState.ERROR: "Contrôle antivirus impossible : envoyez-le à nouveau",
}


def external_only(view: View[P, R]) -> View[P, R]:
    """The OPCO's own people act for no place: they get 403."""

    @functools.wraps(view)
    def guarded(request: PersonRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if request.user.is_opco:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def own_or_404(request: PersonRequest, membership_id: int) -> Membership:
    """One's own membership, whatever its state."""
    membership = find_membership(request.actor, membership_id)
    if membership is None or membership.user_id != request.actor.user_id:
        raise Http404
    return membership


class SiretForm(forms.Form):
    siret = forms.CharField(
        label="SIRET",
        help_text="14 chiffres, sur vos bulletins de paie, vos factures ou votre extrait Kbis.",
        error_messages={"required": "Indiquez le SIRET de l'établissement : 14 chiffres."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "class": "short"}),
    )


class ProofForm(forms.Form):
    proof = forms.FileField(
        label="Justificatif",
        help_text="Extrait Kbis de moins de 3 mois, pouvoir, ou attestation de l'employeur. PDF ou photo, 10 Mo au plus.",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPTED_FILES}),
    )


class AskForm(CompletionForm, ProofForm):
    """A known establishment, completed by whoever found it first."""


class KeyedForm(SiretForm, EstablishmentForm, ProofForm):
    """An establishment that the registry does not tell."""

    field_order = ("siret", "name", "address", "postal_code", "city", "naf")


@dataclass(frozen=True, slots=True)
class ProofWords:
    name: str
    size: str
    word: str
    tone: str
    can_open: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A membership as its card shows it."""

    membership: Membership
    word: str
    tone: str
    meaning: str
    proof: ProofWords | None
    is_live: bool
    is_pending: bool
    is_administrator: bool
    colleagues: list[Membership]

    @property
    def people_url(self) -> str:
        """Where its administrators say who acts for it."""
        return reverse("provider:people" if self.membership.provider_id else "portal:people", args=[self._pk])

    @property
    def place_url(self) -> str:
        """What is known of it."""
        route = "provider:identity" if self.membership.provider_id else "portal:establishment"
        return reverse(route, args=[self._pk])

    @property
    def _pk(self) -> int:
        return self.membership.place.pk


def card_of(membership: Membership, colleagues: list[Membership] | None = None) -> Card:
    """In the words of its holder; `colleagues` are the other people of the place."""
    state = MembershipState(membership.state)
    return Card(
        membership,
        state.label,
        TONES[state],
        meaning_of(membership),
        proof_of(membership.proof),
        state in (MembershipState.PENDING, MembershipState.ACCEPTED),
        state is MembershipState.PENDING,
        state is MembershipState.ACCEPTED and membership.role == MembershipRole.ADMINISTRATEUR,
        [each for each in colleagues or [] if each.user_id != membership.user_id],
    )


def meaning_of(membership: Membership) -> str:
    """What the state lets its holder do, and what comes next."""
    name = identity().name
    if membership.provider_id is not None:
        return PROVIDER_MEANINGS[MembershipState(membership.state)].format(opco=name)
    return {
        MembershipState.PENDING: (
            f"{name} vérifie que vous agissez pour cet établissement. D'ici là, vous préparez et envoyez vos demandes, "
            "et vous voyez ce que vous avez saisi."
        ),
        MembershipState.ACCEPTED: "Vous voyez toutes les demandes de l'établissement et vous agissez pour lui.",
        MembershipState.REFUSED: "Vous n'agissez pas pour cet établissement.",
        MembershipState.ENDED: "Vous n'agissez plus pour cet établissement.",
    }[MembershipState(membership.state)]


PROVIDER_MEANINGS = {
    MembershipState.PENDING: (
        "{opco} vérifie que vous agissez pour cet organisme. D'ici là, vous ne voyez aucun dossier : seulement ce que "
        "le répertoire dit de l'organisme."
    ),
    MembershipState.ACCEPTED: "Vous voyez les dossiers accordés dont cet organisme assure la formation.",
    MembershipState.REFUSED: "Vous n'agissez pas pour cet organisme.",
    MembershipState.ENDED: "Vous n'agissez plus pour cet organisme.",
}


def proof_of(document: Document | None) -> ProofWords | None:
    """The paper joined, and the antivirus' word on it."""
    if document is None:
        return None
    state = FileState(document.state)
    can_open = state in (FileState.SAFE, FileState.PENDING)
    return ProofWords(document.name, format_size(document.size), FILE_WORDS[state], FILE_TONES[state], can_open)
