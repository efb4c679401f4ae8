"""The sums of an invoice, as EN 16931 wants them: VAT by category and rate on the whole, rounded once."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from openopco.billing.einvoice.model import ONE, ZERO, Adjustment, Line, Tax, TaxCategory, Totals
from openopco.kernel.money import CENT

Rate = tuple[TaxCategory, Decimal]


def rounded(amount: Decimal) -> Decimal:
    """To the cent, halves away from zero; never « -0.00 », which the rules of EN 16931 refuse."""
    return amount.quantize(CENT, ROUND_HALF_UP) + ZERO


def line_net(
    quantity: Decimal, unit_price: Decimal, base_quantity: Decimal = ONE, adjustment: Decimal = ZERO
) -> Decimal:
    """BT-131, in euros."""
    return rounded(quantity * unit_price / base_quantity) + adjustment


def tax_bases(lines: Iterable[Line], adjustments: Iterable[Adjustment] = ()) -> dict[Rate, Decimal]:
    """What each category and rate is reckoned on, in the order in which they first come."""
    bases: dict[Rate, Decimal] = {}
    for line in lines:
        key = (line.tax_category, line.tax_rate)
        bases[key] = bases.get(key, ZERO) + line.net
    for one in adjustments:
        key = (one.tax_category, one.tax_rate)
        bases[key] = bases.get(key, ZERO) + (one.amount if one.is_charge else -one.amount)
    return bases


def taxes_of(
    lines: Iterable[Line],
    adjustments: Iterable[Adjustment] = (),
    *,
    exemption_reason: str = "",
    exemption_code: str = "",
) -> tuple[Tax, ...]:
    """The VAT breakdown; the exemption is said of every category but the standard one."""
    return tuple(
        Tax(
            category,
            rate,
            basis,
            rounded(basis * rate / 100),
            "" if category is TaxCategory.STANDARD else exemption_reason,
            "" if category is TaxCategory.STANDARD else exemption_code,
        )
        for (category, rate), basis in tax_bases(lines, adjustments).items()
    )


def totals_of(
    lines: Iterable[Line], taxes: Iterable[Tax], adjustments: Iterable[Adjustment] = (), *, prepaid: Decimal = ZERO
) -> Totals:
    """BG-22."""
    of_lines = sum((line.net for line in lines), ZERO)
    given = list(adjustments)
    allowances = sum((one.amount for one in given if not one.is_charge), ZERO)
    charges = sum((one.amount for one in given if one.is_charge), ZERO)
    without = of_lines - allowances + charges
    vat = sum((tax.amount for tax in taxes), ZERO)
    return Totals(without, vat, without + vat, without + vat - prepaid, of_lines, allowances, charges, prepaid)
