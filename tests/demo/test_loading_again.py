"""The demonstration's data depend on the day alone."""

from datetime import date

import pytest
from django.db import transaction

from openopco.demo import data
from openopco.demo.loading import Loader
from openopco.dossiers.models import Dossier

TODAY = date(2026, 11, 23)


@pytest.mark.django_db
def test_the_same_day_gives_the_same_requests() -> None:
    def told() -> list[tuple[object, ...]]:
        columns = (
            "key",
            "number",
            "state",
            "title",
            "starts_on",
            "amount_asked",
            "amount_granted",
            "sent_at",
            "due_on",
        )
        return list(Dossier.objects.order_by("id").values_list(*columns))

    runs = []
    for _ in range(2):
        with transaction.atomic():
            Loader(TODAY).load()
            runs.append(told())
            transaction.set_rollback(True)
    assert runs[0] == runs[1]
    assert len(runs[0]) == len(data.REQUESTS)
