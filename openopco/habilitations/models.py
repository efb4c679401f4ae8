"""Who may act for which establishment, and who works at the OPCO as what."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from openopco.habilitations.enums import (
    LIVE_STATES,
    PROVIDER_ROLE_WORDS,
    InvitationState,
    MembershipRole,
    MembershipState,
    StaffRoleName,
)
from openopco.habilitations.places import Place
from openopco.organisations.models import Establishment, Provider

S, R = MembershipState, MembershipRole


class Placed(models.Model):
    """What is of an employer's establishment or of a training provider, never of both."""

    establishment = models.ForeignKey(
        Establishment, null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)ss"
    )
    provider = models.ForeignKey(Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)ss")
    role = models.CharField(max_length=9, choices=R.choices, default=R.DECLARANT)

    class Meta:
        abstract = True

    @property
    def place(self) -> Place:
        return Place(self.establishment_id, self.provider_id)

    @property
    def organisation(self) -> Establishment | Provider:
        """Whichever of the two it is of."""
        found = self.establishment or self.provider
        assert found is not None
        return found

    @property
    def role_in_words(self) -> str:
        role = R(self.role)
        return role.label if self.provider_id is None else PROVIDER_ROLE_WORDS[role]


OF_ONE = Q(establishment__isnull=False, provider=None) | Q(establishment=None, provider__isnull=False)


class Membership(Placed):
    """A person's tie to an establishment or to a provider. Its state changes only in `actions`, as `workflow` allows."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    state = models.CharField(max_length=8, choices=S.choices, default=S.PENDING)
    proof = models.ForeignKey("documents.Document", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "rattachement"
        ordering = ["requested_at", "id"]
        indexes = [models.Index(fields=["state", "requested_at", "id"], name="membership_worklist")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "establishment"], condition=Q(state__in=LIVE_STATES), name="membership_one_live"
            ),
            models.UniqueConstraint(
                fields=["user", "provider"], condition=Q(state__in=LIVE_STATES), name="membership_one_live_provider"
            ),
            models.CheckConstraint(condition=OF_ONE, name="membership_of_one_place"),
            models.CheckConstraint(condition=Q(state__in=S.values), name="membership_state_known"),
            models.CheckConstraint(condition=Q(role__in=R.values), name="membership_role_known"),
            models.CheckConstraint(
                condition=~Q(role=R.ADMINISTRATEUR) | Q(state__in=[S.ACCEPTED, S.ENDED]),
                name="membership_administrator_accepted",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.PENDING) | Q(decided_at__isnull=True, decided_by__isnull=True),
                name="membership_pending_undecided",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.ACCEPTED, S.REFUSED]) | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="membership_decision_signed",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("user")), name="membership_not_ones_own"
            ),
            models.CheckConstraint(condition=~Q(state=S.REFUSED) | ~Q(reason=""), name="membership_refusal_reasoned"),
            models.CheckConstraint(
                condition=Q(state=S.ENDED, ended_at__isnull=False) | (~Q(state=S.ENDED) & Q(ended_at__isnull=True)),
                name="membership_end_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.place.in_journal} {self.state}"


class Invitation(Placed):
    """An address asked to act for an establishment, or for a provider. Of the link only a digest is kept; sent
    again, the link changes."""

    email = models.EmailField(max_length=254)
    token_digest = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=8, choices=InvitationState.choices, default=InvitationState.PENDING)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    sendings = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "invitation"
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["email"], condition=Q(state=InvitationState.PENDING), name="invitation_by_email"),
            models.Index(fields=["invited_by", "sent_at"], name="invitation_by_inviter"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "email"],
                condition=Q(state=InvitationState.PENDING),
                name="invitation_one_pending",
            ),
            models.UniqueConstraint(
                fields=["provider", "email"],
                condition=Q(state=InvitationState.PENDING),
                name="invitation_one_pending_provider",
            ),
            models.CheckConstraint(condition=OF_ONE, name="invitation_of_one_place"),
            models.CheckConstraint(condition=Q(state__in=InvitationState.values), name="invitation_state_known"),
            models.CheckConstraint(condition=Q(role__in=R.values), name="invitation_role_known"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_is_lower_case"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("sent_at")), name="invitation_expires_later"),
            models.CheckConstraint(
                condition=Q(state=InvitationState.PENDING, closed_at__isnull=True)
                | ~Q(state=InvitationState.PENDING) & Q(closed_at__isnull=False),
                name="invitation_end_dated",
            ),
            models.CheckConstraint(
                condition=Q(state=InvitationState.ACCEPTED, accepted_by__isnull=False)
                | ~Q(state=InvitationState.ACCEPTED) & Q(accepted_by__isnull=True),
                name="invitation_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True) | ~Q(accepted_by=F("invited_by")),
                name="invitation_not_to_oneself",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} {self.state}"


class StaffRole(models.Model):
    """A capacity at the OPCO. It counts from `since`, once a second administrator has confirmed it, until `until`.

    `by_command` marks the first two administrators, made at the console; all others were seen by four eyes."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_roles")
    role = models.CharField(max_length=16, choices=StaffRoleName.choices)
    by_command = models.BooleanField(default=False)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "rôle à l'OPCO"
        ordering = ["granted_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(until__isnull=True), name="staff_role_one_live"
            ),
            models.CheckConstraint(condition=Q(role__in=StaffRoleName.values), name="staff_role_known"),
            models.CheckConstraint(
                condition=Q(by_command=True, granted_by__isnull=True, confirmed_by__isnull=True, since__isnull=False)
                | Q(by_command=False, granted_by__isnull=False, confirmed_by__isnull=False, since__isnull=False)
                | Q(by_command=False, granted_by__isnull=False, confirmed_by__isnull=True, since__isnull=True),
                name="staff_role_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("user")), name="staff_role_not_granted_to_self"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | (~Q(confirmed_by=F("user")) & ~Q(confirmed_by=F("granted_by"))),
                name="staff_role_second_pair_of_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class Absence(models.Model):
    """Days, both included, on which an officer is away and another stands in for him: she acts on his requests as he would.
    Nobody who is away replaces anybody: there is no chain (`actions.absences` holds the lock under which it is checked)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    replacement = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "absence"
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="absence_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(replacement=F("user")), name="absence_replaced_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_on} {self.ends_on}"

    def runs_on(self, day: date) -> bool:
        return self.ended_at is None and self.starts_on <= day <= self.ends_on
