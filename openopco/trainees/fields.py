"""The directory's form, read strictly: all the faults at once, each beside its field. The NIR goes to `vault`."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from openopco.kernel.calendar import parse_date
from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import parse_postal_code
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line
from openopco.opco import lists, shipped_lists
from openopco.organisations.errors import InvalidFields
from openopco.trainees.directory import TraineeIdentity
from openopco.trainees.enums import Sex

Reader = Callable[[str], Any]
TICKED = frozenset({"on", "1", "true", "oui"})


def read_identity(raw: Mapping[str, str], on: date | None = None) -> TraineeIdentity:
    """The typed identity of what somebody keyed, by the lists of a day (None: as shipped). Raises `InvalidFields`."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, read in (READERS | _listed(on)).items():
        try:
            values[name] = read(raw.get(name, ""))
        except InvalidValue as error:
            errors[name] = error.message
    if errors:
        raise InvalidFields(errors)
    return TraineeIdentity(**values)


def _line(most: int, empty: str = "") -> Reader:
    def read_line(raw: str) -> str:
        line = refuse_nir(clean_line(raw))
        if empty and not line:
            raise InvalidValue(empty)
        if len(line) > most:
            raise InvalidValue(f"Ce texte est trop long : {most} caractères au plus.")
        return line

    return read_line


def _choice(values: list[str], empty: str = "") -> Reader:
    def read_choice(raw: str) -> str:
        if not raw and not empty:
            return ""
        if raw not in values:
            raise InvalidValue(empty or "Choisissez une valeur de la liste.")
        return raw

    return read_choice


def _listed(on: date | None) -> dict[str, Reader]:
    """What is chosen from the lists of this OPCO."""
    csp, contracts, levels = (
        list(dict(lists.choices(code, on)))
        for code in (shipped_lists.CSP, shipped_lists.CONTRACT_TYPE, shipped_lists.EDUCATION_LEVEL)
    )
    level = _choice(levels, "Choisissez le niveau de formation.")
    return {
        "csp": _choice(csp, "Choisissez la catégorie socioprofessionnelle."),
        "contract_type": _choice(contracts),
        "education_level": lambda raw: int(level(raw)),
    }


READERS: dict[str, Reader] = {
    "last_name": _line(100, "Indiquez le nom."),
    "birth_name": _line(100),
    "first_name": _line(100, "Indiquez le prénom."),
    "birth_date": parse_date,
    "sex": _choice(Sex.values, "Choisissez le sexe."),
    "postal_code": lambda raw: parse_postal_code(raw) if raw.strip() else "",
    "city": _line(120),
    "employee_number": _line(40),
    "rqth": lambda raw: raw.lower() in TICKED,
}
