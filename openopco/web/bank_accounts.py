"""A payee's bank account as pages ask it: the IBAN, its holder, the RIB."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openopco.accounts.confirming import MISSING, password_problem
from openopco.documents.actions import examine_upload
from openopco.documents.inspect import ExaminedFile
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.places import Place
from openopco.kernel.calendar import parse_date
from openopco.kernel.errors import InvalidValue, OpenOpcoError
from openopco.kernel.identifiers import parse_siret
from openopco.organisations.accounts import accounts_of, may_propose
from openopco.organisations.actions import end_account, propose_account
from openopco.organisations.actions.accounts import LONGEST_WORDS, Act
from openopco.organisations.enums import AccountState, Ground
from openopco.organisations.errors import InvalidFields, ProofNeeded
from openopco.organisations.models import BankAccount, Establishment, Provider
from openopco.organisations.queries import establishment_by_siret, provider_by_siret
from openopco.web.portal.memberships import ACCEPTED_FILES

TONES = {
    AccountState.PROPOSED: "wait",
    AccountState.CONFIRMED: "ok",
    AccountState.REFUSED: "bad",
    AccountState.ENDED: "off",
}


NEEDED = {
    "iban": "Indiquez l'IBAN.",
    "holder": "Indiquez le titulaire du compte, comme sur le RIB.",
    "proof": ProofNeeded.message,
    "password": MISSING,
    "siret": "Indiquez le SIRET du bénéficiaire.",
}


def _needed(name: str) -> dict[str, str]:
    return {"required": NEEDED[name]}


class AccountForm(forms.Form):
    """The password comes last: a number that changes hands is money that does."""

    iban = forms.CharField(
        label="IBAN",
        error_messages=_needed("iban"),
        max_length=80,
        help_text="Sur votre RIB, par exemple FR76 suivi de 23 caractères. Les espaces ne comptent pas.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "figures"}),
    )
    holder = forms.CharField(
        label="Titulaire du compte",
        error_messages=_needed("holder"),
        max_length=200,
        help_text="Tel qu'il est écrit sur le RIB.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    proof = forms.FileField(
        label="RIB",
        error_messages=_needed("proof"),
        allow_empty_file=True,
        help_text="Celui de la banque. PDF ou photo, 10 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ACCEPTED_FILES}),
    )
    password = forms.CharField(
        label="Votre mot de passe",
        error_messages=_needed("password"),
        strip=False,
        max_length=200,
        help_text="Pour être sûr que c'est bien vous.",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ReceivedForm(AccountForm):
    """One that an accountant types from a letter."""

    siret = forms.CharField(
        label="SIRET du bénéficiaire",
        error_messages=_needed("siret"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "class": "short"}),
    )
    ground = forms.ChoiceField(
        label="Motif",
        required=False,
        choices=Ground.choices,
        help_text="Un acte fait payer quelqu'un d'autre : joignez-le, avec le RIB, en un seul fichier.",
    )
    since = forms.CharField(
        label="L'acte prend effet le",
        required=False,
        max_length=30,
        help_text="Pour un acte seulement, par exemple 12/01/2027.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "class": "short"}),
    )
    until = forms.CharField(
        label="Jusqu'au",
        required=False,
        max_length=30,
        help_text="Vide : jusqu'à ce que vous y mettiez fin.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "class": "short"}),
    )
    field_order = ("siret", "ground", "since", "until", "iban", "holder", "proof", "password")

    def act(self) -> Act | None:
        """None for the payee's own account, or once what is wrong stands beside its fields."""
        ground = Ground(self.cleaned_data["ground"] or Ground.OWN)
        since, until = self._day("since"), self._day("until")
        if ground == Ground.OWN:
            if since or until:
                self.add_error("ground", "Ces dates sont celles d'un acte : dites lequel.")
            return None
        if since is None:
            if "since" not in self.errors:
                self.add_error("since", "Indiquez le jour où l'acte prend effet.")
            return None
        if until is not None and until < since:
            self.add_error("until", "La fin vient avant le début : vérifiez les deux dates.")
        return Act(ground, since, until)

    def _day(self, name: str) -> date | None:
        raw = self.cleaned_data.get(name, "")
        try:
            return parse_date(raw) if raw.strip() else None
        except InvalidValue as error:
            self.add_error(name, error.message)
            return None


class WordsForm(forms.Form):
    """What the second person writes."""

    words = forms.CharField(
        label="", required=False, max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, label: str, hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label, self.fields["words"].help_text = label, hint


@dataclass(frozen=True, slots=True)
class Line:
    """An account as lists show it."""

    account: BankAccount
    word: str
    tone: str
    can_end: bool


def lines_of(payee: Provider | Establishment) -> list[Line]:
    return [line_of(account) for account in accounts_of(payee)]


def line_of(account: BankAccount) -> Line:
    state = AccountState(account.state)
    is_live = state in {AccountState.PROPOSED, AccountState.CONFIRMED}
    return Line(account, str(state.label), TONES[state], is_live)


def proposed(request: PersonRequest, payee: Provider | Establishment, form: AccountForm) -> BankAccount | None:
    """The account proposed; None once what is wrong stands beside its fields. Opens the file outside any transaction."""
    typed, act = form.cleaned_data, form.act() if isinstance(form, ReceivedForm) else None
    if form.errors:
        return None
    if problem := password_problem(request, typed["password"]):
        form.add_error("password", problem)
        return None
    try:
        proof = _examined(request.FILES.get("proof"))
        return propose_account(
            actor=request.actor, payee=payee, iban=typed["iban"], holder=typed["holder"], proof=proof, act=act
        )
    except InvalidFields as error:
        for name, sentence in error.errors.items():
            form.add_error(name, sentence)
    except ProofNeeded as error:
        form.add_error("proof", error.message)
    except OpenOpcoError as error:
        form.add_error("proof" if request.FILES else None, error.message)
    return None


def payee_of(form: ReceivedForm) -> Provider | Establishment | None:
    """Whom the SIRET names: a training provider first, since an employer's own door is there for him. None once what is
    wrong stands beside it."""
    try:
        siret = parse_siret(form.cleaned_data["siret"])
    except InvalidValue as error:
        form.add_error("siret", error.message)
        return None
    found = provider_by_siret(siret) or establishment_by_siret(siret)
    if found is None:
        form.add_error("siret", "Aucun organisme ni établissement de ce SIRET n'est connu du portail.")
    return found


def _examined(upload: "UploadedFile[Any] | None") -> ExaminedFile | None:
    return examine_upload(upload) if upload is not None else None


# --- the page of those who are paid ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Door:
    """The addresses of one side: its page, and the one that ends an account."""

    page: str
    end: str


def account_page(request: PersonRequest, payee: Provider | Establishment, door: Door) -> HttpResponse:
    """The accounts known, and the form to propose another."""
    form = AccountForm(request.POST, request.FILES) if request.method == "POST" else AccountForm()
    if form.is_bound and form.is_valid() and proposed(request, payee, form):
        messages.success(request, "Votre IBAN est enregistré : l'OPCO le vérifie avant le premier virement.")
        return redirect(door.page, payee.pk)
    context = {
        "payee": payee,
        "is_provider": isinstance(payee, Provider),
        "lines": lines_of(payee),
        "form": form,
        "door": door,
    }
    return render(request, "people/bank_account.html", context, status=422 if form.errors else 200)


def end_one(request: PersonRequest, payee: Provider | Establishment, account_id: int, door: Door) -> HttpResponse:
    """Withdraws the one that waits, or says that the one in use serves no more."""
    if account_id not in {account.pk for account in accounts_of(payee)}:
        raise Http404
    try:
        end_account(actor=request.actor, account_id=account_id)
        messages.success(request, "Ce compte ne sert plus.")
    except OpenOpcoError as error:
        messages.error(request, error.message)
    return redirect(door.page, payee.pk)


def administered_or_404(request: PersonRequest, place: Place) -> Provider | Establishment:
    """A place of one's own whose account one may propose."""
    for membership in request.access.memberships:
        payee = membership.provider or membership.establishment
        if payee is not None and membership.place == place and may_propose(request.actor, payee):
            return payee
    raise Http404
