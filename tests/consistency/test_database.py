"""The house's conventions about tables, jobs and subscriptions."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from openopco.base.jobs import registered_jobs, registered_sweeps
from openopco.dossiers.effects import registered as registered_effects
from openopco.dossiers.funders import registered as registered_funders
from openopco.journal.subscriptions import registered_subscriptions
from openopco.reference.usages import registered_usages

ROOT = Path(__file__).resolve().parents[2]
MODELS = [model for model in apps.get_models() if model.__module__.startswith("openopco.")]


def label(model: type[models.Model]) -> str:
    return model._meta.label


def test_constraints_and_indexes_have_a_name_of_their_own_in_the_house() -> None:
    names = [one.name for model in MODELS for one in (*model._meta.constraints, *model._meta.indexes)]
    assert sorted(names) == sorted(set(names))
    assert [name for name in names if re.search(r"_[0-9a-f]{6}_idx$", name)] == []


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_money_is_never_kept_as_a_float_or_a_decimal(model: type[models.Model]) -> None:
    kinds = (models.FloatField,)
    assert [field.name for field in model._meta.get_fields() if isinstance(field, kinds)] == []


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_foreign_key_goes_to_a_room_below(model: type[models.Model], settings) -> None:
    floors = {
        room: floor
        for floor, room in enumerate(
            ["base", "mail", "journal", *[r for r in settings.ROOMS if r not in ("base", "mail", "journal")]]
        )
    }
    for field in model._meta.get_fields():
        target = field.related_model if isinstance(field, models.ForeignKey) else None
        if target is not None and not isinstance(target, str) and target._meta.app_label in floors:
            assert floors[target._meta.app_label] <= floors[model._meta.app_label]


def test_each_room_with_tables_has_its_migrations() -> None:
    for room in sorted({model._meta.app_label for model in MODELS}):
        assert (ROOT / "openopco" / room / "migrations" / "max_migration.txt").exists(), room


def test_ways_up_are_listed() -> None:
    """Jobs, sweeps, subscriptions, usages, effects and the funder are in tests/consistency/ways_up.txt."""
    lines = [f"job {name}" for name in registered_jobs() if not name.startswith("test.")]
    lines += [f"sweep {name}" for name in registered_sweeps() if not name.startswith("test.")]
    lines += [f"subscription {one.pattern} -> {one.handler}" for one in registered_subscriptions()]
    lines += [f"usage {one.facet} <- {one.name}" for one in registered_usages()]
    lines += [f"effect {event} -> {name}" for event, names in registered_effects().items() for name in names]
    lines += [f"funder {name}" for name in registered_funders()]
    assert sorted(lines) == (ROOT / "tests/consistency/ways_up.txt").read_text().splitlines()


def test_every_subscription_leads_to_a_registered_job() -> None:
    assert [one for one in registered_subscriptions() if one.handler not in registered_jobs()] == []


def test_names_of_jobs_and_sweeps_say_their_room() -> None:
    for name in [*registered_jobs(), *registered_sweeps()]:
        assert re.fullmatch(r"[a-z]+\.[a-z_.]+", name), name
