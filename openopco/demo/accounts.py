"""The demonstration's accounts, as `make run` prints them. Plain Python: the supervisor reads it without Django."""

EMPLOYER = "employeur@demo.example"
OFFICER = "gestionnaire@demo.example"
SECOND_OFFICER = "gestionnaire2@demo.example"
ADMINISTRATOR = "administrateur@demo.example"
SECOND_ADMINISTRATOR = "administrateur2@demo.example"
CONTROLLER = "controleur@demo.example"
ACCOUNTANT = "comptable@demo.example"
SECOND_ACCOUNTANT = "comptable2@demo.example"
PROVIDER = "organisme@demo.example"

ACCOUNTS = (
    (EMPLOYER, "employeur, ACTIF AUTO CONTROLE"),
    (OFFICER, "gestionnaire de l'OPCO"),
    (SECOND_OFFICER, "second gestionnaire"),
    (ADMINISTRATOR, "administrateur de l'OPCO"),
    (SECOND_ADMINISTRATOR, "second administrateur : il confirme ce que l'autre propose"),
    (CONTROLLER, "contrôleur de l'OPCO"),
    (ACCOUNTANT, "comptable de l'OPCO"),
    (SECOND_ACCOUNTANT, "second comptable"),
    (PROVIDER, "organisme de formation, aXept"),
)
# Everybody's: the demonstration answers on this machine alone.
PASSWORD = "pneu-cerise-avril-42"  # noqa: S105 - printed on purpose
