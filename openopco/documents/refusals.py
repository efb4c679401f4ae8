"""Why a file is refused: stable codes, and the sentence that tells its owner what to do. Plain Python."""

from enum import StrEnum

from openopco.documents.rules import LIMITS
from openopco.kernel.errors import InvalidValue


class RefusalCode(StrEnum):
    EMPTY = "empty"
    TOO_BIG = "too_big"
    UNSUPPORTED_TYPE = "unsupported_type"
    WRONG_EXTENSION = "wrong_extension"
    POLYGLOT = "polyglot"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    SCRIPT = "script"
    LAUNCH = "launch"
    FAR_TARGET = "far_target"
    AUTOMATIC = "automatic"
    EMBEDDED_FILE = "embedded_file"
    XFA = "xfa"
    MULTIMEDIA = "multimedia"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_COMPLEX = "too_complex"
    TOO_MANY_PIXELS = "too_many_pixels"
    INFECTED = "infected"
    OWNER_FULL = "owner_full"
    DAY_FULL = "day_full"


_PRINT_TO_PDF = "Ouvrez-le, choisissez Imprimer puis « Enregistrer au format PDF », et déposez cette copie."
SENTENCES: dict[RefusalCode, str] = {
    RefusalCode.EMPTY: "Ce fichier est vide : vérifiez qu'il s'ouvre sur votre appareil, puis déposez-le à nouveau.",
    RefusalCode.TOO_BIG: (
        f"Ce fichier dépasse {LIMITS.file_megabytes} Mo : réduisez-le (par exemple en numérisant à 150 points "
        "par pouce), ou déposez-le en plusieurs parties."
    ),
    RefusalCode.UNSUPPORTED_TYPE: (
        "Ce type de fichier n'est pas accepté : enregistrez le document au format PDF, ou prenez-le en photo "
        "(JPEG, PNG ou HEIC), puis déposez-le."
    ),
    RefusalCode.WRONG_EXTENSION: (
        "Le contenu de ce fichier ne correspond pas à son nom : ouvrez-le, enregistrez-le au format PDF, JPEG ou PNG, "
        "puis déposez cette copie."
    ),
    RefusalCode.POLYGLOT: f"Ce fichier contient autre chose que le document attendu. {_PRINT_TO_PDF}",
    RefusalCode.DAMAGED: (
        "Ce fichier est incomplet ou abîmé : vérifiez qu'il s'ouvre sur votre appareil, "
        "enregistrez-en une nouvelle copie, puis déposez-la."
    ),
    RefusalCode.ENCRYPTED: (
        "Ce PDF est protégé par un mot de passe : enregistrez-en une copie sans protection, puis déposez-la."
    ),
    RefusalCode.SCRIPT: f"Ce PDF contient un programme (JavaScript). {_PRINT_TO_PDF}",
    RefusalCode.LAUNCH: f"Ce PDF cherche à ouvrir un autre fichier ou une application. {_PRINT_TO_PDF}",
    RefusalCode.FAR_TARGET: f"Ce PDF renvoie vers un autre fichier ou envoie des données ailleurs. {_PRINT_TO_PDF}",
    RefusalCode.AUTOMATIC: f"Ce PDF déclenche une action de lui-même, par exemple à l'ouverture. {_PRINT_TO_PDF}",
    RefusalCode.EMBEDDED_FILE: (
        "Ce PDF contient d'autres fichiers en pièces jointes : déposez chacun d'eux séparément, "
        "avec une copie du PDF sans pièce jointe (Imprimer, puis « Enregistrer au format PDF »)."
    ),
    RefusalCode.XFA: f"Ce PDF est un formulaire dynamique (XFA) qui ne s'ouvre pas partout. {_PRINT_TO_PDF}",
    RefusalCode.MULTIMEDIA: f"Ce PDF contient du son, de la vidéo ou de la 3D. {_PRINT_TO_PDF}",
    RefusalCode.TOO_MANY_PAGES: (
        f"Ce PDF compte plus de {LIMITS.pdf_pages} pages : ne gardez que les pages utiles, puis déposez-le à nouveau."
    ),
    RefusalCode.TOO_COMPLEX: (
        "Ce fichier est trop lourd à ouvrir pour que nous puissions le contrôler : enregistrez-en une copie "
        "plus simple (Imprimer, puis « Enregistrer au format PDF »), et déposez-la."
    ),
    RefusalCode.TOO_MANY_PIXELS: (
        f"Cette image dépasse {LIMITS.image_megapixels} millions de pixels : réduisez ses dimensions, "
        "ou reprenez la photo avec une définition moindre."
    ),
    RefusalCode.INFECTED: (
        "L'antivirus a reconnu un contenu dangereux dans ce fichier : il n'a pas été gardé. "
        "Faites contrôler votre appareil, puis déposez une copie saine du document."
    ),
    RefusalCode.OWNER_FULL: (
        f"La place réservée à ces pièces est prise ({LIMITS.owner_files} fichiers ou {LIMITS.owner_megabytes} Mo "
        "au plus) : retirez un fichier avant d'en déposer un autre."
    ),
    RefusalCode.DAY_FULL: (
        "Vous avez déposé beaucoup de fichiers depuis hier : déposez les suivants demain, ou écrivez-nous."
    ),
}


class RefusedFile(InvalidValue):
    """A file that the door does not let in. `code` is stable; `message` is the sentence for the person."""

    def __init__(self, code: RefusalCode) -> None:
        super().__init__(SENTENCES[code])
        self.code = code
