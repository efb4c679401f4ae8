"""What somebody acts for: one piece serves the people of employers and those of training providers."""

from dataclasses import dataclass

from openopco.rights import Subject


@dataclass(frozen=True, slots=True)
class Place:
    """An employer's establishment or a training provider, by its id: exactly one of them."""

    establishment_id: int | None = None
    provider_id: int | None = None

    def __post_init__(self) -> None:
        if (self.establishment_id is None) == (self.provider_id is None):
            raise ValueError("a place is an establishment or a provider")

    @property
    def of_it(self) -> dict[str, int]:
        """What narrows a query to it, or makes a row of it: `{"establishment_id": 3}`."""
        ids = {"establishment_id": self.establishment_id, "provider_id": self.provider_id}
        return {name: pk for name, pk in ids.items() if pk is not None}

    @property
    def in_journal(self) -> dict[str, int]:
        """The same as the journal keeps it: `{"establishment": 3}`."""
        return {name.removesuffix("_id"): pk for name, pk in self.of_it.items()}

    @property
    def pk(self) -> int:
        """The id, whichever it is of."""
        return next(iter(self.of_it.values()))

    @property
    def is_provider(self) -> bool:
        return self.provider_id is not None

    def subject(self, *, typed_by: int | None = None) -> Subject:
        """What rights are asked about."""
        return Subject(self.establishment_id, typed_by=typed_by, provider_id=self.provider_id)
