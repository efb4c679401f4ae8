"""Who teaches: a provider, or the employer himself."""

from openopco.base.actions import action
from openopco.dossiers.actions import drafts
from openopco.dossiers.models import Dossier
from openopco.organisations.models import Provider
from openopco.rights import Actor
from openopco.training.fields import INTERNAL


@action
def choose_provider(*, actor: Actor, key: str, provider: Provider | None) -> Dossier:
    """Sets the provider; None to choose again. A course given by somebody else is no « Formation interne »: unticked."""
    if provider is not None:
        drafts.fill_fields(actor=actor, key=key, values={INTERNAL.name: ""})
    return drafts.choose_provider(actor=actor, key=key, provider=provider)
