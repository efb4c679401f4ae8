"""The officers' own side of the demonstration: what they follow and keep, who is away, whose funds are exhausted."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from openopco.demo import data
from openopco.dossiers.actions import lists, talking, watching
from openopco.dossiers.actions.funds import close_funds
from openopco.dossiers.actions.portfolios import add_rule
from openopco.dossiers.models import Dossier
from openopco.habilitations.actions.absences import declare_absence
from openopco.reference.queries import idcc_label

if TYPE_CHECKING:
    from openopco.demo.loading import Loader

TRANSPORT = "0016"

EXHAUSTED = {
    "sentence": "Le budget de la branche est entièrement engagé pour cette année. Il rouvre en janvier.",
    "source": "Conseil d'administration, exemple inventé",
}


def before(loader: "Loader") -> None:
    """Rules that are in force when the requests arrive."""
    with loader.day(-90, 9):
        administrator = loader.actor(data.ADMINISTRATORS[0])
        nadia = loader.users[data.OFFICERS[0].email]
        add_rule(actor=administrator, officer_id=nadia.pk, region="44", amount_to=Decimal(500))


def after(loader: "Loader") -> None:
    """What is so on the day one comes."""
    nadia, etienne = (loader.actor(person) for person in data.OFFICERS)
    with loader.day(-1, 17):
        followed = Dossier.objects.filter(holder_id=etienne.user_id, is_open=True).order_by("id").first()
        if followed and followed.number:
            watching.follow(actor=nadia, number=followed.number)
            talking.write_note(actor=etienne, number=followed.number, body="Le devis corrigé est attendu lundi.")
        lists.save_list(actor=nadia, name="Réparation auto, Grand Est", address="vue=ouverts&branche=1090&region=44")
    with loader.day(0, 8):
        declare_absence(
            actor=etienne,
            user_id=etienne.user_id or 0,
            replacement_id=nadia.user_id or 0,
            starts_on=loader.today,
            ends_on=loader.today + timedelta(days=6),
        )
        # Without the nomenclatures, a branch can't be told from a number made up.
        if idcc_label(TRANSPORT):
            administrator = loader.actor(data.ADMINISTRATORS[0])
            close_funds(actor=administrator, idcc=TRANSPORT, closed_on=loader.today, **EXHAUSTED)
