"""The requests that a batch is asked on: those ticked, or a whole list as it is filtered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openopco.dossiers import kinds
from openopco.dossiers.batching import Act, permission_of, why_left_out, why_not_granted
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries.checks import checks_of
from openopco.dossiers.queries.drafts import load_values
from openopco.dossiers.queries.lists import Filters, portfolio_of
from openopco.dossiers.queries.scope import visible_to
from openopco.kernel.calendar import paris_today
from openopco.rights import Actor, require

# Up to this many, what the checks say is read before one confirms; beyond, each request is read as its turn comes.
READ_BEFORE = 50


@dataclass(frozen=True, slots=True)
class LeftOut:
    dossier: Dossier
    why: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What a batch would do now. `kept` go in; `left_out` don't, each with why; `is_whole` is False where there were more
    than a batch may count; `is_read`: the checks of those kept were read."""

    kept: Sequence[Dossier]
    left_out: Sequence[LeftOut]
    is_whole: bool = True
    is_read: bool = False

    @property
    def rows(self) -> list[tuple[int, int, str]]:
        """As the work keeps them: id, version, number."""
        return [(dossier.pk, dossier.version, str(dossier.number)) for dossier in self.kept]


def scope_of_list(*, actor: Actor, act: Act, filters: Filters, most: int) -> Scope:
    """All the requests of the desk's list, beyond the page. Raises `Forbidden`."""
    require(actor, permission_of(act))
    found = portfolio_of(actor, filters).select_related("holder", "establishment__company", "provider", "paper")
    # Unordered: in the order of their numbers, a list of few would be looked for among all requests.
    return _scope(list(found.order_by()[: most + 1]), actor, act, most)


def scope_of_numbers(*, actor: Actor, act: Act, numbers: Iterable[str], most: int) -> Scope:
    """Those ticked that the actor sees. Raises `Forbidden`."""
    require(actor, permission_of(act))
    found = visible_to(actor).filter(number__in=sorted(set(numbers))[: most + 1])
    return _scope(list(found.select_related("holder", "establishment__company", "provider", "paper")), actor, act, most)


def _scope(found: list[Dossier], actor: Actor, act: Act, most: int) -> Scope:
    if len(found) > most:
        return Scope(found[:most], (), is_whole=False)
    ordered = sorted(found, key=lambda dossier: dossier.pk)
    judged = [(dossier, why_left_out(act, dossier, actor)) for dossier in ordered]
    kept = [dossier for dossier, why in judged if not why]
    left_out = [LeftOut(dossier, why) for dossier, why in judged if why]
    is_read = act is Act.ACCORDER and len(kept) <= READ_BEFORE
    return Scope(kept, left_out, is_read=is_read)


def looks_before(scope: Scope) -> dict[int, tuple[str, str]]:
    """By request, what its checks hold against granting it in a batch: failures alone, then with what is to be looked at."""
    found = {}
    for dossier in scope.kept if scope.is_read else ():
        checks = checks_of(dossier)
        found[dossier.pk] = (why_not_granted(checks, with_looks=True), why_not_granted(checks, with_looks=False))
    return found


def is_rectified(dossier: Dossier) -> bool:
    """Whether an officer rectified the cost: what stands is no longer what was asked."""
    draft = load_values(dossier, today=paris_today(dossier.sent_at or dossier.created_at))
    return bool(kinds.get(dossier.kind).heading(draft).amount != dossier.amount_asked)
