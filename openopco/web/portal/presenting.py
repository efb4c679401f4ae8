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
    """The steps in order: the one in hand, those that miss something, those done."""
    incomplete = {line.step for line in missing}
    states = dict.fromkeys(incomplete, "todo") | {current: "current"}
    return [StepLink(step.title, step_url(dossier, step.slug), states.get(step.slug, "done")) for step in kind.steps]


@dataclass(frozen=True, slots=True)
class ErrorLink:
    """A line of `components/error_summary.html`: `target` is on the page, `url` leads to another."""

    target: str
    message: str
    url: str = ""


TWO_WINDOWS = "Ce champ a été modifié dans une autre fenêtre : choisissez la valeur à garder."


def error_links(wrong: Mapping[str, str], conflicts: Iterable[str] = ()) -> list[ErrorLink]:
    """The sentences of a page's fields, and those that two windows changed."""
    said = {**wrong, **dict.fromkeys(conflicts, TWO_WINDOWS)}
    return [ErrorLink(anchor(target), message) for target, message in said.items()]


def anchor(target: str) -> str:
    """The id on the page of what a line names."""
    if not target:
        return "main"
    return target if target.startswith("zone-") else f"id_{target}"


def anchored(dossier: Dossier, step: str, target: str, row: str = "") -> str:
    """The address of a field, wherever one is."""
    return f"{target_url(dossier, step, row)}#{anchor(target)}"


def step_url(dossier: Dossier, slug: str) -> str:
    return reverse("portal:step", args=[dossier.key, slug])


def target_url(dossier: Dossier, step: str, row: str = "") -> str:
    return reverse("portal:trainee", args=[dossier.key, row]) if row else step_url(dossier, step)


def messages_by_field(lines: Iterable[Missing]) -> dict[str, str]:
    """The first sentence of each field."""
    found: dict[str, str] = {}
    for line in lines:
        found.setdefault(line.target, line.message)
    return found
