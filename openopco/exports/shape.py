"""What a list that can be taken away is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from openopco.base.sheets import Column
from openopco.rights import Actor, Permission

Asked = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class List:
    """`rows` reads what the actor may see of what was asked for, in any order: it asks the right, and raises `Forbidden`.
    `then` reads what follows them in the same columns. `stem` names the file; `noun` is what one counts. `right` is what lets
    one take it away: that of its page, where whoever reads the page may."""

    code: str
    title: str
    stem: str
    noun: str
    columns: tuple[Column, ...]
    rows: Callable[[Actor, Asked], QuerySet[Any]]
    then: Callable[[Actor, Asked], QuerySet[Any]] | None = None
    right: Permission = Permission.LIST_EXPORT

    @property
    def parts(self) -> tuple[Callable[[Actor, Asked], QuerySet[Any]], ...]:
        return (self.rows, self.then) if self.then else (self.rows,)


# Where an organisation is, as every list of them says it.
PLACE = (
    Column("SIRET", lambda place: place.siret, 16),
    Column("Raison sociale", lambda place: place.name, 36),
    Column("Adresse", lambda place: place.address, 36),
    Column("Code postal", lambda place: place.postal_code, 11),
    Column("Ville", lambda place: place.city, 24),
)


def yes(value: bool) -> str:
    return "oui" if value else "non"
