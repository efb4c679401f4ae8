"""A letter as it is kept: its words filled in, its letterhead, its addressee. What is printed is made of nothing else."""

from collections.abc import Sequence
from typing import Any

from openopco.kernel.contacts import format_phone
from openopco.opco.identities import Identity, identity
from openopco.opco.texts.catalogue import Template
from openopco.opco.texts.filling import letter_blocks, one_line
from openopco.opco.texts.shipped import Words
from openopco.opco.texts.syntax import Values

# What is kept for ever with a letter: JSON, whole.
Content = dict[str, Any]
INVENTED = ["GARAGE DES VALLÉES", "12 rue du Moulin", "68110 Illzach"]


def brand() -> Content:
    """What every PDF wears: the OPCO's names and colour, as they are now."""
    who = identity()
    return {"product": who.product, "opco": who.name, "teal": who.teal}


def house_values() -> dict[str, str]:
    """The variables that every template has."""
    who = identity()
    return {"opco": who.name, "de_opco": who.of_name, "produit": who.product, "contact": contact_of(who)}


def contact_of(who: Identity) -> str:
    """« contact@opco.example, 01 00 00 00 00 »; empty where the installation gives neither."""
    return ", ".join(filter(None, [who.email, format_phone(who.phone) if who.phone else ""]))


def compose(
    template: Template, words: Words, values: Values, *, recipient: Sequence[str], date: str, reference: str
) -> Content:
    """The letter that the words and values make today. Raises `BadPage` where the words were never checked."""
    return {
        **brand(),
        "title": one_line(words.subject, template.variables, values),
        "reference": reference,
        "date": date,
        "sender": _sender(identity()),
        "recipient": [line for line in recipient if line.strip()],
        "blocks": letter_blocks(words.body, template.variables, values),
    }


def example_of(template: Template, words: Words) -> Content:
    """The letter to an invented employer."""
    values = {**template.examples, **house_values()}
    reference, date = str(values["numero"]), str(values.get("date", ""))
    return compose(template, words, values, recipient=INVENTED, date=date, reference=reference)


def typeset(content: Content) -> bytes:
    """The PDF (UA-1) of a letter as it was kept. Raises `PdfFailed`."""
    # The typesetter is heavy: a web worker that makes no PDF does without it.
    from openopco.base.pdf import render

    return render("letter.typ", content)


def _sender(who: Identity) -> list[str]:
    contacts = [who.email, format_phone(who.phone) if who.phone else ""]
    return [line for line in (who.name, *who.address.split("\n"), *contacts) if line.strip()]
