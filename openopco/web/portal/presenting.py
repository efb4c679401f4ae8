"""From declarations and raw values to what the templates of a draft show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from openopco.dossiers import errors, kinds
from openopco.dossiers.draft import EMPTY, DraftView, Missing, RowView, StoredValue
from openopco.dossiers.fields import FieldSpec
from openopco.dossiers.models import Dossier
from openopco.training.kind import in_opco_words
from openopco.web.components.raw import FieldConflict, RawField


def raw_field(
    spec: FieldSpec, stored: StoredValue, *, error: str = "", conflict: errors.FieldConflict | None = None
) -> RawField:
    """A declared field with what was typed in it. In a conflict, what this window typed stands, on the other's revision."""
    return RawField(
        name=spec.name,
        label=in_opco_words(spec.label),
        value=conflict.typed if conflict else stored.value or spec.default,
        error=error,
        hint=spec.hint,
        required=spec.required,
        kind=spec.kind,
        choices=spec.choices,
        revision=conflict.revision if conflict else stored.revision,
        autocomplete=spec.autocomplete,
        inputmode=spec.inputmode,
        max_length=spec.max_length,
        suffix=spec.suffix,
        data=_data(spec),
        conflict=FieldConflict(conflict.current, conflict.saved_by, conflict.saved_at) if conflict else None,
    )


# Which field of the same page holds the city of a postal code: postal.js proposes it there.
CITY_OF = {"place_postal_code": "place_city", "postal_code": "city"}


def _data(spec: FieldSpec) -> tuple[tuple[str, str], ...]:
    if spec.kind != "postal":
        return ()
    return (("postal-url", reverse("portal:communes")), ("postal-city", f"id_{CITY_OF[spec.name]}"))


def raw_fields(
    specs: Iterable[FieldSpec],
    source: DraftView | RowView,
    *,
    wrong: Mapping[str, str],
    conflicts: Mapping[str, errors.FieldConflict] | None = None,
) -> dict[str, RawField]:
    """The fields of a page by name."""
    return {
        spec.name: raw_field(
            spec,
            source.values.get(spec.name, EMPTY),
            error=wrong.get(spec.name, ""),
            conflict=(conflicts or {}).get(spec.name),
        )
        for spec in specs
    }


@dataclass(frozen=True, slots=True)
class StepLink:
    """A step of `components/steps.html`."""

    label: str
    url: str
    state: str


def step_links(dossier: Dossier, kind: kinds.Kind, missing: list[Missing], current: str) -> list[StepLink]:
    incomplete = {line.step for line in missing}
    links = []
    for step in kind.steps:
        state = "current" if step.slug == current else "todo" if step.slug in incomplete else "done"
        links.append(StepLink(step.title, step_url(dossier, step.slug), state))
    return links


@dataclass(frozen=True, slots=True)
class MissingItem:
    """A line of `components/missing.html`."""

    label: str
    url: str
    done: bool = False


# Beyond this many lines, a step other than the one in hand is told in one line.
MOST_LINES_ELSEWHERE = 2


def missing_items(dossier: Dossier, kind: kinds.Kind, missing: list[Missing], current: str = "") -> list[MissingItem]:
    """Step by step: a tick where nothing misses, else what is to be done, each with its link: in full for the step in hand,
    in one line for another that misses much. Empty when all is there."""
    return [item for step in kind.steps for item in _items_of(dossier, step, missing, current)] if missing else []


def _items_of(dossier: Dossier, step: kinds.Step, missing: list[Missing], current: str) -> list[MissingItem]:
    lines = [line for line in missing if line.step == step.slug]
    if not lines:
        return [MissingItem(step.title, step_url(dossier, step.slug), done=True)]
    if step.slug != current and len(lines) > MOST_LINES_ELSEWHERE:
        return [MissingItem(f"{step.title} : {len(lines)} informations", step_url(dossier, step.slug))]
    return [missing_item(dossier, line) for line in lines]


def missing_item(dossier: Dossier, line: Missing) -> MissingItem:
    return MissingItem(line.task, f"{target_url(dossier, line.step, line.row)}#{anchor(line.target)}")


@dataclass(frozen=True, slots=True)
class ErrorLink:
    """A line of `components/error_summary.html`."""

    target: str
    message: str


def error_links(wrong: Mapping[str, str]) -> list[ErrorLink]:
    return [ErrorLink(anchor(target), message) for target, message in wrong.items()]


def anchor(target: str) -> str:
    """The id on the page of what a line names."""
    if not target:
        return "main"
    return target if target.startswith("zone-") else f"id_{target}"


def step_url(dossier: Dossier, slug: str) -> str:
    return reverse("portal:step", args=[dossier.key, slug])


def target_url(dossier: Dossier, step: str, row: str = "") -> str:
    return reverse("portal:trainee", args=[dossier.key, row]) if row else step_url(dossier, step)


def messages_by_field(lines: Iterable[Missing], *, step: str, row: str = "") -> dict[str, str]:
    """The first sentence of each field of a page."""
    found: dict[str, str] = {}
    for line in lines:
        if line.step == step and line.row == row:
            found.setdefault(line.target, line.message)
    return found
