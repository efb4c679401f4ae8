"""« Lots de virements »: what the bank did of each, its file as it was written."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openopco.base.jobs import run_pending_jobs
from openopco.journal.models import ReadAudit
from openopco.rights import Actor
from tests.payments.builders import (
    booked,
    debtor,
    due,
    engaged,
    entry,
    notice,
    orders,
    released,
    report,
    school,
    status,
)
from tests.web.finance.test_pages import upload
from tests.web.visitors import kept_files, text_of

__all__ = ["kept_files"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_files")]


def test_a_batch_says_what_the_bank_did_of_it_to_the_cent(anna: Actor, basil: Actor, annas: Client) -> None:
    debtor(anna, basil)
    for amount in ("10", "20.50", "40"):
        due(engaged(amount), to=school())
    batch = released(anna, basil)
    first, second, third = orders(batch)
    whole = notice(entry("", first.amount + second.amount, batch=batch.message_id))
    rejected = report(batch, status(third.end_to_end, third.amount, "RJCT", "AC04"))
    back = notice(entry(second.end_to_end, second.amount, back="AC04"))
    for told, badge, said in (
        ("", "info", "Émis"),
        (booked(first), "wait", "Débité en partie 1 débité, 10,00 € 2 en attente, 60,50 €"),
        (rejected, "wait", "Débité en partie 1 débité, 10,00 € 1 en attente, 20,50 € 1 rejeté, 40,00 €"),
        (whole, "ok", "Débité 2 débités, 30,50 € 1 rejeté, 40,00 €"),
        (back, "ok", "Débité 1 débité, 10,00 € 1 rejeté, 40,00 € 1 rendu, 20,50 €"),
    ):
        if told:
            annas.post("/finance/retours/", {"file": upload(told)})
        page = annas.get("/finance/lots/")
        assert f"badge-{badge}" in page.content.decode().partition("Lots de virements</caption>")[2]
        assert said in in_one_line(page)
        assert said.removeprefix("Débité ").split(" 1 ")[0] in in_one_line(annas.get(f"/finance/lots/{batch.pk}/"))


def in_one_line(page: HttpResponse) -> str:
    return " ".join(text_of(page).replace("\u202f", " ").replace("\xa0", " ").split())


def test_the_list_of_batches_reads_no_transfer_and_as_little_for_many(anna: Actor, basil: Actor, annas: Client) -> None:
    debtor(anna, basil)
    asked: list[int] = []
    for _ in range(2):
        for _ in range(4):
            due(engaged("10"), to=school())
            released(anna, basil)
        annas.get("/finance/lots/")
        with CaptureQueriesContext(connection) as queries:
            assert annas.get("/finance/lots/").status_code == 200
        assert not [each for each in queries if "payments_paymentorder" in each["sql"]]
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_sepa_file_that_was_changed_is_not_downloaded(anna: Actor, basil: Actor, annas: Client) -> None:
    debtor(anna, basil)
    due(engaged("10"), to=school())
    batch = released(anna, basil)
    run_pending_jobs()
    batch.refresh_from_db()
    default_storage.delete(batch.storage_name)
    default_storage.save(batch.storage_name, ContentFile(b"<Document/>"))
    answer = annas.get(f"/finance/lots/{batch.pk}/fichier/")
    assert (answer.status_code, "empreinte" in text_of(answer)) == (422, True)
    assert ReadAudit.objects.count() == 0
