"""What an administrator may write in a template, and from which day. Pure."""

import re
from datetime import date
from typing import Final

from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import NirInText, find_nir
from openopco.kernel.text import clean_line, clean_text
from openopco.opco.errors import BadTemplate
from openopco.opco.markdown import BadPage
from openopco.opco.texts.catalogue import Template
from openopco.opco.texts.filling import letter_blocks
from openopco.opco.texts.shipped import Words
from openopco.opco.texts.syntax import Shape, Variable, faults

MAX_SUBJECT: Final = 160
MAX_BODY: Final = 10_000
YEARS_AHEAD: Final = 2
SCHEMES: Final = ("https:", "mailto:", "tel:")
# Written as a link, even where no reader of Markdown would take it for one: its author meant one.
_LINK: Final = re.compile(r"(?<!\\)\]\(\s*<?([^\s)>]*)")


def checked(template: Template, words: Words) -> Words:
    """The words, tidied. Raises `BadTemplate` with all that is wrong with each field."""
    tidy = Words(clean_line(words.subject), clean_text(words.body))
    errors = {
        "subject": _of_subject(tidy.subject, template),
        "body": _of_body(tidy.body, template),
    }
    found = {field: said for field, said in errors.items() if said}
    if found:
        raise BadTemplate(found)
    return tidy


def checked_day(starts_on: date, today: date) -> date:
    """The first day of a version: never past, what was issued stays explicable. Raises `InvalidValue`."""
    if starts_on < today:
        raise InvalidValue("Choisissez aujourd'hui ou un jour à venir : ce qui est déjà parti ne change pas.")
    if starts_on.year > today.year + YEARS_AHEAD:
        raise InvalidValue("Choisissez un jour dans les deux ans qui viennent.")
    return starts_on


def _of_subject(subject: str, template: Template) -> list[str]:
    if not subject:
        return ["Écrivez l'objet : c'est ce qu'on lit en premier."]
    lines = {name: variable for name, variable in template.variables.items() if _fits_a_line(variable)}
    return _of_text(subject, lines, MAX_SUBJECT)


def _fits_a_line(variable: Variable) -> bool:
    return variable.shape is Shape.LINE and not variable.may_be_empty


def _of_body(body: str, template: Template) -> list[str]:
    if not body:
        return ["Écrivez le texte."]
    return _of_text(body, template.variables, MAX_BODY) or _of_markup(body, template)


def _of_text(text: str, variables: dict[str, Variable], most: int) -> list[str]:
    if len(text) > most:
        return [f"Ce texte est trop long : {most} caractères au plus, et il en compte {len(text)}."]
    if find_nir(text):
        return [NirInText.message]
    return faults(text, variables)


def _of_markup(body: str, template: Template) -> list[str]:
    if not template.is_letter:
        return []
    if astray := [target for target in _LINK.findall(body) if not target.startswith(SCHEMES)]:
        return [f"Le lien {target[:60]} ne commence pas par https:, mailto: ou tel:." for target in astray]
    try:
        blocks = letter_blocks(body, template.variables, template.examples)
    except BadPage as error:
        return [f"{str(error)[:1].upper()}{str(error)[1:]}."]
    return [] if blocks else ["Écrivez le texte."]
