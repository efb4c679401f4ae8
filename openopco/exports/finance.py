"""The lists of those who check and pay: what waits for a control, what left for the bank and what it answered, accounts,
envelopes. A number of a bank account is never whole here, whoever reads."""

from collections.abc import Callable

from django.db.models import OuterRef, QuerySet, Subquery

from openopco.base.sheets import Cell, Column
from openopco.billing.enums import OPEN_CLAIMS, ClaimState
from openopco.billing.models import Claim
from openopco.billing.wording import title_of
from openopco.exports.shape import Asked, List, yes
from openopco.funding.models import Envelope, VoluntaryAccount
from openopco.kernel.banking import mask_iban
from openopco.organisations.enums import AccountState
from openopco.organisations.models import BankAccount, Establishment, Provider
from openopco.payments.enums import BatchState, OverpaymentState
from openopco.payments.models import BankFile, DebtorAccount, Overpayment, PaymentBatch
from openopco.reference.models import Idcc
from openopco.rights import Actor, Permission, require


def _claims(actor: Actor, asked: Asked) -> QuerySet[Claim]:
    require(actor, Permission.SERVICE_CHECK)
    require(actor, Permission.CLAIM_READ)
    found = Claim.objects.filter(state=asked.get("state", ClaimState.DEPOSEE))
    return found.select_related("dossier", "provider", "establishment", "invoice")


def _batches(actor: Actor, asked: Asked) -> QuerySet[PaymentBatch]:
    require(actor, Permission.PAYMENT_READ)
    return PaymentBatch.objects.all()


def _bank_files(actor: Actor, asked: Asked) -> QuerySet[BankFile]:
    require(actor, Permission.PAYMENT_READ)
    return BankFile.objects.all()


def _overpayments(actor: Actor, asked: Asked) -> QuerySet[Overpayment]:
    require(actor, Permission.PAYMENT_READ)
    found = Overpayment.objects.select_related(
        "line__order__provider", "line__order__establishment", "line__due__claim__dossier"
    )
    return found.filter(state=OverpaymentState.A_REMBOURSER) if asked.get("only_open") else found


def _debtors(actor: Actor, asked: Asked) -> QuerySet[DebtorAccount]:
    require(actor, Permission.PAYMENT_READ)
    return DebtorAccount.objects.all()


def _accounts(actor: Actor, asked: Asked) -> QuerySet[BankAccount]:
    require(actor, Permission.BANK_ACCOUNT_CONFIRM)
    found = BankAccount.objects.filter(state=AccountState.PROPOSED).defer("sealed", "blind")
    return found.select_related("provider", "establishment", "proposed_by")


def _envelopes(actor: Actor, asked: Asked) -> QuerySet[Envelope]:
    require(actor, Permission.FUNDING_READ)
    label = Idcc.objects.filter(code=OuterRef("idcc")).values("label")
    return Envelope.objects.annotate(branch=Subquery(label))


def _voluntary(actor: Actor, asked: Asked) -> QuerySet[VoluntaryAccount]:
    require(actor, Permission.FUNDING_READ)
    return VoluntaryAccount.objects.select_related("company")


# --- cells -----------------------------------------------------------------------------------------------------------


def _paid_to(claim: Claim) -> Provider | Establishment:
    return claim.provider or claim.establishment


def _told(of: Callable[[PaymentBatch], Cell]) -> Callable[[PaymentBatch], Cell]:
    """A figure of what the bank has said, of a batch that is with it."""
    return lambda batch: of(batch) if batch.state == BatchState.EMIS else None


def _standing(account: DebtorAccount) -> str:
    if account.ended_at:
        return "Ancien"
    return "En service" if account.is_in_force else "À vérifier"


def _branch(envelope: Envelope) -> str:
    label: str = envelope.__dict__["branch"] or ""
    return f"{envelope.idcc} {label}".strip() if envelope.idcc else "Toutes les branches"


def _left(envelope: Envelope) -> str:
    if envelope.left < 0:
        return "Dépassée"
    return "Ouverte" if envelope.left else "Épuisée"


FINANCE = (
    List(
        "service-fait",
        "Service fait",
        "service-fait",
        "demande",
        (
            Column("Facture ou demande", title_of, 30),
            Column("Dossier", lambda claim: claim.dossier.number, 16),
            Column("Intitulé de la formation", lambda claim: claim.dossier.title, 40),
            Column("Employeur", lambda claim: claim.dossier.employer_name, 36),
            Column("Bénéficiaire", lambda claim: _paid_to(claim).name, 36),
            Column("SIRET du bénéficiaire", lambda claim: _paid_to(claim).siret, 16),
            Column("Envoyée le", lambda claim: claim.sent_at),
            Column("Montant demandé HT", lambda claim: claim.net),
            Column("Montant accepté HT", lambda claim: claim.accepted or None),
            Column("Où elle en est", lambda claim: claim.get_state_display(), 18),
            Column("Échéance", lambda claim: claim.due_on if claim.state in OPEN_CLAIMS else None, 11),
            Column("Conclue le", lambda claim: claim.ended_at),
        ),
        _claims,
        right=Permission.SERVICE_CHECK,
    ),
    List(
        "lots",
        "Lots de virements",
        "lots-de-virements",
        "lot",
        (
            Column("Lot", lambda batch: batch.message_id, 36),
            Column("Fonds", lambda batch: batch.get_fund_display(), 30),
            Column("Exécution", lambda batch: batch.execution_date, 11),
            Column("Virements", lambda batch: batch.count, 10),
            Column("Montant", lambda batch: batch.total),
            Column("État", lambda batch: batch.stage.label, 22),
            Column("Débités", _told(lambda batch: batch.settled), 10),
            Column("Montant débité", _told(lambda batch: batch.settled_total)),
            Column("Rejetés", _told(lambda batch: batch.rejected), 10),
            Column("Montant rejeté", _told(lambda batch: batch.rejected_total)),
            Column("Rendus", _told(lambda batch: batch.returned), 10),
            Column("Montant rendu", _told(lambda batch: batch.returned_total)),
            Column("En attente", _told(lambda batch: batch.waiting), 10),
            Column("Montant en attente", _told(lambda batch: batch.waiting_total)),
            Column("Préparé le", lambda batch: batch.prepared_at),
            Column("Préparé par", lambda batch: batch.prepared_by_label, 24),
            Column("Émis le", lambda batch: batch.released_at),
            Column("Émis par", lambda batch: batch.released_by_label, 24),
            Column("Annulé ou non reçu, dit le", lambda batch: batch.cancelled_at),
            Column("Dit par", lambda batch: batch.cancelled_by_label, 24),
            Column("Motif", lambda batch: batch.cancel_reason, 40),
        ),
        _batches,
        right=Permission.PAYMENT_READ,
    ),
    List(
        "retours",
        "Retours de banque",
        "retours-de-banque",
        "fichier",
        (
            Column("Fichier", lambda file: file.name, 36),
            Column("Format", lambda file: file.kind, 20),
            Column("Lu le", lambda file: file.read_at),
            Column("Lu par", lambda file: file.read_by_label, 24),
            Column("Faits", lambda file: file.told, 10),
            Column("Appliqués", lambda file: file.applied, 10),
            Column("Sans effet", lambda file: file.without_effect, 10),
            Column("Déjà connus", lambda file: file.known, 12),
            Column("À voir", lambda file: file.to_see, 10),
        ),
        _bank_files,
        right=Permission.PAYMENT_READ,
    ),
    List(
        "trop-percus",
        "Trop-perçus",
        "trop-percus",
        "trop-perçu",
        (
            Column("Numéro", lambda each: each.number, 18),
            Column("Noté le", lambda each: each.noted_at),
            Column("Noté par", lambda each: each.noted_by_label, 24),
            Column("Bénéficiaire", lambda each: each.line.order.payee.name, 36),
            Column("SIRET", lambda each: each.line.order.payee.siret, 16),
            Column("Dossier", lambda each: each.line.due.claim.dossier.number, 16),
            Column("Référence du virement", lambda each: each.line.order.end_to_end, 26),
            Column("Montant", lambda each: each.amount),
            Column("Remboursé", lambda each: each.recovered),
            Column("Reste", lambda each: each.left),
            Column("État", lambda each: each.get_state_display(), 16),
            Column("Motif", lambda each: each.reason, 40),
        ),
        _overpayments,
        right=Permission.PAYMENT_READ,
    ),
    List(
        "comptes-debiteurs",
        "Comptes débiteurs",
        "comptes-debiteurs",
        "compte",
        (
            Column("Fonds", lambda account: account.get_fund_display(), 30),
            Column("Titulaire", lambda account: account.holder, 30),
            Column("Compte", lambda account: mask_iban(account.iban), 36),
            Column("BIC", lambda account: account.bic, 13),
            Column("État", _standing, 12),
            Column("Saisi le", lambda account: account.set_at),
            Column("Saisi par", lambda account: account.set_by_label, 24),
            Column("Vérifié le", lambda account: account.confirmed_at),
            Column("Vérifié par", lambda account: account.confirmed_by_label, 24),
            Column("Ne sert plus depuis le", lambda account: account.ended_at),
        ),
        _debtors,
        right=Permission.PAYMENT_READ,
    ),
    List(
        "iban",
        "IBAN à vérifier",
        "iban-a-verifier",
        "compte",
        (
            Column("Bénéficiaire", lambda account: account.payee.name, 36),
            Column("SIRET", lambda account: account.payee.siret, 16),
            Column("En tant que", lambda account: "organisme" if account.provider_id else "employeur", 14),
            Column("Motif", lambda account: account.get_ground_display(), 24),
            Column("L'acte prend effet le", lambda account: account.since, 14),
            Column("Jusqu'au", lambda account: account.until, 11),
            Column("Titulaire", lambda account: account.holder, 30),
            Column("Compte", lambda account: account.masked, 36),
            Column("Proposé le", lambda account: account.proposed_at),
            Column("Proposé par", lambda account: str(account.proposed_by), 24),
        ),
        _accounts,
        right=Permission.BANK_ACCOUNT_CONFIRM,
    ),
    List(
        "enveloppes",
        "Enveloppes",
        "enveloppes",
        "enveloppe",
        (
            Column("Année", lambda each: each.year, 8),
            Column("Fonds", lambda each: each.get_fund_display(), 30),
            Column("Branche", _branch, 40),
            Column("Suivi", lambda each: each.get_mode_display(), 20),
            Column("Montant", lambda each: each.amount),
            Column("Engagé", lambda each: each.engaged),
            Column("Payé", lambda each: each.paid),
            Column("Reste", lambda each: each.left),
            Column("État", _left, 12),
        ),
        _envelopes,
        right=Permission.FUNDING_READ,
    ),
    List(
        "versements-volontaires",
        "Versements volontaires",
        "versements-volontaires",
        "compte",
        (
            Column("Entreprise", lambda account: account.company.name, 36),
            Column("SIREN", lambda account: account.company.siren, 12),
            Column("Convention", lambda account: account.agreement, 24),
            Column("Signée le", lambda account: account.signed_on, 11),
            Column("Paie les frais annexes", lambda account: yes(account.pays_ancillary), 12),
            Column("Paie les salaires", lambda account: yes(account.pays_wages), 12),
            Column("Versé", lambda account: account.paid_in),
            Column("Engagé", lambda account: account.engaged),
            Column("Solde", lambda account: account.balance),
            Column("Ouvert le", lambda account: account.opened_at),
        ),
        _voluntary,
        right=Permission.FUNDING_READ,
    ),
)
