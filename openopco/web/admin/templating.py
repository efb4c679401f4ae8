"""Letters and mails as administrators see them: which version stands, what changed, what it looks like."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from openopco.kernel.calendar import format_date
from openopco.opco.texts import letters, rules, versions
from openopco.opco.texts.catalogue import TEMPLATES, Medium, Template
from openopco.opco.texts.filling import one_line, plain_text
from openopco.opco.texts.shipped import Words
from openopco.opco.texts.syntax import Variable
from openopco.opco.texts.versions import Version
from openopco.web.components.letters import Shown, shown

HEADINGS = {Medium.LETTER: "Lettres", Medium.MAIL: "Courriels"}


class TemplateForm(forms.Form):
    """What is typed; `openopco.opco.texts.rules` says what is wrong with it."""

    subject = forms.CharField(
        label="Objet",
        max_length=rules.MAX_SUBJECT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Écrivez l'objet : c'est ce qu'on lit en premier.",
            "max_length": f"L'objet est trop long : {rules.MAX_SUBJECT} caractères au plus.",
        },
    )
    body = forms.CharField(
        label="Texte",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "true"}),
        error_messages={"required": "Écrivez le texte."},
    )
    starts_on = forms.CharField(
        label="À partir du",
        help_text="jj/mm/aaaa. Aujourd'hui ou un jour à venir ; d'ici là, le texte en vigueur ne change pas.",
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
        required=False,
    )
    last_seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def seen(self) -> int:
        """The latest version that the page knew; none of ours where that was tampered with."""
        seen: int | None = self.cleaned_data.get("last_seen")
        return -1 if seen is None else seen

    def having_seen(self, number: int) -> "TemplateForm":
        """The same, by somebody who has now been told of the latest version."""
        return TemplateForm({**dict(self.data.items()), "last_seen": number})


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the history: `word` places it against today."""

    version: Version
    name: str
    word: str
    tone: str


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A template in the list, with the version that stands and the one that comes next."""

    template: Template
    standing: VersionLine
    coming: VersionLine | None


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    lines: list[TemplateLine]


def groups(known: dict[str, list[Version]], today: date) -> list[Group]:
    """Letters, then mails, in the order of the catalogue."""
    return [
        Group(title, [_line(template, known, today) for template in TEMPLATES.values() if template.medium is medium])
        for medium, title in HEADINGS.items()
    ]


def _line(template: Template, known: dict[str, list[Version]], today: date) -> TemplateLine:
    lines = history(known[template.code], today)
    standing = next(line for line in lines if line.tone == "ok")
    coming = versions.coming(known[template.code], today)
    following = next((line for line in lines if coming and line.version == coming[0]), None)
    return TemplateLine(template, standing, following)


def history(known: Sequence[Version], today: date) -> list[VersionLine]:
    """Every version, the latest set first."""
    current, coming = versions.standing(list(known), today), versions.coming(list(known), today)
    return [_placed(version, current, coming) for version in known]


def _placed(version: Version, current: Version, coming: list[Version]) -> VersionLine:
    word, tone = ("En vigueur", "ok") if version == current else ("À venir", "info") if version in coming else ("", "")
    if not word:
        word, tone = (
            ("Remplacée", "off") if version.starts_on <= current.starts_on else ("Remplacée avant son jour", "off")
        )
    return VersionLine(version, name_of(version), word, tone)


def name_of(version: Version) -> str:
    return f"Version {version.number}" if version.number else "Texte d'origine"


def since(version: Version) -> str:
    """« depuis le 12/01/2027 »; nothing for the shipped words, which have no day here."""
    return f"à partir du {format_date(version.starts_on)}" if version.number else ""


# --- preview ---------------------------------------------------------------------------------------------------------


def preview_of(template: Template, words: Words) -> Shown:
    """A template filled in for an invented request. The words have been checked."""
    if template.is_letter:
        return shown(letters.example_of(template, words))
    values = {**template.examples, **letters.house_values()}
    subject = one_line(words.subject, template.variables, values)
    return Shown(subject, "", plain_text(words.body, template.variables, values))


@dataclass(frozen=True, slots=True)
class VariableLine:
    written: str
    meaning: str
    example: str
    note: str


def variable_lines(template: Template) -> list[VariableLine]:
    """The variables of a template, as its editor explains them."""
    here = letters.house_values()
    return [_variable(variable, here.get(variable.name, variable.example)) for variable in template.variables.values()]


def _variable(variable: Variable, example: Any) -> VariableLine:
    shown = example if isinstance(example, str) else " · ".join(_item(item) for item in example)
    notes = []
    if variable.shape.stands_alone:
        notes.append("(seul entre deux lignes vides)")
    if variable.may_be_empty:
        notes.append("(parfois vide)")
    return VariableLine(variable.written, variable.meaning, shown, " ".join(notes))


def _item(item: Any) -> str:
    return item if isinstance(item, str) else " : ".join(item)


# --- differences -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changed:
    """A line of the text: `sign` is « + », « − » or empty; `word` says it."""

    text: str
    sign: str = ""
    word: str = ""


def differences(old: Words, new: Words) -> list[Changed]:
    """What `new` says that `old` did not, and the reverse, line by line, objects first."""
    marks = {"+": ("+", "Ajouté"), "-": ("−", "Retiré"), " ": ("", "")}
    compared = difflib.ndiff(_text(old).split("\n"), _text(new).split("\n"))
    return [Changed(line[2:], *marks[line[0]]) for line in compared if line[0] in marks and line[2:].strip()]


def _text(words: Words) -> str:
    return f"Objet : {words.subject}\n\n{words.body}"
