"""What other rooms do once a membership is accepted, in the same transaction."""

from collections.abc import Callable

from openopco.habilitations.models import Membership

Effect = Callable[[Membership], None]
_EFFECTS: list[Effect] = []


def on_accepted(effect: Effect) -> Effect:
    """Registers an effect. It runs under the membership's lock, once it is accepted."""
    _EFFECTS.append(effect)
    return effect


def run_accepted(membership: Membership) -> None:
    for effect in _EFFECTS:
        effect(membership)
