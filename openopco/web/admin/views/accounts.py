"""« Comptes »: the OPCO's own people. One administrator proposes a role, another confirms it, and the invitation goes."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openopco.accounts import actions as accounts
from openopco.accounts.enums import AccountKind
from openopco.accounts.models import User
from openopco.accounts.queries import has_totp, open_sessions
from openopco.habilitations import queries
from openopco.habilitations.actions import (
    close_staff_account,
    confirm_staff_role,
    end_staff_role,
    grant_staff_role,
    open_staff_account,
)
from openopco.habilitations.enums import StaffRoleName
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.models import StaffRole
from openopco.kernel.errors import OpenOpcoError
from openopco.rights import Actor, Permission
from openopco.web.admin.access import needs
from openopco.web.admin.staffing import AccountForm, RoleForm, account_row, role_words

# What may be done to an account, after « Êtes-vous sûr ? »: title, text, button, what is said once done.
ACTS = {
    "desactiver": (
        "Désactiver ce compte ?",
        "La personne ne peut plus se connecter et ses sessions se ferment tout de suite. Ses rôles sont suspendus ; "
        "ce qu'elle a fait reste.",
        "Désactiver le compte",
        "Le compte est désactivé : ses sessions sont fermées.",
    ),
    "reactiver": (
        "Réactiver ce compte ?",
        "La personne pourra se connecter à nouveau, avec les rôles qui n'ont pas pris fin.",
        "Réactiver le compte",
        "Le compte est réactivé.",
    ),
    "deconnecter": (
        "Fermer toutes ses sessions ?",
        "La personne devra se connecter à nouveau, sur tous ses appareils.",
        "Fermer ses sessions",
        "Toutes ses sessions sont fermées.",
    ),
    "second-facteur": (
        "Réinitialiser sa double authentification ?",
        "Pour une personne qui a perdu son téléphone et ses codes de secours. Vérifiez de vive voix que c'est bien "
        "elle : elle choisira une nouvelle application à sa prochaine connexion.",
        "Réinitialiser",
        "La double authentification est à refaire : la personne est prévenue par e-mail.",
    ),
    "inviter": (
        "Envoyer une invitation ?",
        "La personne reçoit par e-mail un lien, valable une heure, pour choisir son mot de passe.",
        "Envoyer l'invitation",
        "L'invitation est envoyée.",
    ),
}


@require_safe
@needs(Permission.STAFF_MANAGE)
def listing(request: PersonRequest) -> HttpResponse:
    """What waits for a second administrator, then everybody."""
    page = queries.staff_accounts(request.actor, request.GET.get("after"))
    waiting = [role_words(role, request.actor) for role in queries.roles_to_confirm(request.actor)]
    rows = [account_row(user, request.actor) for user in page.items]
    return render(request, "admin/accounts/list.html", {"page": page, "rows": rows, "waiting": waiting})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.STAFF_MANAGE)
def create(request: PersonRequest) -> HttpResponse:
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = open_staff_account(actor=request.actor, **form.cleaned_data)
        except OpenOpcoError as error:
            form.add_error("email", error.message)
        else:
            messages.success(request, f"{made} : un autre administrateur doit confirmer le rôle.")
            return redirect("admin_opco:accounts")
    return render(request, "admin/accounts/create.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.STAFF_MANAGE)
def account(request: PersonRequest, user_id: int) -> HttpResponse:
    """One person: roles, sessions, what may be done. A POST proposes one more role."""
    user = _found(user_id)
    form = RoleForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            grant_staff_role(actor=request.actor, user_id=user.pk, role=StaffRoleName(form.cleaned_data["role"]))
        except OpenOpcoError as error:
            form.add_error("role", error.message)
        else:
            messages.success(request, "Le rôle est proposé : un autre administrateur doit le confirmer.")
            return redirect("admin_opco:account", user.pk)
    context = {
        "person": user,
        "form": form,
        "roles": [role_words(role, request.actor) for role in queries.roles_of(request.actor, user.pk)],
        "sessions": len(open_sessions(user, None)),
        "has_totp": has_totp(user),
        "is_invited": user.has_usable_password(),
        "is_oneself": user.pk == request.actor.user_id,
    }
    return render(request, "admin/accounts/account.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.STAFF_MANAGE)
def act(request: PersonRequest, user_id: int, verb: str) -> HttpResponse:
    """« Êtes-vous sûr ? », then one of `ACTS`."""
    user = _found(user_id)
    if verb not in ACTS:
        raise Http404
    title, text, label, done = ACTS[verb]
    if request.method != "POST":
        context = {"person": user, "title": title, "text": text, "label": label, "danger": verb != "inviter"}
        return render(request, "admin/accounts/confirm.html", context)
    try:
        _doing(verb)(request.actor, user)
    except OpenOpcoError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect("admin_opco:account", user.pk)


def _doing(verb: str) -> Callable[[Actor, User], object]:
    return {
        "desactiver": lambda actor, user: close_staff_account(actor=actor, user_id=user.pk),
        "reactiver": lambda actor, user: accounts.enable_user(actor=actor, user_id=user.pk),
        "deconnecter": lambda actor, user: accounts.end_sessions(actor=actor, user_id=user.pk),
        "second-facteur": lambda actor, user: accounts.reset_second_factor(actor=actor, user_id=user.pk),
        "inviter": lambda actor, user: accounts.send_set_password_link(actor=actor, user=user),
    }[verb]


@require_POST
@needs(Permission.STAFF_MANAGE)
def confirm_role(request: PersonRequest, role_id: int) -> HttpResponse:
    """The second administrator's word: the role counts, and who never chose a password is invited."""
    role = _role(role_id)
    try:
        confirm_staff_role(actor=request.actor, role_id=role.pk)
    except OpenOpcoError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{role.user} : le rôle prend effet.")
    return redirect("admin_opco:accounts")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.STAFF_MANAGE)
def end_role(request: PersonRequest, role_id: int) -> HttpResponse:
    role = _role(role_id)
    if request.method != "POST":
        context = {"words": role_words(role, request.actor), "person": role.user}
        return render(request, "admin/accounts/end_role.html", context)
    try:
        end_staff_role(actor=request.actor, role_id=role.pk)
    except OpenOpcoError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{role.user} : le rôle a pris fin.")
    is_own = role.user_id == request.actor.user_id
    return redirect("account_profile") if is_own else redirect("admin_opco:account", role.user_id)


def _found(user_id: int) -> User:
    """An account of the OPCO; those of employers are not an administrator's affair."""
    user = User.objects.filter(pk=user_id, kind=AccountKind.OPCO).first()
    if user is None:
        raise Http404
    return user


def _role(role_id: int) -> StaffRole:
    found = StaffRole.objects.select_related("user", "granted_by", "confirmed_by").filter(pk=role_id).first()
    if found is None:
        raise Http404
    return found
