"""What is checked of an organisation. Pure: facts come in as arguments."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from openopco.organisations.enums import Nature, ProviderStatus

# A person who keys more organisations than this in a day is not filing requests.
MOST_CREATED_PER_DAY = 50
FACTS_KEPT = timedelta(days=30)


class Verdict(StrEnum):
    """`LOOK`: nobody knows, an officer has to look."""

    OK = "ok"
    FAIL = "fail"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checks that an officer sees. `code` never changes."""

    code: str
    verdict: Verdict
    message: str


@dataclass(frozen=True, slots=True)
class Certificates:
    """Qualiopi by nature of action; None where nobody knows."""

    actions: bool | None = None
    bilans: bool | None = None
    vae: bool | None = None
    apprentissage: bool | None = None

    def cover(self, nature: Nature) -> bool | None:
        return {
            Nature.ACTION: self.actions,
            Nature.BILAN: self.bilans,
            Nature.VAE: self.vae,
            Nature.APPRENTISSAGE: self.apprentissage,
        }[nature]


def check_nda(*, nda: str, status: ProviderStatus, verified: bool) -> Check:
    """The declaration of activity (L.6351-1 C. trav.): there, and neither suspended (L.6351-4-1) nor ended."""
    if status is ProviderStatus.SUSPENDU:
        return Check("provider.nda", Verdict.FAIL, "La déclaration d'activité de l'organisme est suspendue.")
    if status is ProviderStatus.FERME:
        return Check("provider.nda", Verdict.FAIL, "L'organisme est fermé.")
    if not nda and verified:
        return Check("provider.nda", Verdict.FAIL, "L'organisme ne figure pas sur la liste publique des organismes.")
    if not nda:
        return Check("provider.nda", Verdict.LOOK, "Le numéro de déclaration d'activité n'est pas connu.")
    if not verified:
        return Check("provider.nda", Verdict.LOOK, "Le numéro de déclaration d'activité est à vérifier.")
    return Check("provider.nda", Verdict.OK, "Déclaration d'activité enregistrée.")


def check_qualiopi(*, certificates: Certificates, nature: Nature) -> Check:
    """The quality certificate for the nature of the action (L.6316-1 C. trav.), without which no fund may pay."""
    covered = certificates.cover(nature)
    words = nature.label.lower() if nature is not Nature.VAE else "VAE"
    if covered is None:
        return Check("provider.qualiopi", Verdict.LOOK, f"Certification Qualiopi à vérifier ({words}).")
    if not covered:
        return Check("provider.qualiopi", Verdict.FAIL, f"Organisme non certifié Qualiopi pour cette nature ({words}).")
    return Check("provider.qualiopi", Verdict.OK, f"Certifié Qualiopi ({words}).")


def is_of_another_opco(*, opco_slug: str, ours: str) -> bool:
    """An unknown OPCO is nobody else's: only a registry's plain answer marks a company."""
    return bool(opco_slug) and opco_slug != ours
