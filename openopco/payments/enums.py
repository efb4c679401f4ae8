"""Codes of the room and their words."""

from django.db.models import TextChoices


class BatchState(TextChoices):
    """`NON_RECU`: released, and its file never reached the bank; what it paid is due again."""

    PREPARE = "prepare", "Préparé"
    EMIS = "emis", "Émis"
    ANNULE = "annule", "Annulé"
    NON_RECU = "non_recu", "Non reçu par la banque"


class BatchStage(TextChoices):
    """Where a batch is, with what the bank told of its transfers. `DEBITE`: nothing of it waits, and some of it stays paid."""

    PREPARE = "prepare", "Préparé"
    EMIS = "emis", "Émis"
    EN_PARTIE = "en_partie", "Débité en partie"
    DEBITE = "debite", "Débité"
    REJETE = "rejete", "Rejeté"
    RENDU = "rendu", "Rendu"
    SANS_SUITE = "sans_suite", "Rejeté ou rendu"
    ANNULE = "annule", "Annulé"
    NON_RECU = "non_recu", "Non reçu par la banque"


class OrderState(TextChoices):
    """Where a transfer is. `RENDU`: debited, then given back by the bank."""

    PREPARE = "prepare", "Préparé"
    EMIS = "emis", "Émis"
    REGLE = "regle", "Réglé"
    REJETE = "rejete", "Rejeté"
    RENDU = "rendu", "Rendu"
    ANNULE = "annule", "Annulé"


# Batches that pay nothing any more.
ENDED_BATCHES = frozenset({BatchState.ANNULE, BatchState.NON_RECU})
# What a transfer holds of what is due: not to be ordered a second time.
LIVE_ORDERS = frozenset({OrderState.PREPARE, OrderState.EMIS, OrderState.REGLE})
# What a payee is told of; a batch that was only prepared is the OPCO's affair.
TOLD_ORDERS = frozenset({OrderState.EMIS, OrderState.REGLE, OrderState.REJETE, OrderState.RENDU})
PAYEE_WORDS = {
    OrderState.EMIS: "Envoyé à la banque",
    OrderState.REGLE: "Versé",
    OrderState.REJETE: "Refusé par la banque",
    OrderState.RENDU: "Rendu par la banque",
}


class EventKind(TextChoices):
    """As `sepa.Kind`, in words."""

    PENDING = "pending", "En cours"
    ACCEPTED = "accepted", "Accepté"
    REJECTED = "rejected", "Rejeté"
    BOOKED = "booked", "Débité"
    RETURNED = "returned", "Rendu"
    RECEIVED = "received", "Reçu"


# Of money that moved, or is about to.
IN_NOTICES = frozenset({EventKind.PENDING, EventKind.BOOKED, EventKind.RETURNED})


class Outcome(TextChoices):
    """What an event of the bank did here."""

    APPLIQUE = "applique", "Appliqué"
    SANS_EFFET = "sans_effet", "Sans effet"
    INCONNU = "inconnu", "Référence inconnue"
    REFUSE = "refuse", "Refusé"
    TRAITE = "traite", "Traité à la main"


# What somebody has to look at; told again by the bank, such an event is tried again.
TO_SEE = frozenset({Outcome.INCONNU, Outcome.REFUSE})


class OverpaymentState(TextChoices):
    A_REMBOURSER = "a_rembourser", "À rembourser"
    SOLDE = "solde", "Remboursé"
