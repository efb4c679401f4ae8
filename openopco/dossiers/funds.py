"""Whether there is money left for a branch. The few closures are kept in the process for a moment: every list asks. What
decides, `require_funds`, reads them as they are."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from openopco.base.kept import Kept
from openopco.dossiers.errors import NotDecidable
from openopco.dossiers.holds import LATELY, sentence_of, waited
from openopco.dossiers.models import Dossier, FundClosure, FundHold
from openopco.kernel.calendar import format_date, paris_today

NO_MORE = "l'accord peut garder son montant ou baisser, pas augmenter avant leur réouverture."
NOT_AGAIN = "un accord caduc ne peut pas être rendu valable avant leur réouverture."


def read() -> list[FundClosure]:
    return list(FundClosure.objects.order_by("closed_on", "id"))


# All closures: few.
closures = Kept(read)


def closure_for(idcc: str | None, day: date, among: Iterable[FundClosure] | None = None) -> FundClosure | None:
    """The closure that holds back the requests of a branch on a day: all funds first."""
    running = [each for each in (closures.value() if among is None else among) if each.runs_on(day)]
    touching = [each for each in running if each.idcc in ("", idcc)]
    return min(touching, key=lambda each: each.idcc, default=None)


def held_back(dossier: Dossier, day: date) -> FundClosure | None:
    """The closure that keeps the request on the waiting list; None where it is not open."""
    return closure_for(dossier.idcc, day) if dossier.is_open else None


def holding_back(dossier: Dossier, day: date) -> FundClosure | str:
    """The same, or what is told of the envelope for which it waits; empty where it waits for nothing."""
    return held_back(dossier, day) or sentence_of(dossier)


def waits(dossier: Dossier, day: date, hold: FundHold | None = None) -> bool:
    """Whether the request is on the waiting list: open, of a branch whose funds are exhausted, or held (`hold`, its last)."""
    held = hold is not None and hold.until is None and dossier.is_open
    return held or held_back(dossier, day) is not None


def came_back(dossier: Dossier, day: date, hold: FundHold | None = None) -> bool:
    """Whether it was on the waiting list and its funds reopened lately."""
    if not dossier.is_open or dossier.sent_at is None or waits(dossier, day, hold):
        return False
    if hold and hold.until and day < paris_today(hold.until) + LATELY:
        return True
    return any(_freed(each, dossier, day) for each in closures.value())


def _freed(closure: FundClosure, dossier: Dossier, day: date) -> bool:
    again = closure.reopened_on
    if again is None or closure.idcc not in ("", dossier.idcc) or dossier.sent_at is None:
        return False
    # Reopened before its day, it held back nothing.
    ran = closure.told_closed or closure.closed_on < again
    return ran and again <= day < again + LATELY and paris_today(dossier.sent_at) <= again


def exhausted(day: date) -> Q | None:
    """The requests of the branches whose funds are exhausted, and those held, as a condition; None where there are none."""
    codes = {each.idcc for each in closures.value() if each.runs_on(day)}
    if "" in codes:
        return Q()
    of_branches = Q(idcc__in=sorted(codes)) if codes else None
    if not waited.value().envelopes:
        return of_branches
    held = Q(pk__in=FundHold.objects.filter(until=None).values("dossier_id"))
    return of_branches | held if of_branches else held


def require_funds(dossier: Dossier, day: date) -> None:
    """Raises `NotDecidable`: nothing is granted on exhausted funds."""
    if closure := closure_for(dossier.idcc, day, read()):
        raise NotDecidable(why(closure))


def require_more_funds(dossier: Dossier, day: date, then: str) -> None:
    """Raises `NotDecidable`: no agreement grows, nor comes back, on exhausted funds. `then`: `NO_MORE` or `NOT_AGAIN`."""
    if told := why_no_more(dossier, day, then, read()):
        raise NotDecidable(told)


def why_no_more(dossier: Dossier, day: date, then: str, among: Iterable[FundClosure] | None = None) -> str:
    """The same for its page; empty while there are funds."""
    closure = closure_for(dossier.idcc, day, among)
    return f"{_exhausted_since(closure)} : {then}" if closure else ""


def why(closure: FundClosure) -> str:
    """What an officer reads of a request that waits."""
    return (
        f"{_exhausted_since(closure)} : la demande garde sa place dans la liste d'attente, dans l'ordre d'arrivée. Vous "
        "pouvez l'examiner, pas l'accorder."
    )


def why_held(sentence: str) -> str:
    """What an officer reads of a request that waits for an envelope."""
    return (
        f"{sentence} La demande garde sa place dans la liste d'attente, dans l'ordre d'arrivée ; elle en sort dès que "
        "l'enveloppe peut la servir."
    )


def _exhausted_since(closure: FundClosure) -> str:
    whose = f"de la branche {closure.idcc}" if closure.idcc else "de toutes les branches"
    return f"Les fonds {whose} sont épuisés depuis le {format_date(closure.closed_on)}"
