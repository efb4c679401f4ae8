"""The index of a search survives every migration, and `keep_search_index` mends it where one dropped its triggers."""

import pytest
from django.db import connection

from openopco.dossiers import indexing
from openopco.dossiers.models import Dossier
from openopco.dossiers.search import matching
from tests.dossiers.factories import DossierFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]


def triggers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'dossiers_dossier'")
        return {name for (name,) in cursor.fetchall()}


def test_the_migrated_schema_has_them() -> None:
    assert triggers() >= set(indexing.TRIGGERS)


def test_a_table_that_lost_them_is_found_again_once_they_are_back() -> None:
    with connection.cursor() as cursor:
        for name in indexing.TRIGGERS:
            cursor.execute(f"DROP TRIGGER {name}")
    made = DossierFactory(search="soudure")
    assert not matching(Dossier.objects.all(), "soudure").exists()
    with connection.schema_editor() as editor:
        indexing.keep_search_index().code(None, editor)
    assert list(matching(Dossier.objects.all(), "soudure")) == [made]
