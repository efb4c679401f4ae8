"""Which OPCO this installation is, and what it words differently from the table in `openopco.opco.table`."""

import environ

env = environ.Env()

OPCO_SLUG: str = env("OPENOPCO_OPCO", default="mobilites")
# An empty variable counts as unset: what an operator leaves blank keeps the shipped word.
OPCO_OVERRIDES: dict[str, str] = {
    field: env(variable)
    for field, variable in {
        "name": "OPENOPCO_OPCO_NAME",
        "product": "OPENOPCO_PRODUCT",
        "tagline": "OPENOPCO_TAGLINE",
        "email": "OPENOPCO_CONTACT_EMAIL",
        "phone": "OPENOPCO_CONTACT_PHONE",
        "address": "OPENOPCO_CONTACT_ADDRESS",
        "site_url": "OPENOPCO_SITE_URL",
        "privacy_email": "OPENOPCO_PRIVACY_EMAIL",
        "help_note": "OPENOPCO_HELP_NOTE",
        "logo": "OPENOPCO_LOGO",
        "teal": "OPENOPCO_COLOUR_MAIN",
        "yellow": "OPENOPCO_COLOUR_START",
        "orange": "OPENOPCO_COLOUR_ALERT",
    }.items()
    if env(variable, default="")
}
