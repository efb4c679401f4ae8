"""The action de formation as a kind of request: its steps, its synthesis, its snapshot, its typed rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openopco import opco
from openopco.dossiers.draft import DraftView, Missing, RowView, SummaryLine, SummarySection, Warning_
from openopco.dossiers.fields import FieldSpec
from openopco.dossiers.kinds import Check, Heading, Step
from openopco.dossiers.models import Dossier
from openopco.kernel.identifiers import format_naf, format_siret
from openopco.kernel.text import fold
from openopco.training import checks as checking
from openopco.training import fields as f
from openopco.training import rules
from openopco.training.enums import Zone
from openopco.training.materialise import write_rows

STEPS = (
    Step(rules.EMPLOYER, "L'Employeur", f.EMPLOYER_FIELDS),
    Step(rules.TRAINING, "La Formation", f.TRAINING_FIELDS),
    Step(rules.TRAINEES, "Le(s) stagiaire(s)", row_kind=f.TRAINEE),
    Step(rules.PIECES, "Les pièces jointes"),
    Step(rules.SUMMARY, "Synthèse", f.CLOSING_FIELDS),
)


@dataclass(frozen=True)
class TrainingActionKind:
    """See `dossiers.kinds.Kind`."""

    code: str = "AF"
    label: str = "Action de formation"
    slug: str = "action-de-formation"
    prefix: str = "AF"
    steps: tuple[Step, ...] = STEPS
    zones: tuple[tuple[str, str], ...] = tuple(Zone.choices)
    amount_field: str = f.COST.name
    modifiable: tuple[FieldSpec, ...] = f.MODIFIABLE_FIELDS

    def name_of(self, row: RowView) -> str:
        return rules.name_of(row)

    def row_fields(self, row_kind: str) -> tuple[FieldSpec, ...]:
        return f.TRAINEE_FIELDS if row_kind == f.TRAINEE else ()

    def missing(self, draft: DraftView) -> list[Missing]:
        return rules.missing(draft)

    def errors(self, draft: DraftView) -> list[Missing]:
        return rules.errors(draft)

    def warnings(self, draft: DraftView) -> list[Warning_]:
        return rules.warnings(draft)

    def closed(self, draft: DraftView) -> str:
        return rules.closed(draft)

    def checks(self, draft: DraftView, around: Mapping[str, Any]) -> list[Check]:
        return checking.checks(draft, around)

    def heading(self, draft: DraftView) -> Heading:
        starts, ends = draft.value(f.STARTS_ON), draft.value(f.ENDS_ON)
        if starts and ends and ends < starts:
            ends = None
        names = tuple(f"{row.raw('first_name')} {row.raw('last_name')} {row.raw('birth_name')}" for row in draft.rows)
        title = draft.value(f.TITLE) or ""
        taught_outside = not draft.value(f.INTERNAL)
        idcc = draft.value(f.IDCC) or ""
        asked = rules.amount_asked(draft)
        return Heading(title, starts, ends, len(draft.rows), asked, names, has_provider=taught_outside, idcc=idcc)

    def summary(self, draft: DraftView) -> list[SummarySection]:
        return [_employer(draft), _provider(draft), _training(draft), *_people(draft), _pieces(draft), _closing(draft)]

    def snapshot(self, draft: DraftView) -> dict[str, Any]:
        """What has legal force, in words and raw values, without any NIR."""
        return {
            "sections": [_section_as_dict(section) for section in self.summary(draft)],
            "trainees": self.people(draft),
            "siret": draft.employer.siret,
            "provider_siret": draft.provider.siret if draft.provider else "",
        }

    def people(self, draft: DraftView) -> list[dict[str, str]]:
        return [_person(row) for row in draft.rows]

    def attested(self, draft: DraftView) -> str:
        points = [in_opco_words(f.ATTEST.label), *(f"- {point}" for point in attested_points(draft))]
        return "\n".join([f"Déclaré {draft.paper.declared}." if draft.paper else "", *points]).strip()

    def materialise(self, dossier: Dossier, draft: DraftView) -> None:
        write_rows(dossier, draft)


def in_opco_words(text: str) -> str:
    """A sentence of the form, with this OPCO's name in it."""
    return text.replace("{opco}", opco.identity().name) if "{opco}" in text else text


def attested_points(draft: DraftView) -> list[str]:
    """What the employer attests, with this OPCO's name and its delay to tell of a change."""
    days = draft.parameters.get("change_notice_days", 8)
    delay = f"{days} jour{'s' if days > 1 else ''}"
    return [in_opco_words(point).replace("{delay}", delay) for point in f.ATTESTED_POINTS]


def _line(spec: FieldSpec, draft: DraftView) -> SummaryLine:
    return SummaryLine(in_opco_words(spec.label), spec.shown(draft.value(spec)), spec.name)


def _lines(specs: tuple[FieldSpec, ...], draft: DraftView) -> tuple[SummaryLine, ...]:
    return tuple(_line(spec, draft) for spec in specs if draft.applies(spec))


def _employer(draft: DraftView) -> SummarySection:
    employer = draft.employer
    known = (
        SummaryLine("Nom et prénom ou dénomination", employer.name),
        SummaryLine("SIRET", format_siret(employer.siret)),
        SummaryLine("Adresse", f"{employer.address}, {employer.postal_code} {employer.city}".strip(", ")),
        SummaryLine("Code NACE", format_naf(employer.naf) if employer.naf else ""),
    )
    return SummarySection("L'Employeur", rules.EMPLOYER, (*known, *_lines(f.EMPLOYER_FIELDS, draft)))


def _provider(draft: DraftView) -> SummarySection:
    title = "Organisme de formation"
    if draft.value(f.INTERNAL):
        return SummarySection(title, rules.TRAINING, (SummaryLine("Formation interne", "Oui", "internal"),))
    provider = draft.provider
    lines = (
        SummaryLine("Raison sociale", provider.name if provider else "", "provider"),
        SummaryLine("SIRET", format_siret(provider.siret) if provider else ""),
        SummaryLine("N° de déclaration d'activité", provider.nda if provider else ""),
    )
    return SummarySection(title, rules.TRAINING, lines)


def _training(draft: DraftView) -> SummarySection:
    shown = [spec for spec in f.TRAINING_FIELDS if spec not in f.ANCILLARY and spec is not f.INTERNAL]
    costs = [spec for spec in f.ANCILLARY if draft.raw(spec.name).strip()]
    return SummarySection("La Formation", rules.TRAINING, _lines((*shown, *costs), draft))


def _people(draft: DraftView) -> list[SummarySection]:
    return [_trainee(row) for row in draft.rows]


def _trainee(row: RowView) -> SummarySection:
    reason = f.NIR_ABSENT_REASON.shown(row.raw("nir_absent_reason"))
    given = row.nir_mask or "Renseigné par un collègue"
    lines = [SummaryLine("NIR", given if row.has_nir else reason, "nir", row.key)]
    for spec in f.TRAINEE_FIELDS:
        if spec not in (f.NIR, f.NIR_ABSENT_REASON):
            lines.append(SummaryLine(spec.label, row.shown(spec), spec.name, row.key))
    return SummarySection(f"Stagiaire : {rules.name_of(row)}", rules.TRAINEES, tuple(lines), row.key)


def _pieces(draft: DraftView) -> SummarySection:
    lines = [
        SummaryLine(label, ", ".join(piece.name for piece in draft.pieces_in(zone)), f"zone-{zone}")
        for zone, label in Zone.choices
    ]
    return SummarySection("Les pièces jointes", rules.PIECES, tuple(lines))


def _closing(draft: DraftView) -> SummarySection:
    told = (SummaryLine("Déclarations faites", draft.paper.declared),) if draft.paper else ()
    return SummarySection("Synthèse", rules.SUMMARY, (*told, *_lines(f.CLOSING_FIELDS, draft)))


def _section_as_dict(section: SummarySection) -> dict[str, Any]:
    lines = [
        {"label": line.label, "value": line.value, "name": line.target}
        for line in section.lines
        if line.target != "nir"
    ]
    return {"title": section.title, "lines": lines}


def _person(row: RowView) -> dict[str, str]:
    born = row.reading(f.BIRTH_DATE).value
    return {
        "row": row.key,
        "folded_name": fold(f"{row.raw('last_name')} {row.raw('first_name')}"),
        "birth_date": born.isoformat() if born else "",
    }


TRAINING_ACTION = TrainingActionKind()
