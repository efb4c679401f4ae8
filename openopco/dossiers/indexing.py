"""The index that search reads, on SQLite: a table of trigrams kept by triggers. A migration that remakes the table of requests
there drops them silently: it ends with `keep_search_index()`."""

from typing import Any

from django.db import migrations

TRIGGERS = {
    "dossiers_search_insert": """AFTER INSERT ON dossiers_dossier BEGIN
        INSERT INTO dossiers_search(rowid, search) VALUES (new.id, new.search); END""",
    "dossiers_search_delete": """AFTER DELETE ON dossiers_dossier BEGIN
        INSERT INTO dossiers_search(dossiers_search, rowid, search) VALUES ('delete', old.id, old.search); END""",
    "dossiers_search_update": """AFTER UPDATE OF search ON dossiers_dossier WHEN old.search <> new.search BEGIN
        INSERT INTO dossiers_search(dossiers_search, rowid, search) VALUES ('delete', old.id, old.search);
        INSERT INTO dossiers_search(rowid, search) VALUES (new.id, new.search); END""",
}


def keep_search_index() -> migrations.RunPython:
    """The operation that puts the triggers back, and reads the index anew from the rows."""
    return migrations.RunPython(_restore, migrations.RunPython.noop)


def _restore(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "sqlite":
        return
    for name, words in TRIGGERS.items():
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        schema_editor.execute(f"CREATE TRIGGER {name} {words}")
    schema_editor.execute("INSERT INTO dossiers_search(dossiers_search) VALUES ('rebuild')")
