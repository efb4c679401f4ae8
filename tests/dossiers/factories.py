"""Requests for tests, at each step of their life: through the real actions, or straight into the table for lists."""

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone

from openopco.accounts.models import User
from openopco.documents.models import Document
from openopco.dossiers.actions import agreements, corrections, deciding, drafts, holding, modifying
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.actions.modifying import Wanted
from openopco.dossiers.actions.sending import send
from openopco.dossiers.enums import CLOSED_STATES, OPEN_STATES, ItemKind, State, WaitingFor
from openopco.dossiers.models import DOSSIER_DOCUMENT, Dossier, DraftField, Modification
from openopco.dossiers.search import search_text
from openopco.organisations.models import Establishment, Provider
from openopco.rights import SYSTEM, Actor
from tests.accounts.factories import OpcoUserFactory, UserFactory
from tests.habilitations.factories import employer, officer
from tests.organisations.factories import CompanyFactory, EstablishmentFactory, ProviderFactory

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = date(2026, 11, 23)
# A valid NIR of nobody: a woman born in January 1995 abroad, and a man born in March 1988.
NIR = "295019912611146"
OTHER_NIR = "188037510000169"

COURSE: Mapping[str, str] = {
    "headcount": "3",
    "idcc": "1090",
    "contact_email": "garage@exemple.fr",
    "contact_phone": "03 89 00 00 00",
    "title": "Contrôle technique : mise à jour",
    "nature": "action",
    "starts_on": "12/01/2027",
    "ends_on": "13/01/2027",
    "certifying": "non",
    "modality": "presentiel",
    "hours": "14",
    "cost": "560,00",
    "done_at": "Illzach",
    "done_on": "23/11/2026",
    "attest": "oui",
}
PERSON: Mapping[str, str] = {
    "first_name": "Zoé",
    "last_name": "Müller",
    "birth_date": "05/01/1995",
    "sex": "F",
    "csp": "OQ",
    "education_level": "3",
    "contract_type": "CDI",
}


def garage(**changes: Any) -> Establishment:
    """A verified establishment of ours, whose company counts three people."""
    given: dict[str, Any] = {
        "company": CompanyFactory.create(headcount_exact=3, headcount_at=date(2026, 1, 1)),
        "verified": True,
        "idcc": "1090",
        "email": "garage@exemple.fr",
        "phone": "0389000000",
        **changes,
    }
    return EstablishmentFactory.create(**given)


def school(**changes: Any) -> Provider:
    """An active provider, known of the public list, certified for actions de formation."""
    given: dict[str, Any] = {"nda": "42680000068", "verified": True, "qualiopi_actions": True, **changes}
    return ProviderFactory.create(**given)


def piece(dossier: Dossier, *, zone: str = "programme", by: Actor | None = None, **changes: Any) -> Document:
    """A document of a request, as the upload door would have kept it."""
    given: dict[str, Any] = {
        "owner_kind": DOSSIER_DOCUMENT,
        "owner_id": dossier.pk,
        "zone": zone,
        "name": "programme.pdf",
        "content_type": "application/pdf",
        "content": f"documents/tests/{uuid.uuid4().hex}",
        "size": 1000,
        "pages": 1,
        "sha256": uuid.uuid4().hex * 2,
        "source_sha256": uuid.uuid4().hex * 2,
        "state": "safe",
        "uploaded_by_id": by.user_id if by else None,
        "created_at": timezone.now(),
        **changes,
    }
    return Document.objects.create(**given)


def empty_draft(actor: Actor, establishment: Establishment) -> Dossier:
    return drafts.create_draft(actor=actor, establishment=establishment, kind_code="AF", key=uuid.uuid4())


def write(dossier: Dossier, actor: Actor, values: Mapping[str, str], *, row: str = "") -> None:
    """Puts raw values in a draft, past the action."""
    names = list(values)
    DraftField.objects.filter(dossier=dossier, row=row, name__in=names).delete()
    DraftField.objects.bulk_create(
        DraftField(dossier=dossier, row=row, name=name, value=value, saved_by_id=actor.user_id, saved_at=timezone.now())
        for name, value in values.items()
    )


def complete_draft(
    actor: Actor,
    establishment: Establishment,
    *,
    people: tuple[Mapping[str, str], ...] = (PERSON,),
    nir: str = NIR,
    **changes: str,
) -> Dossier:
    """A draft that misses nothing: a course, its programme, and people, the first of whom has a NIR."""
    dossier = empty_draft(actor, establishment)
    write(dossier, actor, {**COURSE, **changes})
    drafts.choose_provider(actor=actor, key=str(dossier.key), provider=school())
    for rank, person in enumerate(people):
        absent = {} if rank == 0 and nir else {"nir_absent_reason": "NOT_YET_ASSIGNED"}
        row = drafts.add_row(actor=actor, key=str(dossier.key), row_kind="stagiaire", values={**person, **absent})
        if rank == 0 and nir:
            drafts.set_nir(actor=actor, key=str(dossier.key), row=row.key, raw=nir)
    piece(dossier, by=actor)
    dossier.refresh_from_db()
    return dossier


def sent(actor: Actor, establishment: Establishment, **changes: Any) -> Dossier:
    return send(actor=actor, key=str(complete_draft(actor, establishment, **changes).key)).dossier


def taken(actor: Actor, establishment: Establishment, holder: Actor, **changes: Any) -> Dossier:
    return holding.take(actor=holder, number=number_of(sent(actor, establishment, **changes)))


def asked(actor: Actor, establishment: Establishment, holder: Actor, *points: Point, **changes: Any) -> Dossier:
    dossier = taken(actor, establishment, holder, **changes)
    points = points or (Point(ItemKind.CHAMP, "cost", "Le devis dit autre chose."),)
    corrections.ask(actor=holder, number=number_of(dossier), points=points)
    dossier.refresh_from_db()
    return dossier


def number_of(dossier: Dossier) -> str:
    assert dossier.number
    return dossier.number


def in_state(state: State) -> tuple[Dossier, Actor, Actor]:
    """A request in that state, its employer, and the officer who holds it, or could."""
    establishment, desk = garage(), officer()
    actor = employer(establishment)
    if state is State.BROUILLON:
        return complete_draft(actor, establishment), actor, desk
    if state is State.TRANSMISE:
        return sent(actor, establishment), actor, desk
    if state is State.COMPLEMENT_DEMANDE:
        return asked(actor, establishment, desk), actor, desk
    dossier = taken(actor, establishment, desk)
    number = number_of(dossier)
    if state is State.ANNULEE:
        deciding.cancel(actor=actor, number=number)
    elif state is State.REFUSEE:
        deciding.refuse(actor=desk, number=number, reason="Hors critères.")
    elif state is State.SANS_SUITE:
        deciding.close(actor=desk, number=number, reason="Sans réponse.")
    elif state in (State.ACCORDEE, State.CADUQUE):
        deciding.grant(actor=desk, number=number, amount=Decimal("560.00"))
    if state is State.CADUQUE:
        Dossier.objects.filter(pk=dossier.pk).update(due_on=date(2026, 1, 13))
        agreements.lapse(actor=SYSTEM, number=number)
    dossier.refresh_from_db()
    return dossier, actor, desk


class DossierFactory(factory.django.DjangoModelFactory[Dossier]):
    """A row of a list, sent and waiting for an officer. Nothing behind it: for reads of lists alone."""

    class Meta:
        model = Dossier

    class Params:
        rank = factory.Sequence(lambda n: n)
        words = ""

    number = factory.LazyAttribute(lambda o: None if o.state == State.BROUILLON else f"AF-2026-9{o.rank:05d}")
    kind = "AF"
    state = State.TRANSMISE
    waiting_for = factory.LazyAttribute(lambda o: _awaited(o.state))
    is_open = factory.LazyAttribute(lambda o: o.state in OPEN_STATES)
    establishment = factory.SubFactory(EstablishmentFactory)
    employer_name = factory.LazyAttribute(lambda o: o.establishment.name)
    title = factory.LazyAttribute(lambda o: f"Formation {o.rank}")
    starts_on = date(2027, 1, 12)
    ends_on = date(2027, 1, 13)
    trainee_count = 1
    amount_asked = Decimal("560.00")
    amount_granted = factory.LazyAttribute(lambda o: Decimal("500.00") if o.state == State.ACCORDEE else None)
    created_by = factory.SubFactory(UserFactory)
    filed_by = factory.LazyAttribute(lambda o: None if o.state == State.BROUILLON else o.created_by)
    holder = factory.LazyAttribute(lambda o: _holder(o.state))
    decided_by = factory.LazyAttribute(lambda o: OpcoUserFactory.create() if _is_decided(o.state) else None)
    created_at = NOW
    updated_at = NOW
    sent_at = factory.LazyAttribute(lambda o: None if o.state == State.BROUILLON else NOW)
    decided_at = factory.LazyAttribute(lambda o: NOW if _is_decided(o.state) else None)
    search = factory.LazyAttribute(lambda o: search_text(o.number or "", o.title, o.employer_name, o.words))


def _awaited(state: State) -> WaitingFor:
    if state in (State.BROUILLON, State.COMPLEMENT_DEMANDE):
        return WaitingFor.EMPLOYEUR
    return WaitingFor.PERSONNE if state in CLOSED_STATES | {State.ACCORDEE} else WaitingFor.OPCO


def _holder(state: State) -> User | None:
    held = state in (State.EN_INSTRUCTION, State.COMPLEMENT_DEMANDE)
    return OpcoUserFactory.create() if held else None


def _is_decided(state: State) -> bool:
    return state in (State.ACCORDEE, State.REFUSEE, State.SANS_SUITE, State.CADUQUE)


def signalled(actor: Actor, dossier: Dossier, values: Mapping[str, str] | None = None, **changes: Any) -> Modification:
    """A modification that waits for its answer: two hours less, unless told otherwise."""
    given = {"known_typed": "23/11/2026", "reason": "Le formateur a réduit le programme.", **changes}
    wanted = Wanted({"hours": "12"} if values is None and not changes.get("cancelled") else values or {}, **given)
    modifying.prepare(actor=actor, number=number_of(dossier), wanted=wanted)
    return modifying.propose(actor=actor, number=number_of(dossier))
