"""Trigram search in `Dossier.search`: a GIN index on PostgreSQL, an FTS5 table kept by triggers on SQLite."""

from django.db import migrations

SQLITE_UP = [
    """CREATE VIRTUAL TABLE dossiers_search USING fts5(
        search, content='dossiers_dossier', content_rowid='id', tokenize='trigram')""",
    """CREATE TRIGGER dossiers_search_insert AFTER INSERT ON dossiers_dossier BEGIN
        INSERT INTO dossiers_search(rowid, search) VALUES (new.id, new.search); END""",
    """CREATE TRIGGER dossiers_search_delete AFTER DELETE ON dossiers_dossier BEGIN
        INSERT INTO dossiers_search(dossiers_search, rowid, search) VALUES ('delete', old.id, old.search); END""",
    """CREATE TRIGGER dossiers_search_update AFTER UPDATE OF search ON dossiers_dossier WHEN old.search <> new.search BEGIN
        INSERT INTO dossiers_search(dossiers_search, rowid, search) VALUES ('delete', old.id, old.search);
        INSERT INTO dossiers_search(rowid, search) VALUES (new.id, new.search); END""",
]
SQLITE_DOWN = [
    "DROP TRIGGER dossiers_search_insert",
    "DROP TRIGGER dossiers_search_delete",
    "DROP TRIGGER dossiers_search_update",
    "DROP TABLE dossiers_search",
]
POSTGRESQL_UP = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX dossier_search_trigram ON dossiers_dossier USING gin (search gin_trgm_ops)",
]
POSTGRESQL_DOWN = ["DROP INDEX dossier_search_trigram"]


def run(sqlite, postgresql):
    def operation(apps, schema_editor):
        for sql in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
            schema_editor.execute(sql)

    return operation


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0001_initial")]
    operations = [migrations.RunPython(run(SQLITE_UP, POSTGRESQL_UP), run(SQLITE_DOWN, POSTGRESQL_DOWN))]
