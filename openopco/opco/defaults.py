"""Parameters as shipped: what they mean, and each value with the day it took effect and where it comes from.

Worded for OPCO Mobilités; another OPCO, or another year, adds rows on « Paramètres », never edits this."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from openopco.opco.values import first_day, last_days, pieces_by_nature, whole, yes_or_no

ALWAYS: Final = date(2019, 4, 1)  # the day the eleven OPCOs were agreed


@dataclass(frozen=True, slots=True)
class Version:
    """A value in force since a day, with its source, in French, as administrators read it. `elsewhere` is what it rests on
    for another OPCO than the one the source names; `only_here`: another has no such version."""

    since: date
    value: Any
    source: str
    elsewhere: str = ""
    only_here: bool = False


@dataclass(frozen=True, slots=True)
class Default:
    """One parameter: its label for people, its unit (and the same for one), the check of its values, its shipped
    versions, oldest first; `effect` says in one sentence what it changes, `law` what no decision of the OPCO may undo,
    `from_label` which days its date is compared to."""

    label: str
    unit: str
    accepts: Callable[[Any], bool]
    versions: tuple[Version, ...]
    unit_of_one: str = ""
    effect: str = ""
    law: str = ""
    from_label: str = "À partir du"


def _shipped(value: Any, source: str, elsewhere: str = "") -> tuple[Version, ...]:
    return (Version(ALWAYS, value, source, elsewhere),)


WORDED_FOR: Final = "mobilites"
HOUSE = "Choix d'OpenOPCO, à régler par l'OPCO"


def shipped_versions(code: str, slug: str) -> tuple[Version, ...]:
    """The shipped versions of a parameter, as they read for an OPCO: criteria of one are no source for another."""
    versions = DEFAULTS[code].versions
    if slug == WORDED_FOR:
        return versions
    return tuple(
        replace(each, source=each.elsewhere or each.source, elsewhere="") for each in versions if not each.only_here
    )


DEFAULTS: Final[dict[str, Default]] = {
    "answer_target_days": Default(
        "Délai de réponse visé",
        "jours calendaires",
        whole(1, 365),
        _shipped(
            20,
            f"{HOUSE} : objectif interne. Aucun délai légal pour une action de formation, le silence n'y décide rien.",
        ),
        unit_of_one="jour calendaire",
        effect=(
            "Chaque demande envoyée à partir de ce jour reçoit cette date de réponse visée, montrée à l'employeur"
            " et au gestionnaire."
        ),
    ),
    "correction_days": Default(
        "Délai laissé pour répondre à une demande de complément",
        "jours calendaires",
        whole(1, 365),
        _shipped(15, f"{HOUSE}."),
        unit_of_one="jour calendaire",
        effect="La date proposée au gestionnaire quand il demande un complément ; il peut en choisir une autre.",
    ),
    "invitation_days": Default(
        "Durée de validité d'une invitation à agir pour un établissement",
        "jours calendaires",
        whole(1, 60),
        _shipped(7, f"{HOUSE}."),
        unit_of_one="jour calendaire",
        effect="Une invitation envoyée à partir de ce jour peut être acceptée pendant ce nombre de jours, puis expire.",
    ),
    "draft_reminder_days": Default(
        "Rappel d'un brouillon laissé de côté",
        "jours calendaires",
        whole(1, 365),
        _shipped(7, f"{HOUSE}."),
        unit_of_one="jour calendaire",
        effect="Un e-mail rappelle un brouillon auquel personne n'a touché depuis ce nombre de jours.",
    ),
    "mail_kept_days": Default(
        "Durée de conservation des e-mails envoyés",
        "jours calendaires",
        whole(30, 3650),
        _shipped(
            365,
            f"{HOUSE} : assez pour retrouver un message contesté, pas plus que nécessaire (RGPD, art. 5-1-e).",
        ),
        unit_of_one="jour calendaire",
        effect="Passé ce nombre de jours, un e-mail envoyé est effacé de la boîte d'envoi.",
    ),
    "claim_months": Default(
        "Délai pour demander le remboursement après la fin de la formation",
        "mois",
        whole(1, 36),
        _shipped(
            4,
            "OPCO Mobilités, conditions générales de septembre 2026 : quatre mois après la fin de l'action.",
            f"{HOUSE}.",
        ),
        effect=(
            "La date limite de demande de remboursement, écrite dans l'accord, des actions finies à partir de ce jour."
        ),
        from_label="Pour les actions finies à partir du",
    ),
    "change_notice_days": Default(
        "Délai pour signaler par écrit un changement dans la formation",
        "jours calendaires",
        whole(1, 60),
        _shipped(
            8, "OPCO Mobilités, attestation sur l'honneur de la demande de prise en charge (M-Gestion).", f"{HOUSE}."
        ),
        unit_of_one="jour calendaire",
        effect="Le délai annoncé à l'employeur, dans l'aide et après l'envoi, pour signaler un changement.",
    ),
    "subrogation_pdc_only": Default(
        "Subrogation réservée au plan de développement des compétences",
        "oui ou non",
        yes_or_no,
        (
            Version(ALWAYS, False, "Usage des OPCO avant la réforme de la TVA : l'OPCO pouvait régler l'organisme."),
            Version(
                date(2026, 10, 1),
                True,
                "OPCO Mobilités, conditions générales d'intervention, septembre 2026 : réforme de la TVA des OPCO, en "
                "vigueur au 1er octobre 2026.",
                elsewhere=f"{HOUSE} : réforme de la TVA des OPCO, en vigueur au 1er octobre 2026.",
            ),
        ),
        effect=(
            "Pour les accords donnés à partir de ce jour, l'OPCO ne règle l'organisme que si l'entreprise est sous l'effectif "
            "ci-dessous et si tout vient du plan de développement des compétences. Sinon l'employeur est remboursé."
        ),
        from_label="Pour les accords donnés à partir du",
    ),
    "subrogation_below": Default(
        "Effectif en dessous duquel la subrogation réservée est possible",
        "salariés",
        whole(1, 500_000),
        _shipped(
            50,
            "OPCO Mobilités, conditions générales d'intervention, septembre 2026 : entreprises de moins de 50 salariés.",
            f"{HOUSE} : entreprises de moins de 50 salariés (L.6332-3).",
        ),
        unit_of_one="salarié",
        effect="Une entreprise de cet effectif ou plus règle l'organisme et se fait rembourser.",
        from_label="Pour les accords donnés à partir du",
    ),
    "subrogation_pro": Default(
        "Organisme d'un contrat de professionnalisation réglé directement",
        "oui ou non",
        yes_or_no,
        _shipped(
            True,
            "À confirmer : aucune règle publiée par OPCO Mobilités, les OPCO règlent d'usage l'organisme.",
            f"{HOUSE}, à confirmer.",
        ),
        effect=(
            "Pour un contrat de professionnalisation, l'OPCO règle l'organisme ; sinon l'employeur est remboursé. Un CFA est "
            "toujours réglé directement."
        ),
        from_label="Pour les accords donnés à partir du",
    ),
    "least_agreement_days": Default(
        "Durée minimale d'un accord, si tard qu'il soit donné",
        "jours calendaires",
        whole(1, 365),
        _shipped(30, f"{HOUSE} : un accord donné après la formation doit encore pouvoir servir."),
        unit_of_one="jour calendaire",
        effect="Un accord donné tard, même après la formation, reste valable au moins ce nombre de jours.",
    ),
    "first_claim_reminder_days": Default(
        "Premier rappel avant le dernier jour d'un accord",
        "jours calendaires avant",
        whole(1, 365),
        _shipped(60, f"{HOUSE}."),
        unit_of_one="jour calendaire avant",
        effect="L'employeur reçoit un premier rappel ce nombre de jours avant que son accord ne vaille plus.",
    ),
    "last_claim_reminder_days": Default(
        "Dernier rappel avant le dernier jour d'un accord",
        "jours calendaires avant",
        whole(1, 365),
        _shipped(15, f"{HOUSE}."),
        unit_of_one="jour calendaire avant",
        effect="L'employeur reçoit un dernier rappel ce nombre de jours avant que son accord ne vaille plus.",
    ),
    "claim_check_days": Default(
        "Délai visé pour contrôler une facture ou une demande de remboursement",
        "jours calendaires",
        whole(1, 90),
        _shipped(15, f"{HOUSE}."),
        unit_of_one="jour calendaire",
        effect="La date de réponse visée, montrée au bénéficiaire et au contrôleur, des demandes envoyées à partir de ce jour.",
    ),
    "claim_complete_days": Default(
        "Délai laissé pour compléter une facture ou une demande de remboursement",
        "jours calendaires",
        whole(1, 90),
        _shipped(30, f"{HOUSE}."),
        unit_of_one="jour calendaire",
        effect="La date, montrée au bénéficiaire, avant laquelle il doit donner les pièces demandées à partir de ce jour.",
    ),
    "claim_payment_proof": Default(
        "L'employeur joint la preuve qu'il a payé l'organisme",
        "oui ou non",
        yes_or_no,
        _shipped(
            False,
            "R. 6332-26 du Code du travail et arrêté du 21 décembre 2018 : facture et certificat de réalisation suffisent ; "
            "d'autres pièces se demandent en cas d'anomalie.",
        ),
        effect="Une demande de remboursement ne peut être envoyée qu'avec cette preuve.",
    ),
    "start_reminder_days": Default(
        "« La formation a-t-elle commencé ? » : jours après la date de début",
        "jours calendaires",
        whole(1, 60),
        _shipped(3, f"{HOUSE}."),
        unit_of_one="jour calendaire",
        effect="La question « La formation a-t-elle commencé ? » part ce nombre de jours après le début.",
    ),
    "unconfirmed_days": Default(
        "Accord caduc si personne ne dit que la formation a commencé (0 : jamais pour cette raison)",
        "jours calendaires après la date de début",
        whole(0, 730),
        _shipped(
            180,
            f"{HOUSE}, prudent : ne touche que les formations de plusieurs mois, après trois rappels ; pour les autres le "
            "délai de demande de règlement vient plus tôt. Un gestionnaire peut lever la caducité.",
        ),
        unit_of_one="jour calendaire après la date de début",
        effect="Un accord devient caduc quand personne n'a confirmé le début de la formation dans ce délai.",
    ),
    "nir_required": Default(
        "NIR exigé pour chaque stagiaire",
        "oui ou non",
        yes_or_no,
        (
            Version(ALWAYS, False, "Avant l'obligation."),
            Version(
                date(2020, 10, 1),
                True,
                "OPCO Mobilités, « La collecte du NIR » : obligatoire depuis le 1er octobre 2020 (L.6353-10 C. trav., "
                "décret 2019-341 art. 2-C-12°). À mettre à « non » pour qui n'est pas un OPCO.",
                "L.6353-10 C. trav., décret 2019-341 art. 2-C-12°. À mettre à « non » pour qui n'est pas un OPCO.",
            ),
        ),
        effect=(
            "Les demandes envoyées à partir de ce jour doivent donner le NIR de chaque stagiaire, ou la raison de"
            " son absence."
        ),
        law=(
            "L'OPCO doit collecter le NIR (L.6353-10 C. trav., décret 2019-341, art. 2-C-12°). « Non » n'est "
            "permis qu'à qui n'est pas un OPCO."
        ),
    ),
    "min_hours": Default(
        "Durée minimale d'une action",
        "heures par stagiaire",
        whole(0, 100),
        _shipped(1, "OPCO Mobilités, critères 2026 : actions d'une heure au moins.", f"{HOUSE}."),
        unit_of_one="heure par stagiaire",
        effect="Une demande dont la durée par stagiaire est plus courte ne peut pas être envoyée.",
    ),
    "hourly_cost_low": Default(
        "Coût horaire vraisemblable : au-dessous, un avertissement",
        "€ HT par heure et par stagiaire",
        whole(0, 1000),
        _shipped(5, f"{HOUSE} : avertit, ne bloque pas."),
        effect="Au-dessous, l'employeur et le gestionnaire lisent un avertissement ; rien n'est bloqué.",
    ),
    "hourly_cost_high": Default(
        "Coût horaire vraisemblable : au-dessus, un avertissement",
        "€ HT par heure et par stagiaire",
        whole(0, 10000),
        _shipped(150, f"{HOUSE} : avertit, ne bloque pas. Le double du plus haut tarif de la branche (75 €)."),
        effect="Au-dessus, l'employeur et le gestionnaire lisent un avertissement ; rien n'est bloqué.",
    ),
    "bank_account_delay_days": Default(
        "Délai avant le premier virement sur un compte bancaire nouveau",
        "jours calendaires",
        whole(0, 60),
        _shipped(3, f"{HOUSE} : le temps que le bénéficiaire, prévenu, signale un compte qui n'est pas le sien."),
        unit_of_one="jour calendaire",
        effect="Aucun virement ne part sur un compte vérifié depuis moins que ce nombre de jours.",
    ),
    "mass_reading_limit": Default(
        "Dossiers différents qu'un gestionnaire peut ouvrir en dix minutes",
        "dossiers",
        whole(10, 10000),
        _shipped(300, f"{HOUSE} : au-delà, le compte est ralenti et les administrateurs sont prévenus."),
        effect=(
            "Un gestionnaire qui ouvre plus de demandes en dix minutes est ralenti, et les administrateurs sont "
            "prévenus."
        ),
    ),
    "max_trainees": Default(
        "Nombre maximal de stagiaires par demande",
        "stagiaires",
        whole(1, 1000),
        _shipped(200, f"{HOUSE}."),
        unit_of_one="stagiaire",
        effect="Une demande qui compte plus de stagiaires ne peut pas être envoyée.",
    ),
    "batch_max_rows": Default(
        "Nombre maximal de dossiers traités par lot",
        "dossiers",
        whole(1, 5000),
        _shipped(1000, f"{HOUSE} : au-delà, personne ne relit vraiment ce qu'il demande."),
        unit_of_one="dossier",
        effect="Un gestionnaire ne peut pas traiter plus de dossiers d'un seul geste.",
    ),
    "export_max_rows": Default(
        "Nombre maximal de lignes d'un export",
        "lignes",
        whole(1, 1_000_000),
        _shipped(200_000, f"{HOUSE} : un tableur en ouvre 1 048 576 au plus."),
        unit_of_one="ligne",
        effect="Un export plus long est refusé, avec l'invitation à filtrer la liste.",
    ),
    "export_alert_rows": Default(
        "Export d'une liste signalé aux administrateurs, à partir de",
        "lignes",
        whole(1, 1_000_000),
        _shipped(5000, f"{HOUSE} : comme la lecture de nombreux dossiers, un export est une lecture."),
        unit_of_one="ligne",
        effect="Les administrateurs sont prévenus de chaque export au moins aussi long.",
    ),
    "required_pieces": Default(
        "Pièces exigées selon la nature de l'action",
        "zones de pièces jointes",
        pieces_by_nature,
        _shipped(
            {"action": ["programme"], "bilan": ["bilan"], "vae": ["vae"]},
            "Zones du formulaire M-Gestion : programme de l'action (L.6353-1 C. trav.) ; pour un bilan de compétences, "
            "convention tripartite (R.6313-8) ; pour une VAE, convention. Un bilan et une VAE n'ont pas de programme.",
            "Programme de l'action (L.6353-1 C. trav.) ; pour un bilan de compétences, convention tripartite (R.6313-8) ; "
            "pour une VAE, convention.",
        ),
        effect="Une demande ne peut pas être envoyée tant qu'une zone exigée pour sa nature est vide.",
        law=(
            "Le programme (L.6353-1 C. trav.) et, pour un bilan de compétences, la convention tripartite "
            "(R.6313-8) restent dus, que le formulaire les exige ou non."
        ),
    ),
    "provider_checks_block": Default(
        "Organisme non déclaré, suspendu ou non certifié Qualiopi : interdit d'accorder",
        "oui ou non",
        yes_or_no,
        _shipped(
            True,
            "L.6351-1 C. trav. (déclaration d'activité) et L.6316-1 (Qualiopi) : sans elles, aucun fonds ne peut payer.",
        ),
        effect="Un gestionnaire ne peut pas accorder une demande dont l'organisme n'est ni déclaré ni certifié.",
        law=(
            "Sans déclaration d'activité (L.6351-1 C. trav.) ni Qualiopi (L.6316-1), aucun fonds ne peut payer : "
            "« non » ne fait qu'enlever le garde-fou."
        ),
    ),
    "first_submission": Default(
        "Premier jour pour envoyer une demande",
        "selon le jour de début de l'action",
        first_day,
        _shipped(None, "Aucune date d'ouverture connue."),
        effect=(
            "Avant ce jour, une demande se prépare et se garde, elle ne s'envoie pas : l'employeur lit quand il pourra "
            "l'envoyer. Le tableau de bord l'annonce 90 jours avant."
        ),
        from_label="Pour les actions qui débutent à partir du",
    ),
    "last_submission": Default(
        "Dernier jour pour envoyer une demande",
        "selon le jour de début de l'action",
        last_days,
        (
            Version(ALWAYS, None, "Aucune date limite connue."),
            Version(
                date(2026, 1, 1),
                {"last_day": "2026-12-31", "late_from": "2026-12-15", "late_last_day": "2027-01-15"},
                "OPCO Mobilités, critères 2026 : 31/12/2026 ; 15/01/2027 si l'action débute du 15 au 31/12/2026.",
                only_here=True,
            ),
            Version(date(2027, 1, 1), None, "Critères 2027 non publiés.", only_here=True),
        ),
        effect=(
            "Annoncé aux employeurs 90 jours avant ; passé ce jour, une demande ne peut plus être envoyée, son brouillon est "
            "gardé. Reçue à temps par courrier ou téléphone, elle peut encore être saisie."
        ),
        from_label="Pour les actions qui débutent à partir du",
    ),
}
