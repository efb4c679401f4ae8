"""Rows of the room, as tests want them."""

from datetime import date

import factory

from openopco.opco.models import Feedback, ListVersion, Parameter
from openopco.rights import Actor, Grant, Role

EMPLOYER = Actor(user_id=1, label="Alice Martin", grants=(Grant(Role.EMPLOYEUR, establishment_id=1),))
COLLEAGUE = Actor(user_id=2, label="Bob Durand", grants=(Grant(Role.EMPLOYEUR, establishment_id=1),))
OFFICER = Actor(user_id=3, label="Chloé Petit", grants=(Grant(Role.GESTIONNAIRE),))
ADMINISTRATOR = Actor(user_id=4, label="Denis Roux", grants=(Grant(Role.ADMINISTRATEUR),))


class ParameterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Parameter

    code = "claim_months"
    value = 6
    starts_on = date(2027, 1, 1)
    source = "Décision du conseil d'administration"
    created_by = "Denis Roux"


class FeedbackFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Feedback

    page = "/demandes/"
    rating = 4
    body = factory.Sequence(lambda n: f"Avis numéro {n}")
    author_id = 1


class ListVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ListVersion

    list_code = "csp"
    code = "CAD"
    revision = 1
    starts_on = date(2027, 1, 1)
    label = "Cadre"
    rank = 5
    created_by = "Denis Roux"
