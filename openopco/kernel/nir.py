"""The NIR (numéro d'inscription au répertoire), checked and masked. Décret n° 82-103 gives its parts.

No message here repeats any part of the number: messages end up on screens, in drafts and in logs."""

import re
import unicodedata
from collections.abc import Iterator
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

# Digits as people group them: Corsica's letter belongs to them, what stands between two groups does not.
_GROUP = re.compile(r"[0-9](?:[0-9]|[AaBb](?<=2[AaBb]))*")
_BETWEEN = re.compile(r"[\s.,:;/\\_|·•*'’()\-‐‑‒–—]{1,3}")
_PARTS = re.compile(r"([1-478])\d\d(\d\d)(?!00)(?:\d\d|2[AB])(?!000)\d{3}(?!000)\d{3}(?:\d\d)?")
# Where the parts of a NIR end: sex, year, month, department, commune, order.
_ENDS = frozenset({1, 3, 5, 7, 10, 13})


class NirInText(InvalidValue):
    """A NIR was typed where words are asked."""

    message = "N'écrivez pas de numéro de sécurité sociale ici : saisissez-le dans la fiche du stagiaire."


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


def find_nir(text: str) -> bool:
    """Whether a NIR stands somewhere in a text, whole or without its key, spaced or dotted in any way. Where its key is
    right any will do; without one, or with a slip in it, it has a NIR's parts: a SIRET, a telephone, an invoice's or a
    DECA number is none."""
    run: list[str] = []
    for group, is_near in _groups(_plain(text)):
        run = [*run, group] if is_near else [group]
        if any(_is_nir(run[first:]) for first in range(len(run))):
            return True
        run = run[-LENGTH:]
    return False


def refuse_nir(text: str) -> str:
    """The text as given. Raises NirInText where a NIR stands in it: its one place is the vault."""
    if find_nir(text):
        raise NirInText
    return text


def _groups(text: str) -> Iterator[tuple[str, bool]]:
    """Each group of digits, and whether no more than a separator parts it from the one before."""
    end = 0
    for match in _GROUP.finditer(text):
        yield match.group().upper(), _BETWEEN.fullmatch(text, end, match.start()) is not None
        end = match.end()


def _plain(text: str) -> str:
    visible = (letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in visible)


def _is_nir(groups: list[str]) -> bool:
    digits = "".join(groups)
    parts = _PARTS.fullmatch(digits)
    if parts is None or not _is_month(int(parts[2])):
        return False
    if len(digits) == LENGTH and standard.is_valid(digits):
        return True
    if len(groups) > 1:
        return _ends(groups) <= _ENDS
    # So many digits in a row are also what shops, books and bills are numbered with.
    return parts[1] in "12" and 1 <= int(parts[2]) <= 12


def _ends(groups: list[str]) -> set[int]:
    return {sum(map(len, groups[: rank + 1])) for rank in range(len(groups))}


def _is_month(month: int) -> bool:
    return 1 <= month <= 12 or month in PSEUDO_MONTHS
