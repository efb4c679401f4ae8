"""People who sign in. Rights are not here: `habilitations` says who may do what, for whom, until when."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from openopco.accounts.enums import AccountKind


class UserManager(BaseUserManager["User"]):
    """Makes and finds users by their e-mail, always kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new user whose e-mail counts as confirmed: for the console, administrators and demo data, not for those who
        register. Without a password nobody can sign in until one is set by a link. Raises IntegrityError on a known
        e-mail."""
        from allauth.account.models import EmailAddress  # its table hangs from this one

        user = self.model(email=email, **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person's account, opened with an e-mail. Never deleted: what was signed keeps its signatory."""

    email = models.EmailField("adresse e-mail", max_length=254, unique=True)
    first_name = models.CharField("prénom", max_length=80)
    last_name = models.CharField("nom", max_length=80)
    kind = models.CharField("côté", max_length=10, choices=AccountKind, default=AccountKind.EXTERNE)
    is_active = models.BooleanField("actif", default=True)
    created_at = models.DateTimeField("créé le", default=timezone.now, editable=False)
    terms_accepted_at = models.DateTimeField("CGU acceptées le", null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]

    class Meta:
        verbose_name = "compte"
        verbose_name_plural = "comptes"
        ordering = ("last_name", "first_name", "id")
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=AccountKind.values), name="user_kind_is_known"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"),
        )

    def __str__(self) -> str:
        return self.full_name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    @property
    def full_name(self) -> str:
        """« Prénom Nom »; empty for somebody who has not given it yet."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_opco(self) -> bool:
        """Whether the account is one of the OPCO's own people (says nothing of their rights)."""
        return self.kind == AccountKind.OPCO

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.first_name
