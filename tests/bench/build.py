"""Fills an empty, migrated database with invented requests, quickly: rows go straight into the tables.

What a page reads beside the narrow row (what was typed, the snapshot, the journal) exists for the largest employer and
for one request in twenty of the others."""

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from openopco.accounts.enums import AccountKind
from openopco.accounts.models import User
from openopco.base.models import Sequence as Series
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier, Follow, News
from openopco.habilitations.models import Absence, Membership, StaffRole
from openopco.habilitations.queries import actor_for
from openopco.kernel.calendar import paris_today
from openopco.kernel.text import fold
from openopco.organisations.enums import Source
from openopco.organisations.models import Company, Establishment, Provider
from openopco.rights import Actor
from tests.accounts.factories import PASSWORD, hashed_password
from tests.bench.rows import COLUMNS, LAST_NAMES, Place, World, dossiers
from tests.dossiers import factories
from tests.organisations.factories import ProviderFactory

OFFICERS = 20
# More requests make more officers, not heavier ones: of so many over the years, some hundreds are open.
EACH = 5000
BATCH = 20_000
EMPLOYER, OFFICER = "banc-employeur@exemple.fr", "banc-gestionnaire1@exemple.fr"
LARGEST_SIRET = "10000000000011"
TOWNS = (("68110", "ILLZACH"), ("68100", "MULHOUSE"), ("67000", "STRASBOURG"), ("90000", "BELFORT"))


@dataclass(frozen=True)
class Measured:
    """What the measured pages are about, made by the portal's own actions."""

    employer: str
    officer: str
    password: str
    dossier: str
    draft: str
    ready: tuple[str, ...]


def build(count: int, *, drafts: int) -> Measured:
    """The whole database: `count` requests, then a few real ones, `drafts` of which wait for [VALIDER]."""
    now = timezone.now()
    with transaction.atomic():
        world = _world(count, now)
        with _index_later():
            _fill("dossiers_dossier", COLUMNS, _prepared(dossiers(count, world, now)))
        _fill_around(world.places[0].pk)
        _set_counters(count, now)
    _analyse()
    return measured(drafts)


def measured(drafts: int) -> Measured:
    """New requests to measure, in a database that `build` has filled."""
    alice = actor_for(User.objects.get(email=EMPLOYER))
    olga = actor_for(User.objects.get(email=OFFICER))
    place = Establishment.objects.select_related("company").get(siret=LARGEST_SIRET)
    # Its pages name schools by rank: those of an earlier run have the first ones.
    ProviderFactory.reset_sequence(Provider.objects.count(), force=True)
    people = tuple({**factories.PERSON, "last_name": name} for name in ("Müller", "Kessler", "Haddad"))
    shown = factories.asked(alice, place, olga, people=people)
    draft = factories.complete_draft(alice, place, people=people)
    _watch(olga)
    return Measured(
        employer=EMPLOYER,
        officer=OFFICER,
        password=PASSWORD,
        dossier=factories.number_of(shown),
        draft=str(draft.key),
        ready=tuple(_ready(alice, place, drafts)),
    )


# --- whom they are between -------------------------------------------------------------------------------------------


def _world(count: int, now: datetime) -> World:
    size = max(4, count // 50)
    officers = _users("gestionnaire", max(OFFICERS, count // EACH), AccountKind.OPCO)
    long_ago = now - timedelta(days=1500)
    StaffRole.objects.bulk_create(
        StaffRole(user_id=pk, role="gestionnaire", by_command=True, granted_at=long_ago, since=long_ago)
        for pk in officers
    )
    users = _users("employeur", size, AccountKind.EXTERNE)
    places = _places(size, users)
    Membership.objects.bulk_create(
        (
            Membership(
                user_id=place.user_id,
                establishment_id=place.pk,
                state="ACCEPTED",
                requested_at=long_ago,
                decided_at=long_ago,
                decided_by_id=officers[0],
            )
            for place in places
        ),
        batch_size=BATCH,
    )
    return World(tuple(places), tuple(_providers(max(3, count // 500))), tuple(officers))


def _users(side: str, count: int, kind: AccountKind) -> list[int]:
    from allauth.account.models import EmailAddress

    users = User.objects.bulk_create(
        (
            User(
                email=f"banc-{side}{rank or ''}@exemple.fr",
                first_name="Camille",
                last_name=LAST_NAMES[rank % len(LAST_NAMES)],
                kind=kind,
                password=hashed_password(),
            )
            for rank in range(count)
        ),
        batch_size=BATCH,
    )
    EmailAddress.objects.bulk_create(
        (EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in users), batch_size=BATCH
    )
    return [user.pk for user in users]


def _places(count: int, users: Sequence[int]) -> list[Place]:
    names = [f"GARAGE {LAST_NAMES[rank % len(LAST_NAMES)].upper()} {rank}" for rank in range(count)]
    companies = Company.objects.bulk_create(
        (
            Company(siren=f"1{rank:08d}", name=name, headcount_exact=3, headcount_at=date(2026, 1, 1))
            for rank, name in enumerate(names)
        ),
        batch_size=BATCH,
    )
    made = Establishment.objects.bulk_create(
        (
            Establishment(
                company=company,
                siret=f"{company.siren}00011",
                idcc="1090",
                naf="4520A",
                **_organisation(company.name, at),
            )
            for at, company in enumerate(companies)
        ),
        batch_size=BATCH,
    )
    return [Place(one.pk, one.name, fold(one.name), user) for one, user in zip(made, users, strict=True)]


def _providers(count: int) -> list[Place]:
    made = Provider.objects.bulk_create(
        Provider(
            siret=f"2{rank:08d}00011",
            nda="42680000068",
            qualiopi_actions=True,
            **_organisation(f"FORMATION {rank}", rank),
        )
        for rank in range(count)
    )
    return [Place(one.pk, one.name, fold(one.name)) for one in made]


def _organisation(name: str, rank: int) -> dict[str, Any]:
    code, town = TOWNS[rank % len(TOWNS)]
    return {
        "name": name,
        "address": f"{rank % 90 + 1} RUE DE L'ESSAI",
        "postal_code": code,
        "city": town,
        "email": "contact@exemple.fr",
        "phone": "0389000000",
        "source": Source.HAND,
        "verified": True,
        "search": f"{fold(name)} {fold(town)}",
        "sort_key": fold(name),
    }


def _watch(olga: Actor) -> None:
    """What the officer follows and has not read, and a colleague for whom she stands in: once for each database."""
    if Follow.objects.filter(user_id=olga.user_id).exists():
        return
    now, today = timezone.now(), paris_today(timezone.now())
    held = Dossier.objects.filter(holder_id=olga.user_id, is_open=True).order_by("due_on", "id")
    others = Dossier.objects.filter(is_open=True, holder__isnull=False).exclude(holder_id=olga.user_id)
    colleague = others.values_list("holder_id", flat=True).order_by("id").first()
    # By their keys, which chance gave: from all over the table.
    followed = list(others.order_by("key").values_list("id", flat=True)[:200])
    Follow.objects.bulk_create(Follow(dossier_id=pk, user_id=olga.user_id, since=now) for pk in followed)
    unread = [*held.values_list("id", flat=True)[:2000], *followed]
    News.objects.bulk_create(
        (
            News(dossier_id=pk, reader_id=olga.user_id, kind=kind, at=now)
            for pk in unread
            for kind in ("message", "reponse")
        ),
        batch_size=BATCH,
    )
    if colleague:
        Absence.objects.create(
            user_id=colleague,
            replacement_id=olga.user_id,
            starts_on=today,
            ends_on=today + timedelta(days=30),
            entered_by_id=colleague,
            entered_at=now,
        )


# --- rows, straight in -----------------------------------------------------------------------------------------------


def _prepared(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """SQLite keeps moments as UTC text; PostgreSQL's driver knows better."""
    if connection.vendor == "postgresql":
        yield from rows
        return
    for row in rows:
        yield tuple(
            f"{value:%Y-%m-%d %H:%M:%S.%f}"
            if isinstance(value, datetime)
            else value.isoformat()
            if isinstance(value, date)
            else value
            for value in row
        )


def _fill(table: str, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        while batch := list(itertools.islice(rows, BATCH)):
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", batch)


@contextmanager
def _index_later() -> Iterator[None]:
    """Indexes and search triggers of the requests' table are put back once it is full: far quicker."""
    if connection.vendor == "postgresql":
        found = (
            "SELECT 'DROP INDEX ' || indexname, indexdef FROM pg_indexes WHERE tablename = 'dossiers_dossier' "
            "AND indexdef NOT LIKE '%% UNIQUE %%'"
        )
        # No index is made of a table that has foreign keys left to check.
        refill = ["SET CONSTRAINTS ALL IMMEDIATE"]
    else:
        found = (
            "SELECT 'DROP ' || type || ' ' || name, sql FROM sqlite_master WHERE tbl_name = 'dossiers_dossier' "
            "AND type IN ('index', 'trigger') AND sql IS NOT NULL"
        )
        refill = ["INSERT INTO dossiers_search(dossiers_search) VALUES ('rebuild')"]
    with connection.cursor() as cursor:
        cursor.execute(found)
        pairs = cursor.fetchall()
        for drop, _ in pairs:
            cursor.execute(drop)
        yield
        for statement in [*refill, *(create for _, create in pairs)]:
            cursor.execute(statement)


def _fill_around(largest: int) -> None:
    """What was typed, sent and journalled of the largest employer's requests and of one in twenty of the others."""
    wanted = Dossier.objects.extra(where=["establishment_id = %s OR dossiers_dossier.id %% 20 = 0"], params=[largest])  # noqa: S610
    few = list(
        wanted.order_by("id").values_list("id", "title", "amount_asked", "created_by_id", "created_at", "sent_at")
    )
    sent = [row for row in few if row[5]]
    now = timezone.now().astimezone(UTC)
    _fill("dossiers_draftfield", FIELD_COLUMNS, _prepared(_typed(few)))
    _fill("dossiers_transmission", ("dossier_id", "snapshot", "attested", "sent_at"), _prepared(_snapshots(sent)))
    receipts = ((row[0], row[5], "receipts/none.pdf") for row in sent)
    _fill("dossiers_receipt", ("dossier_id", "issued_at", "storage_name"), _prepared(receipts))
    _fill("journal_entry", ENTRY_COLUMNS, _prepared(_entries(sent, now)))
    granted = list(
        wanted.filter(state=State.ACCORDEE)
        .order_by("id")
        .values_list(
            "id", "establishment_id", "establishment__company_id", "ends_on", "amount_granted", "created_by_id"
        )
    )
    _fill("funding_commitment", COMMITMENT_COLUMNS, _prepared(_engaged(granted, now)))
    _fill("billing_claim", CLAIM_COLUMNS, _prepared(_claimed(granted, now)))


COMMITMENT_COLUMNS = (
    "dossier_id",
    "company_id",
    "year",
    "base",
    "fund",
    "rule_code",
    "payee",
    "budget",
    "label",
    "sentence",
    "source",
    "rank",
    "amount",
    "invoiced",
    "ordered",
    "paid",
    "created_at",
)
CLAIM_COLUMNS = (
    "key",
    "dossier_id",
    "payee",
    "establishment_id",
    "state",
    "is_final",
    "typed",
    "revision",
    "net",
    "accepted",
    "opened_by_id",
    "created_at",
    "updated_at",
    "sent_by_id",
    "sent_by_label",
    "sent_at",
    "due_on",
    "ended_at",
)
# Claims come so many days after the end of the course; of those of the last weeks, some are only begun.
CLAIMED_AFTER = timedelta(days=30)
FIELD_COLUMNS = ("dossier_id", "row", "name", "value", "revision", "saved_by_id", "saved_at")
ENTRY_COLUMNS = [
    "subject_kind",
    "subject_id",
    "sequence",
    "event",
    "actor_id",
    "actor_label",
    "at",
    "payload",
    "payload_salt",
    "payload_digest",
    "previous_digest",
    "digest",
]


def _typed(few: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for pk, title, amount, user, at, _ in few:
        values = {**factories.COURSE, "title": title, "cost": str(amount)}
        for name, value in values.items():
            yield pk, "", name, value, 1, user, at


def _snapshots(sent: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    person = {"row": "a", "folded_name": "martin anais", "birth_date": "1990-01-01"}
    snapshot = json.dumps({"sections": [], "trainees": [person], "siret": "", "provider_siret": ""})
    for pk, _, _, _, _, at in sent:
        yield pk, snapshot, "J'atteste.", at


def _entries(sent: Iterable[tuple[Any, ...]], now: datetime) -> Iterator[tuple[Any, ...]]:
    for pk, _, _, user, _, at in sent:
        previous = ""
        for sequence, event in enumerate(("dossier.creer", "dossier.transmettre", "dossier.prendre"), 1):
            digest = hashlib.sha256(f"{pk}:{sequence}".encode()).hexdigest()
            payload = json.dumps({"de": "brouillon", "vers": "transmise"})
            yield (
                "dossier",
                pk,
                sequence,
                event,
                user,
                "Camille Martin",
                at,
                payload,
                "0" * 32,
                digest,
                previous,
                digest,
            )
            previous = digest


def _engaged(granted: Iterable[tuple[Any, ...]], now: datetime) -> Iterator[tuple[Any, ...]]:
    """A line for each agreement, paid for the courses that are long over."""
    words = ("Coût pédagogique", "Prise en charge du coût pédagogique.", "Règle de l'essai")
    for pk, _, company, ends, amount, _ in granted:
        paid = int(amount * 100) if ends + CLAIMED_AFTER < now.date() else 0
        kind = ("pedagogique", "pdc", "essai", "employeur", "")
        yield pk, company, ends.year, *kind, *words, 1, int(amount * 100), paid, paid, paid, now


def _claimed(granted: Iterable[tuple[Any, ...]], now: datetime) -> Iterator[tuple[Any, ...]]:
    for pk, place, _, ends, amount, user in granted:
        since = now.date() - ends
        if since <= CLAIMED_AFTER // 2:
            continue
        is_paid, cents = since > CLAIMED_AFTER, int(amount * 100)
        state, sums = ("validee", (cents, cents)) if is_paid else ("brouillon", (0, 0))
        sent = (user, "Camille Martin", now, ends, now) if is_paid else (None, "", None, None, None)
        yield uuid4().hex, pk, "employeur", place, state, True, "{}", 1, *sums, user, now, now, *sent


def _set_counters(count: int, now: datetime) -> None:
    Series.objects.update_or_create(name=f"AF-{now.year}", defaults={"last_value": count + 1})
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('dossiers_dossier', 'id'), %s)", [count])


def _analyse() -> None:
    """As PostgreSQL does by itself; SQLite is measured as it is installed, without statistics."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if not connection.in_atomic_block else "ANALYZE")


# --- the requests that pages are measured on -------------------------------------------------------------------------


def _ready(alice: Actor, place: Establishment, count: int) -> Iterator[str]:
    """Each in a week of its own: one establishment doesn't send the same person to thirty courses on one day."""
    for rank in range(count):
        starts = date(2027, 1, 18) + timedelta(weeks=rank)
        days = {"starts_on": f"{starts:%d/%m/%Y}", "ends_on": f"{starts + timedelta(days=1):%d/%m/%Y}"}
        yield str(factories.complete_draft(alice, place, **days).key)
