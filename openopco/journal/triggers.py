"""The database itself refuses to rewrite the journal. For the migration; SQLite and PostgreSQL say it differently."""

from typing import Any

ENTRY, OTHERS = "journal_entry", ("journal_seal", "journal_readaudit")
COLUMNS = (
    "id",
    "subject_kind",
    "subject_id",
    "sequence",
    "event",
    "actor_id",
    "actor_label",
    "at",
    "payload_digest",
    "previous_digest",
    "digest",
)
MESSAGE = "journal: append only"


def install(schema_editor: Any) -> None:
    for statement in _statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def remove(schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    for table in (ENTRY, *OTHERS):
        for verb in ("update", "delete"):
            suffix = f" ON {table}" if vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{suffix}")


def _statements(vendor: str) -> list[str]:
    if vendor == "postgresql":
        return _postgresql()
    return _sqlite()


def _changed(operator: str) -> str:
    changed = [f"OLD.{column} {operator} NEW.{column}" for column in COLUMNS]
    changed += [f"(NEW.{column} IS NOT NULL AND {_text(column, operator)})" for column in ("payload", "payload_salt")]
    return " OR ".join(changed)


def _text(column: str, operator: str) -> str:
    return f"CAST(OLD.{column} AS text) {operator} CAST(NEW.{column} AS text)"


def _sqlite() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    statements = [f"CREATE TRIGGER {ENTRY}_no_update BEFORE UPDATE ON {ENTRY} WHEN {_changed('IS NOT')} {refuse}"]
    statements += [f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}" for table in OTHERS]
    statements += [f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}" for table in (ENTRY, *OTHERS)]
    return statements


def _postgresql() -> list[str]:
    refuse = "EXECUTE FUNCTION journal_append_only()"
    statements = [
        f"CREATE OR REPLACE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER {ENTRY}_no_update BEFORE UPDATE ON {ENTRY} FOR EACH ROW "
        f"WHEN ({_changed('IS DISTINCT FROM')}) {refuse}",
    ]
    statements += [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW {refuse}" for table in OTHERS
    ]
    statements += [
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {refuse}" for table in (ENTRY, *OTHERS)
    ]
    return statements
