"""Columns that the house shares: money in integer cents, secrets sealed to their row's place."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from openopco.kernel.money import from_cents, to_cents


class CentsField(models.BigIntegerField):  # type: ignore[type-arg]
    """Euros as `Decimal` in Python, integer cents in the column (SQLite would keep a decimal as a float)."""

    description = "Amount of money, in integer cents"

    def from_db_value(self, value: int | None, expression: object, connection: object) -> Decimal | None:
        return None if value is None else from_cents(value)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(str(value))
        except ArithmeticError as error:
            raise ValidationError("Montant illisible.") from error

    def get_prep_value(self, value: Any) -> int | None:
        return None if value is None else to_cents(Decimal(value))


def cents(amount: Decimal) -> models.Value:
    """Euros as a column's own integer, for arithmetic in the database: `F("engaged") + cents(amount)`. A bare Decimal beside an
    `F` would be taken for that many cents."""
    return models.Value(amount, output_field=CentsField())
