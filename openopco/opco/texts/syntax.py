"""« {{ numero }} » in a template: which names stand in a text, and what is wrong with it. Pure.

There is nothing else to this language: no dot, no filter, no condition. What is between two pairs of braces is a name of
the template's own list, or it is refused."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

BRACED: Final = re.compile(r"\{\{([^{}\n]*)\}\}")
# Whatever a variable stands for: a line, lines, a list of lines, or (label, value) pairs.
Value = str | list[str] | list[list[str]]
Values = Mapping[str, Any]


class Shape(Enum):
    """What a variable stands for. Lists and tables stand alone, between two blank lines."""

    LINE = "une ligne"
    TEXT = "un texte"
    LIST = "une liste"
    TABLE = "un tableau"

    @property
    def stands_alone(self) -> bool:
        return self in (Shape.LIST, Shape.TABLE)


@dataclass(frozen=True, slots=True)
class Variable:
    """A name that a template may use, what it means and an example, as administrators read them. `may_be_empty`: a
    paragraph that uses it is left out where there is nothing to say."""

    name: str
    meaning: str
    example: Value
    shape: Shape = Shape.LINE
    may_be_empty: bool = False

    @property
    def written(self) -> str:
        return written(self.name)


def written(name: str) -> str:
    """How a template writes a name."""
    return f"{{{{ {name} }}}}"


def names_in(text: str) -> list[str]:
    """Every name of a text, in order, once."""
    return list(dict.fromkeys(found[1].strip() for found in BRACED.finditer(text)))


def pieces_of(text: str) -> Iterator[tuple[str, str]]:
    """The text cut at its variables: (words, "") and ("", name) pairs, in order."""
    end = 0
    for found in BRACED.finditer(text):
        yield text[end : found.start()], ""
        name = found[1].strip()
        yield ("", name) if name else (found[0], "")
        end = found.end()
    yield text[end:], ""


def fill(text: str, values: Values, known: Iterable[str], shown: Callable[[Any], str] = str) -> str:
    """The text with its values, each put in once: what a value says is never read again."""
    names = frozenset(known)
    said = (words or (shown(values.get(name, "")) if name in names else written(name)) for words, name in _some(text))
    return "".join(said)


def _some(text: str) -> Iterator[tuple[str, str]]:
    return (piece for piece in pieces_of(text) if any(piece))


def faults(text: str, variables: Mapping[str, Variable]) -> list[str]:
    """What is wrong with the variables of a text, in sentences for who wrote it."""
    found = [_unknown(name, variables) for name in names_in(text) if name not in variables]
    if "{{" in (rest := BRACED.sub("", text)) or "}}" in rest:
        found.append("Deux accolades ne sont pas refermées : une variable s'écrit comme {{ numero }}, sur une ligne.")
    return found + [_not_alone(name) for name in _crowded(text, variables)]


def _unknown(name: str, variables: Mapping[str, Variable]) -> str:
    near = difflib.get_close_matches(name, variables, n=1)
    hint = f"Vouliez-vous écrire {written(near[0])} ?" if near else "Choisissez une variable de la liste."
    return f"{written(name[:40])} n'existe pas dans ce modèle. {hint}"


def _not_alone(name: str) -> str:
    return f"{written(name)} doit être seul, avec une ligne vide avant et une ligne vide après."


def _crowded(text: str, variables: Mapping[str, Variable]) -> list[str]:
    """Lists and tables that share a paragraph with something else."""
    crowded = {}
    for paragraph in re.split(r"\n[ \t]*\n", text):
        for name in names_in(paragraph):
            alone = name in variables and variables[name].shape.stands_alone
            if alone and BRACED.fullmatch(paragraph.strip()) is None:
                crowded[name] = True
    return list(crowded)
