"""What other rooms do when a request moves, in the same transaction. An effect may veto by raising a named error: all is
undone."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from openopco.dossiers.workflow import Event

if TYPE_CHECKING:
    from openopco.dossiers.models import Dossier

Effect = Callable[["Dossier"], None]
_EFFECTS: dict[Event, list[Effect]] = {}


def on(event: Event) -> Callable[[Effect], Effect]:
    """Registers an effect. It runs under the dossier's lock, after everything else is written."""

    def register(effect: Effect) -> Effect:
        _EFFECTS.setdefault(event, []).append(effect)
        return effect

    return register


def run_effects(event: Event, dossier: "Dossier") -> None:
    for effect in _EFFECTS.get(event, ()):
        effect(dossier)


def registered() -> dict[Event, list[str]]:
    """The names of all effects, for the consistency test."""
    return {
        event: [f"{effect.__module__}.{effect.__name__}" for effect in effects] for event, effects in _EFFECTS.items()
    }
