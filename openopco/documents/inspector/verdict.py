"""What the inspection of one file says. Plain Python: the child has no Django."""

from dataclasses import dataclass

from openopco.documents.refusals import RefusalCode


class Refusal(Exception):
    """The file is refused, for `code`."""

    def __init__(self, code: RefusalCode) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class Facts:
    """A file that may come in. `kind` is a key of `rules.KINDS`; `rebuilt` is the content to keep instead of what came,
    None where what came is kept as it is; `pages` is 1 for an image."""

    kind: str
    pages: int
    rebuilt: bytes | None = None
