"""What a company or a provider has asked: its list, and the figures on it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.dossiers.enums import State
from openopco.dossiers.queries import count_figures, figures_of, history, history_of
from openopco.kernel.errors import Forbidden
from tests.dossiers.factories import DossierFactory, garage, school
from tests.habilitations.factories import employer, officer

CENTS = st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100)
LINES = st.lists(st.tuples(st.sampled_from(State), st.integers(2019, 2030), CENTS, CENTS))


@given(LINES)
def test_no_request_and_no_cent_is_lost_in_the_figures(lines) -> None:
    figures = count_figures(lines)
    assert sum(figures.by_state.values()) == sum(year.count for year in figures.by_year) == len(lines)
    assert sum(year.asked for year in figures.by_year) == sum((line[2] for line in lines), Decimal(0))
    assert sum(year.granted for year in figures.by_year) == sum((line[3] for line in lines), Decimal(0))
    years = [year.year for year in figures.by_year]
    assert years == sorted(set(years), reverse=True)
    assert all(figures.by_state.values())


@pytest.mark.django_db
def test_a_year_is_that_of_paris() -> None:
    olga, place = officer(), garage()
    DossierFactory.create(establishment=place, sent_at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    [year] = figures_of(actor=olga, establishment_id=place.pk).by_year
    assert (year.year, year.count, year.asked, year.granted) == (2027, 1, Decimal("560.00"), Decimal(0))


@pytest.mark.django_db
def test_figures_are_of_one_and_leave_drafts_out() -> None:
    olga, place, provider = officer(), garage(), school()
    DossierFactory.create(establishment=place, provider=provider, state=State.ACCORDEE)
    DossierFactory.create(establishment=place, state=State.BROUILLON)
    DossierFactory.create(provider=provider)
    assert figures_of(actor=olga, establishment_id=place.pk).by_state == {State.ACCORDEE: 1}
    assert figures_of(actor=olga, provider_id=provider.pk).by_state == {State.TRANSMISE: 1, State.ACCORDEE: 1}


@pytest.mark.django_db
def test_figures_stop_counting_and_say_so(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries) -> None:
    monkeypatch.setattr(history, "MOST_COUNTED", 3)
    olga, place = officer(), garage()
    DossierFactory.create_batch(4, establishment=place)
    with django_assert_num_queries(1):
        figures = figures_of(actor=olga, establishment_id=place.pk)
    assert (figures.is_partial, figures.by_state[State.TRANSMISE]) == (True, 3)


@pytest.mark.django_db
def test_the_list_is_paged_and_narrowed_by_state() -> None:
    olga, place = officer(), garage()
    made = DossierFactory.create_batch(12, establishment=place)
    granted = DossierFactory.create(establishment=place, state=State.ACCORDEE)
    first = history_of(actor=olga, establishment_id=place.pk)
    rest = history_of(actor=olga, establishment_id=place.pk, after=first.next)
    assert {*first.items, *rest.items} == {*made, granted}
    assert history_of(actor=olga, establishment_id=place.pk, state="accordee").items == [granted]
    assert len(history_of(actor=olga, establishment_id=place.pk, state="nimporte").items) == 10


@pytest.mark.django_db
def test_an_employer_reads_neither() -> None:
    place = garage()
    for read in (history_of, figures_of):
        with pytest.raises(Forbidden):
            read(actor=employer(place), establishment_id=place.pk)
