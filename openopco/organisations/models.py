"""Employers and training providers, as the registries know them or as people keyed them."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from openopco.kernel.text import fold
from openopco.organisations.enums import AccountState, Ground, ProviderStatus, Source


class Company(models.Model):
    """A legal unit. The exact headcount is asked of people: registry bands do not fit the funding bands."""

    siren = models.CharField(max_length=9, unique=True)
    name = models.CharField(max_length=200)
    headcount_band = models.CharField(max_length=2, blank=True)
    headcount_exact = models.PositiveIntegerField(null=True, blank=True)
    headcount_at = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    # Whether its training contributions are paid, as an officer read it on a day; None: nobody has told.
    contributions_paid = models.BooleanField(null=True)
    contributions_on = models.DateField(null=True)
    contributions_source = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "entreprise"
        ordering = ["siren"]
        constraints = [
            models.CheckConstraint(
                condition=Q(contributions_paid=None, contributions_on=None, contributions_source="")
                | Q(contributions_paid__isnull=False, contributions_on__isnull=False) & ~Q(contributions_source=""),
                name="company_contributions_are_dated",
            ),
            models.CheckConstraint(condition=Exact(Length("siren"), 9), name="company_siren_length"),
            models.CheckConstraint(
                condition=Q(headcount_exact__isnull=True) | Q(headcount_at__isnull=False),
                name="company_headcount_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """What employers' establishments and providers share: an identity at an address, and how sure we are of it."""

    siret = models.CharField(max_length=14, unique=True)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=250, blank=True)
    postal_code = models.CharField(max_length=5, blank=True)
    city = models.CharField(max_length=120, blank=True)
    insee_code = models.CharField(max_length=5, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    verified = models.BooleanField(default=False)
    facts_at = models.DateTimeField(null=True, blank=True)
    search = models.CharField(max_length=360, editable=False)
    sort_key = models.CharField(max_length=200, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = fold(self.name)[:200]
        self.search = f"{fold(self.name)[:220]} {fold(self.city)[:120]} {self.siret}"
        super().save(*args, **kwargs)


class Establishment(Organisation):
    """An employer's place of work. `verified` is False until the registry, or an officer, has confirmed what was keyed.

    `opco_slug` is empty while nobody has told which OPCO it is attached to."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="establishments")
    naf = models.CharField(max_length=5, blank=True)
    idcc = models.CharField(max_length=4, blank=True)
    headcount_band = models.CharField(max_length=2, blank=True)
    opco_slug = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = "établissement"
        ordering = ["sort_key", "id"]
        indexes = [
            models.Index(fields=["verified", "id"], name="establishment_to_verify"),
            models.Index(fields=["sort_key", "id"], name="establishment_by_name"),
        ]
        constraints = [
            models.CheckConstraint(condition=Exact(Length("siret"), 14), name="establishment_siret_length"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="establishment_source_known"),
            models.CheckConstraint(
                condition=Q(source=Source.HAND) | Q(facts_at__isnull=False), name="establishment_registry_is_dated"
            ),
        ]


class Provider(Organisation):
    """A training provider. A Qualiopi flag is None where the public list has not been read: that is « à vérifier »."""

    nda = models.CharField(max_length=11, blank=True)
    qualiopi_actions = models.BooleanField(null=True, blank=True)
    qualiopi_bilans = models.BooleanField(null=True, blank=True)
    qualiopi_vae = models.BooleanField(null=True, blank=True)
    qualiopi_apprentissage = models.BooleanField(null=True, blank=True)
    vat_exempt = models.BooleanField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=ProviderStatus.choices, default=ProviderStatus.ACTIF)

    class Meta:
        verbose_name = "organisme de formation"
        ordering = ["sort_key", "id"]
        indexes = [
            models.Index(fields=["verified", "id"], name="provider_to_verify"),
            models.Index(fields=["sort_key", "id"], name="provider_by_name"),
        ]
        constraints = [
            models.CheckConstraint(condition=Exact(Length("siret"), 14), name="provider_siret_length"),
            models.CheckConstraint(condition=Q(nda="") | Q(Exact(Length("nda"), 11)), name="provider_nda_length"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="provider_source_known"),
            models.CheckConstraint(condition=Q(status__in=ProviderStatus.values), name="provider_status_known"),
            models.CheckConstraint(
                condition=Q(source=Source.HAND) | Q(facts_at__isnull=False), name="provider_registry_is_dated"
            ),
        ]


class OrganisationNote(models.Model):
    """What an officer noted of a company, at any of its places, or of a provider: the OPCO's people alone read it."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, related_name="notes")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, null=True, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    author_label = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "note sur une organisation"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(body=""), name="organisation_note_says_something"),
            models.CheckConstraint(
                condition=Q(company=None, provider__isnull=False) | Q(company__isnull=False, provider=None),
                name="organisation_note_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_label}, {self.created_at:%d/%m/%Y}"


class BankAccount(models.Model):
    """Where a payee is paid: a training provider, or an employer at one of its establishments. The number is sealed, and
    `organisations.accounts` alone opens it; pages show `masked`. Who typed it never confirms it. `usable_on`: the first day
    of a transfer, some days after it was confirmed. A `ground` other than its own is an act (a factor, a seizure, a
    liquidation) in force from `since` to `until`, its paper being the proof: it is then the holder who is paid."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, null=True, related_name="bank_accounts")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, null=True, related_name="bank_accounts")
    ground = models.CharField(max_length=11, choices=Ground.choices, default=Ground.OWN)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    holder = models.CharField(max_length=70)
    sealed = models.BinaryField()
    blind = models.CharField(max_length=64, db_index=True)
    masked = models.CharField(max_length=45)
    bic = models.CharField(max_length=11, blank=True)
    bank = models.CharField(max_length=120, blank=True)
    proof = models.ForeignKey("documents.Document", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=AccountState.choices, default=AccountState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # How the second person checked it, or why he refused.
    words = models.CharField(max_length=500, blank=True)
    usable_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "compte bancaire"
        verbose_name_plural = "comptes bancaires"
        ordering = ["-proposed_at", "-id"]
        indexes = [models.Index(fields=["state", "id"], name="bank_account_to_check")]
        constraints = [
            models.CheckConstraint(
                condition=Q(provider=None, establishment__isnull=False) | Q(provider__isnull=False, establishment=None),
                name="bank_account_of_one_payee",
            ),
            models.CheckConstraint(condition=Q(state__in=AccountState.values), name="bank_account_state_known"),
            models.CheckConstraint(condition=Q(ground__in=Ground.values), name="bank_account_ground_known"),
            models.CheckConstraint(
                condition=Q(ground=Ground.OWN, since=None, until=None) | ~Q(ground=Ground.OWN) & Q(since__isnull=False),
                name="bank_account_act_dated",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="bank_account_act_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")), name="bank_account_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, words="", usable_on=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(words=""),
                name="bank_account_decision_signed",
            ),
            models.CheckConstraint(
                condition=Q(state=AccountState.PROPOSED, decided_at=None)
                | Q(state=AccountState.CONFIRMED, usable_on__isnull=False)
                | Q(state=AccountState.REFUSED, decided_at__isnull=False, usable_on=None)
                | Q(state=AccountState.ENDED),
                name="bank_account_decided_by_state",
            ),
            models.CheckConstraint(
                condition=Q(state=AccountState.ENDED, ended_at__isnull=False)
                | ~Q(state=AccountState.ENDED) & Q(ended_at=None),
                name="bank_account_end_dated",
            ),
            *(
                models.UniqueConstraint(
                    fields=[payee],
                    condition=Q(state=state) & (Q(ground=Ground.OWN) if own else ~Q(ground=Ground.OWN)),
                    name=f"bank_{'account' if own else 'act'}_one_{state}_{payee}",
                )
                for payee in ("provider", "establishment")
                for state in (AccountState.PROPOSED.value, AccountState.CONFIRMED.value)
                for own in (True, False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.masked}"

    @property
    def payee(self) -> Provider | Establishment:
        """Whom it pays."""
        found = self.provider or self.establishment
        assert found is not None
        return found
