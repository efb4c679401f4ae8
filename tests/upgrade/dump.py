"""A database as a file: which migrations it had, and the rows of each table, as SQLite keeps them."""

import base64
import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.apps.registry import Apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.recorder import MigrationRecorder

FILE = Path(__file__).with_name("oldest.json.gz")
# What an upgrade does not carry, or is loaded again by its own command.
LEFT_OUT = {
    "django_session",
    "base_cache",
    "django_migrations",
    "django_content_type",
    "base_sweepturn",
    "auth_permission",
}
LOADED_BY_COMMAND = "reference_"


def write(path: Path = FILE) -> None:
    """The database at hand, as it is."""
    content = {"migrations": sorted(MigrationRecorder(connection).applied_migrations()), "tables": _tables()}
    text = json.dumps(content, ensure_ascii=False, default=_as_text, separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def read(path: Path = FILE) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return found


def restore(dump: dict[str, Any]) -> None:
    """Makes the old schema in an empty database and fills it. Raises `LookupError` where a landed migration is gone."""
    executor = MigrationExecutor(connection)
    targets = _last_of_each({tuple(node) for node in dump["migrations"]}, executor.loader.graph)
    executor.migrate(targets)
    apps = executor.loader.project_state(targets).apps
    with transaction.atomic():
        for table, content in dump["tables"].items():
            _fill(apps, table, content["columns"], content["rows"])
        _reset_sequences(apps)


def _last_of_each(applied: set[tuple[str, ...]], graph: MigrationGraph) -> list[Any]:
    """Those that no other one of their room follows."""
    missing = applied - set(graph.nodes)
    if missing:
        raise LookupError(f"landed migrations that are gone: {sorted(missing)}")
    followed = {parent.key for node in applied for parent in graph.node_map[node].parents if parent.key[0] == node[0]}
    return sorted(applied - followed)


def _tables() -> dict[str, Any]:
    names = [name for name in connection.introspection.django_table_names(only_existing=True) if name not in LEFT_OUT]
    return {name: _rows(name) for name in sorted(names) if not name.startswith(LOADED_BY_COMMAND)}


def _rows(table: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
        return {"columns": [column[0] for column in cursor.description], "rows": cursor.fetchall()}


def _as_text(value: object) -> str:
    """Dates as text; what is bytes in base64, which `_read_value` undoes by the column's type."""
    return base64.b64encode(bytes(value)).decode() if isinstance(value, (bytes, memoryview)) else str(value)


def _fill(apps: Apps, table: str, columns: list[str], rows: Iterable[list[Any]]) -> None:
    fields = _fields(apps, table)
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join(["%s"] * len(columns))
    given = [[_read_value(fields.get(name), value) for name, value in zip(columns, row, strict=True)] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', given)


def _fields(apps: Apps, table: str) -> "dict[str, models.Field[Any, Any]]":
    found = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == table]
    return {field.column: field for model in found for field in model._meta.concrete_fields}


def _read_value(field: "models.Field[Any, Any] | None", value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, models.BooleanField):
        return bool(value)
    return base64.b64decode(value) if isinstance(field, models.BinaryField) else value


def _reset_sequences(apps: Apps) -> None:
    statements = connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
