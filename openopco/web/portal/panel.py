"""« Ce qui manque »: the card beside every page of a draft."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.template.loader import render_to_string

from openopco.dossiers import kinds
from openopco.dossiers.draft import Missing
from openopco.funding.estimating import estimate_of
from openopco.training.rules import name_of
from openopco.web.funding import shown_estimate
from openopco.web.portal.opened import Opened
from openopco.web.portal.presenting import anchored, step_url, target_url

COMPLETE = "Il ne manque rien : vous pouvez valider la demande."
# Beyond this many lines, a step other than the one in hand, or a trainee, is told in one line.
MOST_LINES_ELSEWHERE = 2


@dataclass(frozen=True, slots=True)
class MissingItem:
    """A line of `components/missing.html`."""

    label: str
    url: str
    done: bool = False


def panel_context(page: Opened, current: str, row: str = "") -> dict[str, Any]:
    """What is missing, and when the draft was last saved. `current` and `row`: the page in hand."""
    return {
        "items": missing_items(page, current, row),
        "complete": COMPLETE,
        "saved_at": page.dossier.updated_at,
        "funding": shown_estimate(estimate_of(page.dossier, page.draft, today=page.draft.today)),
    }


def render_panel(page: Opened, current: str, row: str = "") -> str:
    """The card as it stands, for the page's script to put in place."""
    return render_to_string("components/missing.html", panel_context(page, current, row))


def missing_items(page: Opened, current: str = "", row: str = "") -> list[MissingItem]:
    """Step by step: a tick where nothing misses, else what is to be done, each with its link: in full for the page in hand,
    in one line for another that misses much. Empty when all is there."""
    return [item for step in page.kind.steps for item in _items_of(page, step, current, row)] if page.missing else []


def _items_of(page: Opened, step: kinds.Step, current: str, row: str) -> list[MissingItem]:
    lines = [line for line in page.missing if line.step == step.slug]
    url = step_url(page.dossier, step.slug)
    if not lines:
        return [MissingItem(step.title, url, done=True)]
    if step.slug != current and len(lines) > MOST_LINES_ELSEWHERE:
        return [MissingItem(f"{step.title} : {len(lines)} informations", url)]
    return by_person(page, lines, row)


def by_person(page: Opened, lines: Iterable[Missing], row: str = "") -> list[MissingItem]:
    """A line each, but one alone for a trainee who misses much, unless his page is the one in hand."""
    items: list[MissingItem] = []
    for key, group in groupby(lines, key=lambda line: line.row):
        those = list(group)
        view = page.row(key) if key and key != row and len(those) > MOST_LINES_ELSEWHERE else None
        if view:
            url = f"{target_url(page.dossier, those[0].step, key)}?verifier"
            items.append(MissingItem(f"{name_of(view)} : {len(those)} informations", url))
        else:
            items += [
                MissingItem(line.task, anchored(page.dossier, line.step, line.target, line.row)) for line in those
            ]
    return items
