"""From declarations and raw values to what the templates of a draft show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from openopco.dossiers import errors, kinds
from openopco.dossiers.draft import EMPTY, DraftView, Missing, RowView, StoredValue
from openopco.dossiers.fields import FieldSpec
from openopco.dossiers.models import Dossier
from openopco.training.kind import in_opco_words
from openopco.web.components.raw import FieldConflict, RawField
from openopco.web.portal.posted import ALL_KEPT, Unkept


def raw_field(
    spec: FieldSpec,
    stored: StoredValue,
    *,
    error: str = "",
    conflict: errors.FieldConflict | None = None,
    typed: str | None = None,
    on: date | None = None,
) -> RawField:
    """A declared field with what stands in it; or what this window typed, where another disagrees or where it could not be
    kept."""
    standing = stored.value or spec.default
    typed = conflict.typed if conflict else typed
    return RawField(
        name=spec.name,
        label=in_opco_words(spec.label),
        value=standing if typed is None else typed,
        served=_sent_back(spec, standing, on),
        error=error,
        hint=spec.hint,
        required=spec.required,
        kind=spec.kind,
        choices=spec.choices_on(on),
        # Nobody's: until one chooses, the page asks again.
        revision=0 if conflict else stored.revision,
        autocomplete=spec.autocomplete,
        inputmode=spec.inputmode,
        max_length=spec.max_length,
        suffix=spec.suffix,
        data=_data(spec),
        conflict=_conflict(spec, conflict, on) if conflict else None,
    )


def _sent_back(spec: FieldSpec, value: str, on: date | None) -> str:
    """What a browser sends of a field that nobody touches: a list without the value sends none, a box says yes or nothing."""
    codes = ["oui"] if spec.kind == "checkbox" else [code for code, _ in spec.choices_on(on)]
    return value if not codes or value in codes else ""


def _conflict(spec: FieldSpec, conflict: errors.FieldConflict, on: date | None) -> FieldConflict:
    """Both values in words, and the revision that keeping one's own replaces."""
    return FieldConflict(
        in_words(spec, conflict.current, on),
        conflict.saved_by,
        conflict.saved_at,
        revision=conflict.revision,
        mine=in_words(spec, conflict.typed, on),
    )


def in_words(spec: FieldSpec, raw: str, on: date | None) -> str:
    """A raw value as people read it: a choice by its label, a box as ticked or not."""
    if spec.kind == "checkbox":
        return "coché" if raw else "non coché"
    return dict(spec.choices_on(on)).get(raw, raw) or "vide"


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
    unkept: Unkept = ALL_KEPT,
) -> dict[str, RawField]:
    """The fields of a page by name."""
    said = {**wrong, **unkept.sentences}
    typed = {name: refused.typed for name, refused in unkept.refused.items()}
    return {
        spec.name: raw_field(
            spec,
            source.values.get(spec.name, EMPTY),
            error=said.get(spec.name, ""),
            conflict=unkept.conflicts.get(spec.name),
            typed=typed.get(spec.name),
            on=source.words_on if isinstance(source, RowView) else None,
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


def error_links(wrong: Mapping[str, str], unkept: Unkept = ALL_KEPT) -> list[ErrorLink]:
    """The sentences of a page's fields, and those that two windows changed."""
    said = {**wrong, **unkept.sentences, **dict.fromkeys(unkept.conflicts, TWO_WINDOWS)}
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
