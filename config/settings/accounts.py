"""Sign-in, sessions and passwords. Star-imported by the base settings."""

from datetime import timedelta

import environ

from config.settings import checks

_env = environ.Env()

AUTHENTICATION_BACKENDS = ["openopco.accounts.backends.EmailBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/tableau-de-bord/"
LOGOUT_REDIRECT_URL = "/"

# Argon2id with Django's parameters (100 MiB, 2 passes, 8 lanes), above OWASP's floor.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "first_name", "last_name")},
    },
    {"NAME": "openopco.accounts.validators.ObviousPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=1).total_seconds())

# A session ends when nothing was asked of it for the first delay, and in any case after the second one.
OPENOPCO_SESSION_IDLE = timedelta(minutes=checks.integer(_env, "OPENOPCO_SESSION_IDLE_MINUTES", 60, least=5, most=720))
OPENOPCO_SESSION_LIFETIME = timedelta(hours=checks.integer(_env, "OPENOPCO_SESSION_HOURS", 12, least=1, most=24))
SESSION_COOKIE_AGE = int(OPENOPCO_SESSION_LIFETIME.total_seconds())

# The OPCO's own people sign in with a second factor. The demonstration waives it, and its pages say so.
OPENOPCO_MFA_REQUIRED = checks.flag(_env, "OPENOPCO_MFA_REQUIRED", True)

ACCOUNT_ADAPTER = "openopco.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
# A new account has no company yet: the next page asks for its SIRET.
ACCOUNT_SIGNUP_REDIRECT_URL = "/habilitations/rattacher/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Django's generator: it reads nothing more from the database, known account or not.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key,30/d/key",
    "signup": "10/m/ip",
    "confirm_email": "5/10m/key",
    "reset_password": "10/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
}
ACCOUNT_FORMS = {
    "login": "openopco.accounts.forms.LoginForm",
    "signup": "openopco.accounts.forms.SignupForm",
    "reset_password": "openopco.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "openopco.accounts.forms.ResetPasswordKeyForm",
    "change_password": "openopco.accounts.forms.ChangePasswordForm",
    "add_email": "openopco.accounts.forms.ChangeEmailForm",
    "reauthenticate": "openopco.accounts.forms.ReauthenticateForm",
    "confirm_email_verification_code": "openopco.accounts.forms.ConfirmEmailForm",
}

MFA_ADAPTER = "openopco.accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_COUNT = 10
MFA_FORMS = {
    "authenticate": "openopco.accounts.forms.MfaAuthenticateForm",
    "reauthenticate": "openopco.accounts.forms.MfaReauthenticateForm",
    "activate_totp": "openopco.accounts.forms.ActivateTotpForm",
}

ALLAUTH_TRUSTED_PROXY_COUNT = checks.integer(_env, "ALLAUTH_TRUSTED_PROXY_COUNT", 0, least=0, most=9)
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
