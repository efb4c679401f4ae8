"""Queries written once. Turning a queryset into SQL takes Django longer than the database takes to answer: what every page
asks is turned once per process, then only given its values."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState

M = TypeVar("M", bound=Model)
Value = int | str | UUID
Row = tuple[Any, ...]
Read = Callable[[Row], Any]


def steady_cursor() -> CursorWrapper:
    """A cursor for a statement whose text is always the same: PostgreSQL keeps it prepared and plans it once for all values.
    Not for a search, whose best plan depends on what is searched. Where queries are logged, they are with their values."""
    made = connection.cursor()
    if connection.vendor == "postgresql" and not connection.queries_logged:
        driver: Any = connection
        made.cursor = driver.Database.Cursor(connection.connection)
    return made


def among(column: str, ids: Sequence[int]) -> tuple[str, list[Any]]:
    """That a column is one of these, as SQL and its values: on PostgreSQL the text is the same however many they are."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", [list(ids)]
    return f"{column} IN ({', '.join(['%s'] * len(ids))})", list(ids)


class Prepared(Generic[M]):
    """`Prepared((int, str), lambda place, state: queryset)`, then `prepared(17, "accordee")`: the rows, as models with all
    that `select_related` and annotations bring. Each value is used at least once, as it is. Not for `prefetch_related`.
    `is_steady`: one plan is good for all values; False lets the database plan each time."""

    def __init__(self, kinds: tuple[type, ...], build: Callable[..., QuerySet[M]], *, is_steady: bool = True) -> None:
        self._is_steady = is_steady
        self._slots = [_slot(kind, rank) for rank, kind in enumerate(kinds)]
        self._build = build
        self._written: dict[str, tuple[str, list[Any], Read]] = {}

    def __call__(self, *values: Value) -> list[M]:
        """The rows, read now. One query."""
        if connection.vendor not in self._written:
            self._written[connection.vendor] = self._write()
        sql, params, read = self._written[connection.vendor]
        known = dict(zip(map(_given, self._slots), map(_given, values), strict=True))
        with steady_cursor() if self._is_steady else connection.cursor() as cursor:
            cursor.execute(sql, [known.get(param, param) for param in params])
            return [read(row) for row in cursor.fetchall()]

    def _write(self) -> tuple[str, list[Any], Read]:
        compiler = self._build(*self._slots).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        if not set(map(_given, self._slots)) <= set(params):
            raise TypeError("a value of a prepared query is not used as it is")
        return sql, list(params), _reader(compiler)


def _slot(kind: type, rank: int) -> Value:
    """What stands for a value while the SQL is written: nothing that a column ever holds."""
    if kind is UUID:
        return UUID(int=rank)
    return -(2**62) + rank if kind is int else f"\N{SYMBOL FOR NULL}{rank}"


def _given(value: Value) -> Value:
    """The value as the database's driver takes it."""
    return value.hex if isinstance(value, UUID) and not connection.features.has_native_uuid_field else value


def _reader(compiler: Any) -> Read:
    """What makes a model of a row: the part of Django's `ModelIterable` that is the same at each run."""
    select, link = compiler.select, compiler.connection
    converters = [
        (place, function, expression)
        for place, (functions, expression) in compiler.get_converters([column[0] for column in select]).items()
        for function in functions
    ]
    make, annotations = _maker(compiler.klass_info, select, link.alias), compiler.annotation_col_map.items()

    def read(row: Row) -> Any:
        values = list(row)
        for place, convert, expression in converters:
            values[place] = convert(values[place], expression, link)
        made = make(values)
        made.__dict__.update((name, values[place]) for name, place in annotations)
        return made

    return read


def _maker(info: dict[str, Any], select: list[Any], alias: str) -> Callable[[list[Any]], Any]:
    """Fills models as `from_db` does, less the signals and defaults of a constructor, which no model read needs; None
    where an outer join found nothing."""
    model, places = info["model"], info["select_fields"]
    start, end = places[0], places[-1] + 1
    names = [column[0].target.attname for column in select[start:end]]
    key = start + names.index(model._meta.pk.attname)
    around = [
        (_maker(each, select, alias), each["local_setter"], each["remote_setter"])
        for each in info.get("related_klass_infos", ())
    ]

    def make(values: list[Any]) -> Any:
        if values[key] is None:
            return None
        made = model.__new__(model)
        made._state = ModelState()
        made._state.adding, made._state.db = False, alias
        made.__dict__.update(zip(names, values[start:end], strict=True))
        for make_related, keep, keep_back in around:
            related = make_related(values)
            keep(made, related)
            if related is not None:
                keep_back(related, made)
        return made

    return make
