"""What views may expect of a request behind `ActorMiddleware`."""

from django.http import HttpRequest

from openopco.accounts.models import User
from openopco.habilitations.access import Access
from openopco.rights import Actor


class PersonRequest(HttpRequest):
    """A request of somebody who signed in: annotate views with it. Never instantiated."""

    user: User
    access: Access
    actor: Actor
