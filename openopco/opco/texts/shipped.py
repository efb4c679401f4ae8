"""The templates as shipped: version 0 of each, in force until this OPCO words its own.

They quote no article of law: an OPCO that wants one there adds it, with its date."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    """The subject, on one line, and the body: paragraphs, with titles, lists and bold in letters, plain in mails."""

    subject: str
    body: str


_GREETING: Final = "Madame, Monsieur,"
_CLOSING: Final = """Nous vous prions d'agréer, Madame, Monsieur, nos salutations distinguées.

Pour {{ opco }},
{{ gestionnaire }}"""
_CONTEST: Final = (
    "## Si vous n'êtes pas d'accord\n\n"
    "Écrivez-nous dans les messages de votre demande, en disant pourquoi et en joignant ce qui peut nous éclairer : nous "
    "la relirons et nous vous répondrons par écrit.\n\n"
    "Vous pouvez aussi nous joindre : {{ contact }}."
)
_FOOT: Final = """Ce message est envoyé automatiquement : répondez-nous plutôt dans votre demande.

{{ opco }}"""


def _letter(subject: str, *paragraphs: str) -> Words:
    return Words(subject, "\n\n".join((_GREETING, *paragraphs, _CLOSING)))


def _mail(subject: str, *paragraphs: str) -> Words:
    return Words(subject, "\n\n".join(("Bonjour,", *paragraphs, _FOOT)))


SHIPPED: Final[dict[str, Words]] = {
    "recu": Words(
        "Accusé de réception",
        "**Votre demande {{ numero }} nous est bien parvenue** le {{ envoi }}.\n\nEnvoyée par {{ deposant }}.\n\n"
        "Gardez ce document : il dit ce que vous avez envoyé, tel que nous l'avons reçu. Il ne vaut pas accord.",
    ),
    "accord": _letter(
        "Accord de prise en charge de votre demande {{ numero }}",
        "Nous avons examiné votre demande du {{ date_envoi }} et nous avons le plaisir de vous accorder "
        "**{{ montant_accorde }}** pour cette formation.",
        "Cet accord remplace celui du {{ accord_precedent }}.",
        "{{ tableau }}",
        "## Ce qui est pris en charge\n\n{{ financement }}",
        "**Pourquoi ce montant.** {{ motif }}",
        "## Comment être payé\n\n{{ reglement }}",
        "## Ce qu'il vous reste à faire",
        "- Si quelque chose change (dates, stagiaires, durée, coût, organisme, annulation), signalez-le par écrit dans "
        "les {{ delai_signalement }}.\n"
        "- Gardez les feuilles d'émargement et le certificat de réalisation : ils prouvent que la formation a eu lieu.\n"
        "- Une fois la formation commencée, dites-le dans votre demande au plus tard le {{ debut_avant }} : sans cela, "
        "l'accord n'est plus valable après cette date.\n"
        "- Demandez le paiement au plus tard le {{ demande_avant }} : après cette date, l'accord n'est plus valable.",
        "Une question ? Écrivez-nous dans les messages de votre demande : {{ lien }}",
    ),
    "refus": _letter(
        "Refus de votre demande de prise en charge {{ numero }}",
        "Nous avons examiné votre demande du {{ date_envoi }}. Nous ne pouvons pas la prendre en charge, pour la raison "
        "suivante.",
        "> {{ motif }}",
        "{{ tableau }}",
        "Vous pouvez reprendre cette demande dans une nouvelle, sans tout ressaisir, si ce motif peut être levé : {{ lien }}",
        _CONTEST,
    ),
    "sans-suite": _letter(
        "Votre demande {{ numero }} est classée sans suite",
        "Nous avons fermé votre demande du {{ date_envoi }} sans décision, pour la raison suivante.",
        "> {{ motif }}",
        "{{ tableau }}",
        "Ce n'est pas un refus : vous pouvez reprendre cette demande dans une nouvelle, sans tout ressaisir : {{ lien }}",
        _CONTEST,
    ),
    "complement": _letter(
        "Votre demande {{ numero }} : il nous manque des éléments",
        "Nous examinons votre demande « {{ formation }} ». Pour décider, nous avons besoin de ce qui suit, au plus tard "
        "le **{{ reponse_avant }}**.",
        "{{ points }}",
        "> {{ message }}",
        "Répondez dans votre demande, à l'endroit même de chaque point : {{ lien }}",
        "Votre demande garde sa place. Sans réponse à cette date, nous pourrions la classer sans suite.",
    ),
    "reversement": Words(
        "Somme à rembourser : ordre de reversement {{ numero }}",
        "Madame, Monsieur,\n\n"
        "Le {{ verse_le }}, nous vous avons payé le dossier {{ dossier }} par le virement {{ virement }}. Une partie de cette "
        "somme ne vous était pas due :\n\n{{ motif }}\n\n"
        "Nous vous demandons de nous rembourser **{{ montant }}**, par virement, en rappelant la référence **{{ numero }}**.\n\n"
        "## Si vous n'êtes pas d'accord\n\n"
        "Écrivez-nous en disant pourquoi et en joignant ce qui peut nous éclairer : {{ contact }}.\n\n"
        "Nous vous prions d'agréer, Madame, Monsieur, nos salutations distinguées.\n\nPour {{ opco }}",
    ),
    "courriel-recu": _mail(
        "Votre demande {{ numero }} est bien arrivée",
        "Nous avons bien reçu votre demande de prise en charge {{ numero }} : « {{ formation }} ».\n"
        "Un gestionnaire {{ de_opco }} l'examine. Nous visons une réponse avant le {{ reponse_visee }}.",
        "{{ debut_avant_reponse }}",
        "Suivez-la à tout moment sur {{ produit }} ; l'accusé de réception s'y trouve aussi :\n{{ lien }}",
    ),
    "courriel-accord": _mail(
        "Votre demande {{ numero }} est accordée",
        "Votre demande de prise en charge {{ numero }} est accordée.",
        "Télécharger la lettre d'accord (PDF) :\n{{ lien_lettre }}",
        "Voir la demande et ce qu'il vous reste à faire :\n{{ lien }}",
    ),
    "courriel-refus": _mail(
        "Votre demande {{ numero }} est refusée : lisez le motif",
        "Nous ne pouvons pas prendre en charge votre demande {{ numero }}. Le motif et ce que vous pouvez faire sont dans "
        "la lettre.",
        "Télécharger la lettre (PDF) :\n{{ lien_lettre }}",
        "Voir la demande :\n{{ lien }}",
    ),
    "courriel-sans-suite": _mail(
        "Votre demande {{ numero }} est classée sans suite : lisez le motif",
        "Nous avons fermé votre demande {{ numero }} sans décision. Ce n'est pas un refus : vous pouvez la reprendre.",
        "Télécharger la lettre (PDF) :\n{{ lien_lettre }}",
        "Voir la demande :\n{{ lien }}",
    ),
    "courriel-complement": _mail(
        "Votre demande {{ numero }} : une réponse est attendue avant le {{ reponse_avant }}",
        "Il nous manque des éléments pour décider de votre demande {{ numero }}. Répondez avant le {{ reponse_avant }}, à "
        "l'endroit même de chaque point :\n{{ lien }}",
        "La même demande en lettre (PDF) :\n{{ lien_lettre }}",
    ),
    "courriel-rappel": _mail(
        "{{ evenement }}",
        "{{ evenement }}",
        "{{ acte }} :\n{{ lien }}",
    ),
    "courriel-message": _mail(
        "Nouveau message sur la demande {{ numero }}",
        "{{ evenement }}",
        "Lisez-le et répondez ici :\n{{ lien }}",
    ),
    "avis": Words(
        "{{ evenement }}",
        "Bonjour,\n\n{{ evenement }}\n\n{{ acte }}, dans votre espace {{ produit }} :\n{{ lien }}\n\n{{ opco }}",
    ),
}  # fmt: skip
