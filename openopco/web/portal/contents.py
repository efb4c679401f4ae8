"""What each step shows beside its fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from openopco.documents.rules import ACCEPT, limits_in_words
from openopco.dossiers import kinds
from openopco.dossiers.draft import DraftView, SummarySection
from openopco.dossiers.models import Dossier
from openopco.training import rules
from openopco.training.fields import ANCILLARY, ATTESTED_POINTS, CSP
from openopco.training.kind import in_opco_words
from openopco.web.portal import presenting
from openopco.web.portal.zones import shown_zones

Context = dict[str, Any]
Content = Callable[[Dossier, kinds.Kind, DraftView, Mapping[str, str]], Context]


def content_of(slug: str, dossier: Dossier, kind: kinds.Kind, draft: DraftView, wrong: Mapping[str, str]) -> Context:
    return CONTENTS[slug](dossier, kind, draft, wrong)


def _employer(dossier: Dossier, kind: kinds.Kind, draft: DraftView, wrong: Mapping[str, str]) -> Context:
    return {"employer": draft.employer}


def _training(dossier: Dossier, kind: kinds.Kind, draft: DraftView, wrong: Mapping[str, str]) -> Context:
    return {
        "provider": draft.provider,
        "provider_error": wrong.get("provider", ""),
        "ancillary_open": any(draft.raw(spec.name).strip() for spec in ANCILLARY),
    }


@dataclass(frozen=True, slots=True)
class TraineeLine:
    """✗ · Prénom, Nom · Date de naissance · CSP, and how many things the trainee still lacks."""

    key: str
    name: str
    birth_date: str
    csp: str
    lacks: int
    url: str
    remove_url: str


def _trainees(dossier: Dossier, kind: kinds.Kind, draft: DraftView, wrong: Mapping[str, str]) -> Context:
    lines = [
        TraineeLine(
            row.key,
            rules.name_of(row).capitalize() if not row.raw("last_name") else rules.name_of(row),
            row.raw("birth_date"),
            CSP.shown(row.raw("csp")),
            len(list(rules.missing_of_trainee(draft, row))),
            reverse("portal:trainee", args=[dossier.key, row.key]),
            reverse("portal:remove_trainee", args=[dossier.key, row.key]),
        )
        for row in draft.rows
    ]
    return {"trainees": lines, "trainees_error": wrong.get("", "")}


def _pieces(dossier: Dossier, kind: kinds.Kind, draft: DraftView, wrong: Mapping[str, str]) -> Context:
    required = rules.required_zones(draft)
    zones = shown_zones(dossier, kind, required=required, wrong=wrong)
    return {"zones": zones, "limits": limits_in_words(), "accept": ACCEPT}


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A line of `components/summary_list.html`."""

    label: str
    value: str
    change_url: str
    error: str = ""


def summary_cards(dossier: Dossier, sections: list[SummarySection], *, editable: bool = True) -> list[Context]:
    """The sections of a request as cards, each line with the link that leads back to its field."""
    return [
        {"title": section.title, "rows": [_row(dossier, section, line, editable) for line in section.lines]}
        for section in sections
    ]


def _row(dossier: Dossier, section: SummarySection, line: Any, editable: bool) -> SummaryRow:
    url = ""
    if editable and line.target:
        url = f"{presenting.target_url(dossier, section.step, line.row)}#{presenting.anchor(line.target)}"
    return SummaryRow(line.label, line.value, url)


def _closing(dossier: Dossier, kind: kinds.Kind, draft: DraftView, wrong: Mapping[str, str]) -> Context:
    sections = [section for section in kind.summary(draft) if section.step != rules.SUMMARY]
    missing = kind.missing(draft)
    here = {"comment", "done_at", "done_on", "attest"}
    return {
        "cards": summary_cards(dossier, sections),
        "points": [in_opco_words(point) for point in ATTESTED_POINTS],
        "elsewhere": [presenting.missing_item(dossier, line) for line in missing if line.target not in here],
        "all_warnings": [
            {
                "message": each.message,
                "url": f"{presenting.target_url(dossier, each.step, each.row)}#{presenting.anchor(each.target)}",
            }
            for each in kind.warnings(draft)
        ],
    }


CONTENTS: Mapping[str, Content] = {
    rules.EMPLOYER: _employer,
    rules.TRAINING: _training,
    rules.TRAINEES: _trainees,
    rules.PIECES: _pieces,
    rules.SUMMARY: _closing,
}
