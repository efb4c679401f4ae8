"""Queries written once: the same rows as Django's own, whatever is asked and by whichever thread."""

import threading
import uuid
from functools import reduce

import pytest
from django.db import connection
from django.db.models import Exists, Model, OuterRef
from django.test.utils import CaptureQueriesContext

from openopco.base.prepared import Prepared, steady_cursor
from openopco.dossiers.models import Dossier
from openopco.habilitations.models import Membership
from tests.dossiers.factories import DossierFactory
from tests.habilitations.factories import AcceptedFactory
from tests.organisations.factories import EstablishmentFactory

pytestmark = pytest.mark.django_db


def columns(found: Model) -> dict[str, object]:
    return {field.attname: found.__dict__[field.attname] for field in found._meta.concrete_fields}


def test_it_reads_the_same_models_as_the_queryset() -> None:
    place = EstablishmentFactory.create()
    DossierFactory.create_batch(3, establishment=place)
    DossierFactory.create()
    of_place = Prepared((int,), lambda pk: Dossier.objects.filter(establishment_id=pk).order_by("-id"))
    expected = list(Dossier.objects.filter(establishment=place).order_by("-id"))
    assert [columns(each) for each in of_place(place.pk)] == [columns(each) for each in expected]
    assert of_place(place.pk + 1000) == []


def test_each_call_has_its_own_values() -> None:
    first, second = DossierFactory.create_batch(2)
    by_number = Prepared((str,), lambda number: Dossier.objects.filter(number=number))
    assert by_number(first.number) == [first]
    assert by_number(second.number) == [second]
    assert by_number("AF-2026-000000") == []


def test_a_key_is_a_value_too() -> None:
    first, second = DossierFactory.create_batch(2)
    by_key = Prepared((uuid.UUID,), lambda key: Dossier.objects.filter(key=key))
    assert by_key(first.key) == [first]
    assert by_key(second.key) == [second]


def test_what_is_selected_with_it_comes_in_the_same_query() -> None:
    membership = AcceptedFactory.create()
    around = Prepared(
        (int,),
        lambda pk: (
            Membership.objects.filter(user_id=pk).select_related("establishment__company", "proof").order_by("id")
        ),
    )
    around(membership.user_id)
    with CaptureQueriesContext(connection) as queries:
        (found,) = around(membership.user_id)
        assert found.establishment.company.name == membership.establishment.company.name
        assert found.proof is None
    assert len(queries) == 1


def test_what_comes_with_it_is_whole_too() -> None:
    membership = AcceptedFactory.create()
    around = Membership.objects.select_related("establishment__company", "user", "decided_by", "proof")
    (found,) = Prepared((int,), lambda pk: around.filter(pk=pk))(membership.pk)
    expected = around.get(pk=membership.pk)
    for path in ("", "establishment", "establishment.company", "user"):
        one, other = (reduce(getattr, filter(None, path.split(".")), start) for start in (found, expected))
        assert one == other
        assert columns(one) == columns(other)
        assert (one._state.db, one._state.adding) == (other._state.db, other._state.adding)
    assert found.proof is expected.proof is None


def test_what_is_left_out_is_read_when_it_is_asked() -> None:
    membership = AcceptedFactory.create()
    lean = Membership.objects.select_related("user").only("state", "user__first_name")
    (found,) = Prepared((int,), lambda pk: lean.filter(pk=pk))(membership.pk)
    with CaptureQueriesContext(connection) as queries:
        assert (found.state, found.user.first_name) == (membership.state, membership.user.first_name)
    assert len(queries) == 0
    assert found.user.get_deferred_fields() >= {"password", "last_name"}
    assert found.user.last_name == membership.user.last_name


def test_what_is_annotated_comes_as_the_queryset_gives_it() -> None:
    yes, no = AcceptedFactory.create().establishment, EstablishmentFactory.create()
    accepted = Exists(Membership.objects.filter(establishment_id=OuterRef("establishment_id"), state="ACCEPTED"))
    by_place = Prepared((int,), lambda pk: Dossier.objects.filter(establishment_id=pk).annotate(is_held=accepted))
    for place, held in ((yes, True), (no, False)):
        DossierFactory.create(establishment=place)
        assert [each.__dict__["is_held"] for each in by_place(place.pk)] == [held]


def test_the_same_value_may_serve_twice_and_several_stand_side_by_side() -> None:
    mine, other = DossierFactory.create_batch(2)
    found = Prepared(
        (int, str), lambda who, state: Dossier.objects.filter(created_by_id=who, filed_by_id=who, state=state)
    )
    assert found(mine.created_by_id, "transmise") == [mine]
    assert found(other.created_by_id, "refusee") == []


def test_a_model_read_so_saves_and_refreshes() -> None:
    made = DossierFactory.create(title="Avant")
    (found,) = Prepared((int,), lambda pk: Dossier.objects.filter(pk=pk))(made.pk)
    found.title = "Après"
    found.save()
    made.refresh_from_db()
    assert made.title == "Après"


def test_values_missing_or_unused_are_refused() -> None:
    one = Prepared((int,), lambda pk: Dossier.objects.filter(pk=pk))
    with pytest.raises(ValueError):
        one()
    with pytest.raises(TypeError):
        Prepared((int,), lambda pk: Dossier.objects.all())(1)


def test_a_value_that_looks_like_the_mark_of_another_is_a_value() -> None:
    """The marks stand for values while the SQL is written, and are then gone."""
    by_number = Prepared((str,), lambda number: Dossier.objects.filter(number=number))
    assert by_number("\N{SYMBOL FOR NULL}0") == []


@pytest.mark.django_db(transaction=True)
def test_what_one_thread_wrote_serves_the_others() -> None:
    made = DossierFactory.create()
    by_pk = Prepared((int,), lambda pk: Dossier.objects.filter(pk=pk).select_related("establishment"))
    seen: list[Dossier] = []

    def read() -> None:
        try:
            seen.extend(by_pk(made.pk))
        finally:
            connection.close()

    if connection.vendor == "sqlite":
        seen.extend(by_pk(made.pk))
    for _ in range(2):
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    assert {each.pk for each in seen} <= {made.pk}
    assert seen


# --- what PostgreSQL keeps -------------------------------------------------------------------------------------------


def kept() -> list[str]:
    """What this connection keeps prepared."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [statement for (statement,) in cursor.fetchall()]


@pytest.mark.postgresql
def test_a_steady_statement_is_kept_prepared_and_a_search_is_not() -> None:
    steady = Prepared((str,), lambda number: Dossier.objects.filter(number=number).order_by("id"))
    searched = Prepared((str,), lambda number: Dossier.objects.filter(number=number).order_by("-id"), is_steady=False)
    for number in ("AF-1", "AF-2", "AF-3"):
        steady(number)
        searched(number)
    own = [statement for statement in kept() if "dossiers_dossier" in statement]
    assert [statement.rpartition("ORDER BY ")[2] for statement in own] == ['"dossiers_dossier"."id" ASC']


def test_a_steady_cursor_is_seen_as_any_other() -> None:
    with CaptureQueriesContext(connection) as queries, steady_cursor() as cursor:
        cursor.execute("SELECT 1 WHERE 2 = %s", [2])
        assert cursor.fetchall() == [(1,)]
    assert len(queries) == 1
