"""Numbers in order, without holes."""

import threading

import pytest
from django.db import connection, transaction

from openopco.base.actions import action
from openopco.base.sequences import next_value


@pytest.mark.django_db
def test_numbers_start_at_one_and_follow() -> None:
    assert [next_value("AF-2026") for _ in range(3)] == [1, 2, 3]
    assert next_value("AF-2027") == 1


@pytest.mark.django_db
def test_a_number_of_a_transaction_rolled_back_is_given_again() -> None:
    assert next_value("AF") == 1
    with transaction.atomic():
        assert next_value("AF") == 2
        transaction.set_rollback(True)
    assert next_value("AF") == 2


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_no_number_is_given() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        next_value("AF")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_many_at_once_each_get_a_number_of_their_own() -> None:
    numbers: list[int] = []

    @action
    def take() -> int:
        return next_value("AF")

    def take_some() -> None:
        numbers.extend(take() for _ in range(5))
        connection.close()

    threads = [threading.Thread(target=take_some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(numbers) == list(range(1, 21))
