"""An invoice as plain JSON and back: between the child that reads and its parent, and in the rows that keep it."""

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from openopco.billing.einvoice.model import ElectronicInvoice


def to_json(invoice: ElectronicInvoice) -> dict[str, Any]:
    """Strings, booleans, lists and dictionaries alone: amounts and days as text."""
    plain = _plain(invoice)
    assert isinstance(plain, dict)
    return plain


def from_json(data: Mapping[str, Any]) -> ElectronicInvoice:
    """What `to_json` gave. Raises ValueError, TypeError or KeyError for anything else."""
    read = _read(ElectronicInvoice, data)
    assert isinstance(read, ElectronicInvoice)
    return read


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def _read(kind: Any, value: Any) -> Any:
    """`value` as the annotation `kind` wants it."""
    if typing.get_origin(kind) is types.UnionType:
        inner = next(one for one in typing.get_args(kind) if one is not types.NoneType)
        return None if value is None else _read(inner, value)
    if typing.get_origin(kind) is tuple:
        return tuple(_read(typing.get_args(kind)[0], one) for one in value)
    if is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]
        return kind(**{name: _read(hint, value[name]) for name, hint in hints.items()})  # type: ignore[operator]
    return _scalar(kind, value)


def _scalar(kind: Any, value: Any) -> Any:
    if kind is date:
        return date.fromisoformat(value)
    if kind is Decimal or issubclass(kind, StrEnum):
        return kind(value)
    if not isinstance(value, kind):
        raise TypeError(f"{type(value).__name__} instead of {kind.__name__}")
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
