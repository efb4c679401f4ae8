"""A mail in the words that stand at a moment."""

from collections.abc import Mapping
from datetime import datetime

from openopco.opco.texts.filling import one_line, plain_text
from openopco.opco.texts.letters import house_values
from openopco.opco.texts.shipped import Words
from openopco.opco.texts.versions import in_force


def mail_in_force(code: str, values: Mapping[str, str], at: datetime) -> Words:
    """The subject, on one line whatever the values hold, and the plain text. One query. Raises `UnknownTemplate`."""
    version = in_force(code, at)
    known, filled = version.template.variables, {**house_values(), **values}
    return Words(one_line(version.words.subject, known, filled), plain_text(version.words.body, known, filled))
