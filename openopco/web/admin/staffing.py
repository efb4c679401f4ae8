"""The OPCO's people as administrators see them: each role in words, and what may be done with it."""

from dataclasses import dataclass

from django import forms

from openopco.accounts.models import User
from openopco.habilitations.enums import StaffRoleName
from openopco.habilitations.models import StaffRole
from openopco.kernel.calendar import format_date, paris_today
from openopco.rights import Actor

DUTIES = (
    (StaffRoleName.GESTIONNAIRE, "Gestionnaire : examine les demandes, valide les rattachements"),
    (StaffRoleName.ADMINISTRATEUR, "Administrateur : gère les comptes de l'OPCO, lit les avis et les paramètres"),
    (StaffRoleName.CONTROLEUR, "Contrôleur : lit les dossiers et leurs échanges, pour contrôler le service fait"),
    (StaffRoleName.COMPTABLE, "Comptable : lit les dossiers, pour les règlements ; n'a aucun autre rôle"),
)


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label="Rôle",
        choices=[(code.value, words) for code, words in DUTIES],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un rôle.", "invalid_choice": "Choisissez un rôle de la liste."},
    )


def _line(label: str, refusal: str, hint: str = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=label, max_length=80, help_text=hint, widget=widget, error_messages={"required": refusal}
    )


class AccountForm(RoleForm):
    """A new account of the OPCO, with its first role."""

    first_name = _line("Prénom", "Indiquez le prénom.")
    last_name = _line("Nom", "Indiquez le nom.")
    email = forms.CharField(
        label="Adresse e-mail professionnelle",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
        error_messages={"required": "Indiquez une adresse e-mail."},
        help_text="L'invitation y sera envoyée une fois le rôle confirmé.",
    )
    field_order = ("first_name", "last_name", "email", "role")


@dataclass(frozen=True, slots=True)
class RoleWords:
    """A role, its state, and what the reader may do with it."""

    role: StaffRole
    name: str
    word: str
    tone: str
    story: str
    is_waiting: bool
    is_live: bool
    may_confirm: bool


def role_words(role: StaffRole, reader: Actor) -> RoleWords:
    is_waiting, is_live = role.since is None and role.until is None, role.until is None
    word, tone = _standing(role)
    return RoleWords(
        role,
        StaffRoleName(role.role).label,
        word,
        tone,
        _story(role),
        is_waiting,
        is_live,
        is_waiting and reader.user_id not in (role.granted_by_id, role.user_id),
    )


def _standing(role: StaffRole) -> tuple[str, str]:
    if role.until is not None:
        return ("Terminé", "off") if role.since else ("Retiré", "off")
    return ("En vigueur", "ok") if role.since else ("À confirmer", "wait")


def _story(role: StaffRole) -> str:
    """Who gave it, who confirmed it, when it began and ended."""
    begun = format_date(paris_today(role.granted_at))
    if role.by_command:
        told = f"Premier administrateur, à l'installation, le {begun}"
    else:
        told = f"Proposé le {begun} par {role.granted_by}"
    if role.confirmed_by and role.since:
        told += f", confirmé le {format_date(paris_today(role.since))} par {role.confirmed_by}"
    return f"{told}, terminé le {format_date(paris_today(role.until))}" if role.until else told


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A line of the list of accounts."""

    user: User
    roles: list[RoleWords]

    @property
    def is_waiting(self) -> bool:
        """A new account rests until one of its roles counts."""
        return bool(self.roles) and all(each.is_waiting for each in self.roles)


def account_row(user: User, reader: Actor) -> AccountRow:
    """`user` comes with its `live_roles`."""
    roles: list[StaffRole] = user.live_roles  # type: ignore[attr-defined]
    return AccountRow(user, [role_words(role, reader) for role in roles])
