"""What an action de formation needs, and what is odd in one. Pure: the draft brings the day and the dated parameters."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from openopco.dossiers.draft import DraftView, Missing, RowView, Warning_
from openopco.dossiers.fields import FieldSpec, Reading
from openopco.kernel.calendar import add_calendar_days, format_date
from openopco.kernel.money import format_euros, format_hours
from openopco.opco.defaults import Version
from openopco.reference.queries import whole_words
from openopco.training import fields as f
from openopco.training.enums import AncillaryCost, Zone

EMPLOYER, TRAINING, TRAINEES, PIECES, SUMMARY = "employeur", "formation", "stagiaires", "pieces", "synthese"
LONGEST_DAY = 12
YOUNGEST, OLDEST = 14, 100
SHORTEST = Decimal(1) / 60
EARLIEST = date(2000, 1, 1)
OLDEST_DATED = timedelta(days=366)
_PIECE_WORDS = {
    Zone.PROGRAMME: "le programme de l'action",
    Zone.BILAN: "la convention tripartite du bilan de compétences",
    Zone.VAE: "la convention de VAE",
    Zone.DIVERS: "un document",
}


def missing(draft: DraftView) -> list[Missing]:
    """« Ce qui manque » in the order of the steps: empty or unreadable fields, then what the whole must respect."""
    return [
        *_fields(draft, EMPLOYER, f.EMPLOYER_FIELDS),
        *_provider(draft),
        *_fields(draft, TRAINING, f.TRAINING_FIELDS),
        *_training(draft),
        *_trainees(draft),
        *_pieces(draft),
        *_fields(draft, SUMMARY, f.CLOSING_FIELDS),
        *_closing(draft),
    ]


def errors(draft: DraftView) -> list[Missing]:
    """Of what is missing, only what was typed and is wrong: shown as one types, while the empty waits."""
    return [line for line in missing(draft) if _was_typed(draft, line)]


def _was_typed(draft: DraftView, line: Missing) -> bool:
    if not line.target:
        return False
    row = draft.row(line.row) if line.row else None
    return bool((row.raw(line.target) if row else draft.raw(line.target)).strip())


# --- what is missing -------------------------------------------------------------------------------------------------


def _fields(draft: DraftView, step: str, specs: tuple[FieldSpec, ...]) -> Iterator[Missing]:
    for spec in specs:
        if draft.applies(spec):
            yield from _field(spec, draft.reading(spec), step)


def _field(spec: FieldSpec, reading: Reading, step: str, row: str = "", whose: str = "") -> Iterator[Missing]:
    if reading.error:
        yield Missing(step, spec.name, f"Corriger « {spec.label} »{whose}", reading.error, row)
    elif spec.required and (not reading.is_filled or reading.value is False):
        yield Missing(step, spec.name, f"{spec.task}{whose}", as_request(spec.task), row)


def as_request(task: str) -> str:
    """« Indiquer le nom » as one asks it of somebody: « Indiquez le nom. »"""
    verb, _, rest = task.partition(" ")
    stem = "Choisiss" if verb == "Choisir" else "Saisiss" if verb == "Saisir" else verb.removesuffix("er")
    return f"{stem}ez {rest}."


def _provider(draft: DraftView) -> Iterator[Missing]:
    if draft.provider is None and not draft.value(f.INTERNAL):
        message = "Sélectionnez ou créez l'organisme de formation, ou cochez « Formation interne »."
        yield Missing(TRAINING, "provider", "Choisir l'organisme de formation", message)
    elif draft.provider is not None and draft.provider.status != "ACTIF" and not draft.value(f.INTERNAL):
        message = f"{draft.provider.name} n'est plus actif : choisissez un autre organisme."
        yield Missing(TRAINING, "provider", "Choisir un autre organisme de formation", message)


def _training(draft: DraftView) -> Iterator[Missing]:
    starts, ends = draft.value(f.STARTS_ON), draft.value(f.ENDS_ON)
    if starts and ends and ends < starts:
        message = f"La fin ({format_date(ends)}) précède le début ({format_date(starts)})."
        yield Missing(TRAINING, "ends_on", "Corriger la date de fin", message)
    if starts and starts < EARLIEST:
        message = f"Cette date n'est pas vraisemblable ({format_date(starts)}) : vérifiez l'année."
        yield Missing(TRAINING, "starts_on", "Corriger la date de début", message)
    hours = draft.value(f.HOURS)
    least = Decimal(str(draft.parameters.get("min_hours", 0)))
    if hours is not None and (hours < least or hours <= 0):
        message = f"Une formation dure au moins {format_hours(max(least, SHORTEST))} pour être prise en charge."
        yield Missing(TRAINING, "hours", "Corriger la durée", message)
    code, city = draft.raw("place_postal_code").strip(), draft.raw("place_city").strip()
    if bool(code) != bool(city):
        target = "place_city" if code else "place_postal_code"
        yield Missing(TRAINING, target, "Compléter le lieu de formation", "Indiquez le code postal et la ville.")
    yield from _ancillary(draft)


def _ancillary(draft: DraftView) -> Iterator[Missing]:
    for cost in AncillaryCost:
        quantity, amount = (draft.raw(f"{cost.value}_{part}").strip() for part in ("quantity", "amount"))
        if bool(quantity) != bool(amount):
            target = f"{cost.value}_{'amount' if quantity else 'quantity'}"
            message = f"Indiquez la quantité et le montant ({cost.label.lower()}), ou videz les deux."
            yield Missing(TRAINING, target, f"Compléter les frais annexes : {cost.label.lower()}", message)


def _trainees(draft: DraftView) -> Iterator[Missing]:
    if not draft.rows:
        yield Missing(TRAINEES, "", "Ajouter au moins un stagiaire", "Ajoutez au moins un stagiaire.")
    most = int(draft.parameters.get("max_trainees", 0))
    if most and len(draft.rows) > most:
        message = f"Une demande compte {most} stagiaires au plus : répartissez-les sur plusieurs demandes."
        yield Missing(TRAINEES, "", f"Retirer des stagiaires ({most} au plus)", message)
    for row in draft.rows:
        yield from missing_of_trainee(draft, row)
    yield from _same_nir(draft)


def _same_nir(draft: DraftView) -> Iterator[Missing]:
    seen: dict[int, RowView] = {}
    for row in draft.rows:
        first = seen.setdefault(row.nir_id, row) if row.nir_id else row
        if first is not row:
            message = f"Ce NIR est aussi celui de {name_of(first)} : vérifiez les deux."
            yield Missing(TRAINEES, "nir", f"Corriger le NIR ({name_of(row)})", message, row.key)


def missing_of_trainee(draft: DraftView, row: RowView) -> Iterator[Missing]:
    """What one trainee lacks."""
    whose = f" ({name_of(row)})"
    if draft.parameters.get("nir_required", True) and not row.has_nir and not row.raw("nir_absent_reason").strip():
        message = "Saisissez le NIR, ou dites pourquoi il n'y en a pas."
        yield Missing(TRAINEES, "nir", f"Saisir le NIR{whose}", message, row.key)
    for spec in f.TRAINEE_FIELDS:
        if spec.kind != "nir":
            yield from _field(spec, row.reading(spec), TRAINEES, row.key, whose)
    born = row.reading(f.BIRTH_DATE).value
    if born and not YOUNGEST <= _age(born, draft.today) <= OLDEST:
        message = "Cette date de naissance ne peut pas être celle d'un salarié : vérifiez l'année."
        yield Missing(TRAINEES, "birth_date", f"Corriger la date de naissance{whose}", message, row.key)


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def name_of(row: RowView) -> str:
    """« Prénom Nom », or the trainee's rank while he has no name."""
    name = f"{row.raw('first_name').strip()} {row.raw('last_name').strip()}".strip()
    return name or f"stagiaire {row.position}"


def _pieces(draft: DraftView) -> Iterator[Missing]:
    for zone in required_zones(draft):
        if not any(piece.is_usable for piece in draft.pieces_in(zone)):
            words = _PIECE_WORDS[Zone(zone)]
            yield Missing(PIECES, f"zone-{zone}", f"Joindre {words}", f"Joignez {words}.")


def required_zones(draft: DraftView) -> tuple[str, ...]:
    """The zones that must hold a piece for the nature chosen: dated data."""
    required: dict[str, list[str]] = draft.parameters.get("required_pieces", {})
    return tuple(required.get(draft.value(f.NATURE) or "", ()))


def _closing(draft: DraftView) -> Iterator[Missing]:
    done = draft.value(f.DONE_ON)
    if done and done > draft.today:
        yield Missing(
            SUMMARY, "done_on", "Corriger la date de la demande", "Cette date est dans l'avenir : mettez celle du jour."
        )
    # From the day it starts where that is past: what was sent long ago is not dated anew to answer a correction.
    elif done and done < min(draft.today, draft.value(f.STARTS_ON) or draft.today) - OLDEST_DATED:
        message = "Cette date a plus d'un an : vérifiez l'année."
        yield Missing(SUMMARY, "done_on", "Corriger la date de la demande", message)


# --- what is odd -----------------------------------------------------------------------------------------------------


def warnings(draft: DraftView) -> list[Warning_]:
    """What deserves a second look and forbids nothing."""
    rules: tuple[Callable[[DraftView], Iterator[Warning_]], ...] = (
        _already_started,
        _answered_after_start,
        _sent_out_of_time,
        _too_many_hours,
        _free,
        _hourly_cost,
        _twins_inside,
        _twins_outside,
        _nir_against_identity,
        _cities,
    )
    return [warning for rule in rules for warning in rule(draft)]


def _already_started(draft: DraftView) -> Iterator[Warning_]:
    starts = draft.value(f.STARTS_ON)
    # Not a year mistyped, nor what can't be sent any more: those say so themselves.
    if not starts or not EARLIEST <= starts < draft.today or closed(draft):
        return
    limit = None if draft.paper else last_submission(draft)
    until = f" Elle peut encore être envoyée jusqu'au {format_date(limit)}." if limit else ""
    message = (
        f"La formation a déjà commencé ({format_date(starts)}) : une demande se fait d'ordinaire avant le début, celle-ci "
        f"pourrait être refusée.{until}"
    )
    yield Warning_(TRAINING, "starts_on", message)


def _answered_after_start(draft: DraftView) -> Iterator[Warning_]:
    starts, days = draft.value(f.STARTS_ON), draft.parameters.get("answer_target_days")
    if not starts or not days or starts < draft.today:
        return
    answer = add_calendar_days(draft.today, days)
    if starts < answer:
        message = (
            f"La formation commence le {format_date(starts)}, avant la réponse que nous visons ({format_date(answer)}) : "
            "elle peut commencer sans que la prise en charge soit décidée."
        )
        yield Warning_(TRAINING, "starts_on", message)


def last_submission(draft: DraftView) -> date | None:
    """The last day to send the request: by the day the training starts, whose criteria apply to it. None without limit."""
    starts = draft.value(f.STARTS_ON)
    return _last_day_for(starts, draft.parameters.get("last_submission", ())) if starts else None


def first_submission(draft: DraftView) -> date | None:
    """The first day to send the request, by the day the training starts. None where it has always been open."""
    starts = draft.value(f.STARTS_ON)
    return _first_day_for(starts, draft) if starts else None


def _first_day_for(starts: date, draft: DraftView) -> date | None:
    first = _in_force(draft.parameters.get("first_submission", ()), starts)
    return date.fromisoformat(first) if first else None


def _in_force(versions: Sequence[Version], starts: date) -> Any:
    known = [each for each in versions if each.since <= starts]
    return known[-1].value if known else None


def _last_day_for(starts: date, versions: Sequence[Version]) -> date | None:
    limits = _in_force(versions, starts)
    if limits is None:
        return None
    is_late = starts >= date.fromisoformat(limits["late_from"])
    return date.fromisoformat(limits["late_last_day" if is_late else "last_day"])


def _arrived(draft: DraftView) -> date:
    """One that came on paper counts from the day it was received."""
    return draft.paper.received_on if draft.paper else draft.today


def closed(draft: DraftView) -> str:
    """Why the request may not be sent: it comes before the first day, or after the last; empty while it may."""
    return too_early(draft) or too_late(draft)


def too_early(draft: DraftView) -> str:
    """From which day it may be sent; empty once it may."""
    first = first_submission(draft)
    if first is None or _arrived(draft) >= first:
        return ""
    starts = format_date(draft.value(f.STARTS_ON))
    if draft.paper:
        return (
            f"Pour une formation qui commence le {starts}, les demandes s'ouvrent le {format_date(first)} : reçue avant, "
            "elle ne peut pas être envoyée. Le brouillon est gardé."
        )
    return (
        f"Pour une formation qui commence le {starts}, les demandes s'ouvrent le {format_date(first)} : vous pourrez "
        "l'envoyer à partir de ce jour. D'ici là, préparez-la : le brouillon est gardé."
    )


def too_late(draft: DraftView) -> str:
    """Why it comes after the last day, and which trainings may still be asked for; empty before it."""
    limit, arrived = last_submission(draft), _arrived(draft)
    if limit is None or arrived <= limit:
        return ""
    starts = format_date(draft.value(f.STARTS_ON))
    came = "reçue" if draft.paper else "envoyée"
    told = (
        f"Pour une formation qui commence le {starts}, la demande devait être {came} au plus tard le {format_date(limit)} : "
        "elle ne peut plus être envoyée. Le brouillon est gardé."
    )
    return f"{told} {_still_open(draft, arrived)}".strip()


def _still_open(draft: DraftView, arrived: date) -> str:
    """From which later start a request may be sent: the late starts of the same criteria, or those of the next."""
    versions, starts = draft.parameters.get("last_submission", ()), draft.value(f.STARTS_ON)
    late = [date.fromisoformat(each.value["late_from"]) for each in versions if each.value]
    for day in sorted({each.since for each in versions} | set(late)):
        limit = _last_day_for(day, versions)
        first = _first_day_for(day, draft)
        if day > starts and (limit is None or arrived <= limit) and (first is None or first <= arrived):
            until = f", jusqu'au {format_date(limit)}" if limit else ""
            return f"Les demandes sont ouvertes pour une formation qui commence à partir du {format_date(day)}{until}."
    return ""


def _sent_out_of_time(draft: DraftView) -> Iterator[Warning_]:
    if message := closed(draft):
        yield Warning_(TRAINING, "starts_on", message)


def _free(draft: DraftView) -> Iterator[Warning_]:
    if draft.value(f.COST) == 0:
        yield Warning_(TRAINING, "cost", "Le coût pédagogique est de 0 € : vérifiez-le.")


def amount_asked(draft: DraftView) -> Decimal | None:
    """Euros HT of all that is asked: the course and the frais annexes; None while the course has no cost."""
    cost: Decimal | None = draft.value(f.COST)
    return None if cost is None else cost + ancillary_total(draft)


def ancillary_total(draft: DraftView) -> Decimal:
    """Euros HT of frais annexes, for all trainees."""
    amounts = (draft.value(spec) for spec in f.ANCILLARY if spec.kind == "amount")
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _too_many_hours(draft: DraftView) -> Iterator[Warning_]:
    starts, ends, hours = (draft.value(spec) for spec in (f.STARTS_ON, f.ENDS_ON, f.HOURS))
    if not (starts and ends and hours) or ends < starts:
        return
    days = (ends - starts).days + 1
    if hours > days * LONGEST_DAY:
        message = f"{format_hours(hours)} en {days} jour{'s' if days > 1 else ''} : vérifiez les dates ou la durée."
        yield Warning_(TRAINING, "hours", message)


def hourly_cost(draft: DraftView) -> Decimal | None:
    """Euros HT per hour and trainee, or None while something is unknown."""
    cost, hours = draft.value(f.COST), draft.value(f.HOURS)
    if not cost or not hours or not draft.rows:
        return None
    return Decimal(cost / (hours * len(draft.rows))).quantize(Decimal("0.01"))


def _hourly_cost(draft: DraftView) -> Iterator[Warning_]:
    hourly = hourly_cost(draft)
    low, high = (Decimal(str(draft.parameters.get(f"hourly_cost_{side}", 0))) for side in ("low", "high"))
    if hourly is None or low <= hourly <= (high or hourly):
        return
    side = "bas" if hourly < low else "élevé"
    message = f"{format_euros(hourly)} par heure et par stagiaire, c'est inhabituellement {side} : vérifiez le coût et la durée."
    yield Warning_(TRAINING, "cost", message)


def _twins_inside(draft: DraftView) -> Iterator[Warning_]:
    seen: dict[tuple[str, str], str] = {}
    for row in draft.rows:
        person = (name_of(row).casefold(), row.raw("birth_date").strip())
        if person in seen and row.raw("last_name").strip():
            yield Warning_(TRAINEES, "", f"{name_of(row)} figure deux fois dans la demande.", row.key)
        seen[person] = row.key


def _twins_outside(draft: DraftView) -> Iterator[Warning_]:
    if draft.twins:
        message = f"Un des stagiaires est déjà dans une demande aux mêmes dates : {', '.join(draft.twins)}."
        yield Warning_(TRAINEES, "", message)


def _nir_against_identity(draft: DraftView) -> Iterator[Warning_]:
    for row in draft.rows:
        for message in row.nir_warnings:
            yield Warning_(TRAINEES, "nir", f"{name_of(row)} : {message}", row.key)


def _cities(draft: DraftView) -> Iterator[Warning_]:
    if message := _city_elsewhere(draft, draft.raw("place_postal_code"), draft.raw("place_city")):
        yield Warning_(TRAINING, "place_city", message[0].upper() + message[1:])
    for row in draft.rows:
        if message := _city_elsewhere(draft, row.raw("postal_code"), row.raw("city")):
            yield Warning_(TRAINEES, "city", f"{name_of(row)} : {message}", row.key)


def _city_elsewhere(draft: DraftView, code: str, city: str) -> str:
    """What to say of a city that is none of its postal code's; nothing while the code's communes are not known (a CEDEX)."""
    communes = draft.communes.get(code.strip(), ())
    if not city.strip() or not communes or any(is_same_place(city, commune) for commune in communes):
        return ""
    known = " ou ".join(communes[:2]) if len(communes) < 3 else f"{communes[0]} et {len(communes) - 1} autres communes"
    return f"le code postal {code.strip()} est celui de {known}, pas de {city.strip()} : vérifiez les deux."


def is_same_place(typed: str, commune: str) -> bool:
    """Whether somebody who typed a city means that commune: « ST-LOUIS », « Mulhouse Cedex », « Paris 12e » are good enough."""
    given, known = whole_words(typed), whole_words(commune)
    return given.startswith(known) or known.startswith(given)
