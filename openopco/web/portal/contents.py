"""What each step shows beside its fields."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from openopco.documents.rules import ACCEPT, limits_in_words
from openopco.dossiers.draft import RowView
from openopco.training import rules
from openopco.training.fields import ANCILLARY, CSP
from openopco.training.kind import attested_points
from openopco.web.portal import presenting
from openopco.web.portal.opened import Opened
from openopco.web.portal.summary import summary_cards
from openopco.web.portal.zones import shown_zones

Context = dict[str, Any]
Content = Callable[[Opened, Mapping[str, str]], Context]


def content_of(slug: str, page: Opened, wrong: Mapping[str, str]) -> Context:
    return CONTENTS[slug](page, wrong)


def _employer(page: Opened, wrong: Mapping[str, str]) -> Context:
    return {"employer": page.draft.employer}


def _training(page: Opened, wrong: Mapping[str, str]) -> Context:
    return {
        "provider": page.draft.provider,
        "provider_error": wrong.get("provider", ""),
        "ancillary_open": any(page.draft.raw(spec.name).strip() for spec in ANCILLARY),
    }


@dataclass(frozen=True, slots=True)
class TraineeLine:
    """✗ · Prénom, Nom · Date de naissance · CSP, and how many things the trainee still lacks."""

    name: str
    birth_date: str
    csp: str
    lacks: int
    url: str
    remove_url: str


def _trainees(page: Opened, wrong: Mapping[str, str]) -> Context:
    lacks = Counter(line.row for line in page.missing)
    lines = [_trainee(page, row, lacks[row.key]) for row in page.draft.rows]
    return {"trainees": lines, "trainees_error": wrong.get("", "")}


def _trainee(page: Opened, row: RowView, lacks: int) -> TraineeLine:
    name, where = rules.name_of(row), [page.dossier.key, row.key]
    return TraineeLine(
        name[0].upper() + name[1:],
        row.raw("birth_date"),
        row.shown(CSP),
        lacks,
        reverse("portal:trainee", args=where),
        reverse("portal:remove_trainee", args=where),
    )


def _pieces(page: Opened, wrong: Mapping[str, str]) -> Context:
    required = rules.required_zones(page.draft)
    zones = shown_zones(page.dossier, page.kind, required=required, wrong=wrong)
    return {"zones": zones, "limits": limits_in_words(), "accept": ACCEPT}


def _closing(page: Opened, wrong: Mapping[str, str]) -> Context:
    closed = page.kind.closed(page.draft)
    sections = [section for section in page.kind.summary(page.draft) if section.step != rules.SUMMARY]
    return {
        "cards": summary_cards(page, sections),
        "points": attested_points(page.draft),
        "closed": closed,
        "too_early": rules.too_early(page.draft),
        "last_day": None if closed else rules.last_submission(page.draft),
        "all_warnings": [
            {"message": each.message, "url": presenting.anchored(page.dossier, each.step, each.target, each.row)}
            for each in page.warnings
            if each.message != closed
        ],
    }


CONTENTS: Mapping[str, Content] = {
    rules.EMPLOYER: _employer,
    rules.TRAINING: _training,
    rules.TRAINEES: _trainees,
    rules.PIECES: _pieces,
    rules.SUMMARY: _closing,
}
