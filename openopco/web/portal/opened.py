"""A draft open on a page: read once, judged once."""

from dataclasses import dataclass

from openopco.dossiers import kinds
from openopco.dossiers.draft import DraftView, Missing, RowView, Warning_
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries.drafts import with_communes
from openopco.habilitations.http import PersonRequest
from openopco.rights import Actor
from openopco.web.portal.access import view_of
from openopco.web.portal.presenting import CITY_OF

# A city that is none of its postal code's is told where both are typed.
BESIDE = frozenset(CITY_OF.values())


@dataclass(frozen=True, slots=True)
class Opened:
    """What the templates of a draft are made from, as its reader may see it."""

    dossier: Dossier
    kind: kinds.Kind
    draft: DraftView
    missing: list[Missing]
    warnings: list[Warning_]
    reader: Actor

    def row(self, key: str) -> RowView | None:
        return self.draft.row(key)

    def lacks_of(self, step: str, row: str = "") -> list[Missing]:
        """What a page misses: a step's own fields, or those of one row."""
        return [line for line in self.missing if (line.step, line.row) == (step, row)]

    def errors_of(self, step: str, row: str = "") -> list[Missing]:
        """As `lacks_of`, but only what was typed and is wrong."""
        return [line for line in self.kind.errors(self.draft) if (line.step, line.row) == (step, row)]

    def warnings_of(self, step: str, row: str = "", *, beside: bool = False) -> list[Warning_]:
        """What heads a page; `beside`: what stands by its fields instead."""
        own = [line for line in self.warnings if (line.step, line.row) == (step, row)]
        return [line for line in own if (line.target in BESIDE) is beside]


def open_draft(request: PersonRequest, dossier: Dossier, *, as_typed: bool = False) -> Opened:
    """Two passes over the raw values: what is missing, what is odd. `as_typed`: as `view_of`."""
    kind, draft = kinds.get(dossier.kind), with_communes(view_of(request.actor, dossier, as_typed=as_typed))
    return Opened(dossier, kind, draft, kind.missing(draft), kind.warnings(draft), request.actor)
