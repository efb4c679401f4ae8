"""The NIR (numéro d'inscription au répertoire), checked and masked. Décret n° 82-103 gives its parts.

No message here repeats any part of the number: messages end up on screens, in drafts and in logs."""

from datetime import date

from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fr import nir as standard

from openopco.kernel.errors import InvalidValue
from openopco.kernel.text import typed

LENGTH = 15
# 1 and 2: registered; 3 and 4: being registered abroad; 7 and 8: provisional.
SEXES = {"1": "M", "3": "M", "7": "M", "2": "F", "4": "F", "8": "F"}
# Months that the registry gives to those whose true month isn't known, or once a month is full.
PSEUDO_MONTHS = frozenset([*range(20, 43), *range(50, 100)])
BULLET = "•"


def parse_nir(raw: str) -> str:
    """The 15 characters of a NIR with its key, Corsica (2A, 2B) included. Raises InvalidValue."""
    nir = standard.compact(typed(raw)).replace("-", "")
    if not nir:
        raise InvalidValue("Indiquez le NIR (numéro de sécurité sociale) : 15 chiffres, clé comprise.")
    _check_form(nir)
    try:
        standard.validate(nir)
    except InvalidChecksum:
        raise InvalidValue("La clé du NIR ne correspond pas : vérifiez les 15 chiffres.") from None
    except ValidationError:
        raise InvalidValue("Ce NIR est illisible : vérifiez les 15 chiffres.") from None
    return nir


def _check_form(nir: str) -> None:
    digits = nir[:5] + nir[5:7].replace("2A", "20").replace("2B", "20") + nir[7:]
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidValue("Un NIR ne contient que des chiffres (et 2A ou 2B pour une naissance en Corse).")
    missing = LENGTH - len(nir)
    if missing == 2:
        raise InvalidValue("Un NIR compte 15 chiffres : il en manque 2, sans doute la clé.")
    if missing > 0:
        raise InvalidValue(f"Un NIR compte 15 chiffres : il en manque {missing}.")
    if missing < 0:
        raise InvalidValue(f"Un NIR compte 15 chiffres : il y en a {-missing} de trop.")
    if nir[0] not in SEXES:
        raise InvalidValue("Un NIR commence par 1 ou 2 (3, 4, 7 ou 8 s'il est provisoire).")


def format_nir(nir: str) -> str:
    """« 2 95 10 99 126 111 93 »: for the reading of one who may see it whole."""
    return standard.format(nir)


def mask_nir(nir: str) -> str:
    """« 2 95 •• •• ••• ••• •• »: sex and year of birth alone remain."""
    first, year, *others = format_nir(nir).split(" ")
    return " ".join([first, year, *(BULLET * len(part) for part in others)])


def nir_sex(nir: str) -> str | None:
    """« F », « M », or None where the first digit tells neither."""
    return SEXES.get(nir[:1])


def nir_birth(nir: str) -> tuple[int, int | None]:
    """Year of birth on two digits, and month; None for the month where the registry put another number in its place."""
    year, month = int(nir[1:3]), int(nir[3:5])
    return year, month if 1 <= month <= 12 else None


def check_nir_against(nir: str, sex: str | None, birth_date: date | None) -> list[str]:
    """Warnings, in French, where a parsed NIR contradicts what else was typed. People do change their sex in the civil
    registry, and registrars err: none of these may block."""
    warnings = []
    if sex and nir_sex(nir) not in {None, sex}:
        warnings.append("Le sexe indiqué ne correspond pas au NIR : vérifiez les deux.")
    if birth_date and nir_birth(nir)[0] != birth_date.year % 100:
        warnings.append("L'année de naissance ne correspond pas au NIR : vérifiez les deux.")
    if _is_wrong_month(int(nir[3:5]), birth_date):
        warnings.append("Le mois de naissance ne correspond pas au NIR : vérifiez les deux.")
    return warnings


def _is_wrong_month(month: int, birth_date: date | None) -> bool:
    if month in PSEUDO_MONTHS:
        return False
    return month != birth_date.month if birth_date else not 1 <= month <= 12
