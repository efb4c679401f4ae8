"""Sign-in and one's own account: allauth's views under French addresses and their own names.

Not routed, because unused here: account_set_password (nobody signs in without a password), account_confirm_email
(addresses are confirmed by code), account_confirm_login_code and account_request_login_code (no sign-in by code),
account_verify_phone, account_change_phone, account_signup_by_passkey, mfa_trust (no browser skips the second factor),
mfa_download_recovery_codes (the codes are shown), and all of WebAuthn and of social accounts. `usersessions_list` and
`mfa_view_recovery_codes` are views of ours: those of allauth write on GET."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path

from openopco.web.public.views import entrance, profile

urlpatterns = [
    path("connexion/", entrance.sign_in, name="account_login"),
    path("connexion/code/", mfa.authenticate, name="mfa_authenticate"),
    path("connexion/compte-desactive/", account.account_inactive, name="account_inactive"),
    path("deconnexion/", account.logout, name="account_logout"),
    path("inscription/", entrance.signup, name="account_signup"),
    path("verification-adresse/", entrance.confirm_email, name="account_email_verification_sent"),
    path("mot-de-passe/oublie/", account.password_reset, name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "mot-de-passe/nouveau/enregistre/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("compte/", profile.profile, name="account_profile"),
    path("compte/adresse-e-mail/", account.email, name="account_email"),
    path("compte/mot-de-passe/", account.password_change, name="account_change_password"),
    path("compte/confirmation/", account.reauthenticate, name="account_reauthenticate"),
    path("compte/confirmation/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("compte/sessions/", profile.sessions, name="usersessions_list"),
    path("compte/double-authentification/", mfa.index, name="mfa_index"),
    path("compte/double-authentification/activer/", totp.activate_totp, name="mfa_activate_totp"),
    path("compte/double-authentification/desactiver/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("compte/double-authentification/codes/", profile.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "compte/double-authentification/codes/nouveaux/",
        codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
]
