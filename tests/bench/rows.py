"""Invented requests by the hundred thousand: the same ones for the same number, in a mix like a real OPCO's.

2 % are drafts, 5 % are open, the rest is over; one employer has up to 5,000 of them."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from openopco.dossiers.enums import CLOSED_STATES, DECIDED_STATES, OPEN_STATES, State
from openopco.dossiers.models import NO_DUE_DATE
from openopco.kernel.calendar import add_months
from openopco.kernel.text import fold

LARGEST_EMPLOYER = 5000
COLUMNS = [
    "id",
    "key",
    "number",
    "kind",
    "state",
    "waiting_for",
    "is_open",
    "unconfirmed",
    "version",
    "establishment_id",
    "employer_name",
    "provider_id",
    "provider_name",
    "title",
    "starts_on",
    "ends_on",
    "trainee_count",
    "amount_asked",
    "amount_granted",
    "created_by_id",
    "filed_by_id",
    "holder_id",
    "decided_by_id",
    "created_at",
    "updated_at",
    "sent_at",
    "decided_at",
    "due_on",
    "search",
    "idcc",
    "region",
]
# Out of a thousand.
MIX = (
    (State.BROUILLON, 20),
    (State.TRANSMISE, 20),
    (State.EN_INSTRUCTION, 20),
    (State.COMPLEMENT_DEMANDE, 10),
    (State.ACCORDEE, 730),
    (State.REFUSEE, 80),
    (State.SANS_SUITE, 30),
    (State.ANNULEE, 40),
    (State.CADUQUE, 50),
)
SUBJECTS = (
    "Contrôle technique",
    "Habilitation électrique",
    "Conduite économique",
    "Soudure à l'arc",
    "Carrosserie et peinture",
    "Accueil des clients",
    "Climatisation automobile",
    "Sécurité au poste de travail",
    "Diagnostic embarqué",
    "Management d'équipe",
    "Comptabilité de l'atelier",
    "Anglais professionnel",
    "Gestes et postures",
    "Pneumatiques poids lourd",
    "Vente de véhicules d'occasion",
)
# One request in fifty is of a small branch.
BRANCHES = ("1090",) * 49 + ("0016",)
LEVELS = ("initiation", "perfectionnement", "mise à jour", "recyclage", "niveau avancé", "bases")
FIRST_NAMES = [
    "Anaïs",
    "Bruno",
    "Chloé",
    "Djibril",
    "Élodie",
    "François",
    "Gaëlle",
    "Hugo",
    "Inès",
    "Jérôme",
    "Karima",
    "Loïc",
    "Maëva",
    "Noël",
    "Océane",
]
LAST_NAMES = [
    "Martin",
    "Bernard",
    "Dubois",
    "Müller",
    "Petit",
    "Durand",
    "Leroy",
    "Moreau",
    "Lefèvre",
    "Garcia",
    "Schmitt",
    "Fournier",
    "Da-Silva",
    "Lambert",
    "Fontaine",
    "N'Guyen",
    "Rousseau",
    "Kessler",
    "Traoré",
    "Haddad",
    "Blanchard",
    "Guérin",
    "Weber",
    "Œuvrard",
    "Vautrin",
]


@dataclass(frozen=True, slots=True)
class Place:
    """An establishment, or a provider, and who files for it."""

    pk: int
    name: str
    folded: str
    user_id: int = 0


@dataclass(frozen=True, slots=True)
class World:
    """Whom the requests are between."""

    places: tuple[Place, ...]
    providers: tuple[Place, ...]
    officers: tuple[int, ...]


def dossiers(count: int, world: World, now: datetime) -> Iterator[tuple[Any, ...]]:
    """`count` rows in the order of COLUMNS. The first place is the largest employer."""
    chance = random.Random(20_261_123)
    states = [state for state, weight in MIX for _ in range(weight)]
    titles = [(f"{subject} : {level}", fold(f"{subject} {level}")) for subject in SUBJECTS for level in LEVELS]
    folded = [fold(f"{first} {last}") for first in FIRST_NAMES for last in LAST_NAMES]
    large = min(LARGEST_EMPLOYER, count // 2)
    step = count // large
    for rank in range(1, count + 1):
        is_large = rank % step == 0 and rank // step <= large
        place = world.places[0] if is_large else chance.choice(world.places[1:])
        row = _Row(rank, count, chance, chance.choice(states), now)
        yield row.columns(place, chance.choice(world.providers), world.officers, chance.choice(titles), folded)


class _Row:
    """One request. The higher its rank, the later it was sent."""

    def __init__(self, rank: int, count: int, chance: random.Random, state: State, now: datetime) -> None:
        self.rank, self.chance, self.state = rank, chance, state
        is_live = state in OPEN_STATES or state is State.BROUILLON
        days = chance.uniform(0.5, 40) if is_live else 40 + 1000 * (1 - rank / count) + chance.uniform(0, 20)
        self.sent = (now - timedelta(days=days)).replace(microsecond=0)

    def columns(
        self,
        place: Place,
        provider: Place,
        officers: tuple[int, ...],
        title: tuple[str, str],
        folded: list[str],
    ) -> tuple[Any, ...]:
        chance, state, sent = self.chance, self.state, self.sent
        is_draft = state is State.BROUILLON
        number = None if is_draft else f"AF-{sent.year}-{self.rank:07d}"
        starts = (sent + timedelta(days=chance.randint(15, 90))).date()
        ends = starts + timedelta(days=chance.randint(0, 4))
        asked = chance.randint(150, 4000) * 100
        granted = chance.randint(asked // 2, asked) if state in (State.ACCORDEE, State.CADUQUE) else None
        decided = state in DECIDED_STATES or state is State.CADUQUE
        held = decided or state in (State.EN_INSTRUCTION, State.COMPLEMENT_DEMANDE)
        officer = chance.choice(officers) if held else None
        moved = sent + timedelta(days=chance.uniform(0, 0.4) if state in OPEN_STATES else chance.uniform(2, 30))
        moved = sent if is_draft else moved
        people = [chance.choice(folded) for _ in range(chance.randint(1, 3))]
        words = [fold(number)] if number else []
        return (
            self.rank,
            uuid.UUID(int=chance.getrandbits(128), version=4).hex,
            number,
            "AF",
            state.value,
            _awaited(state),
            state in OPEN_STATES,
            False,
            0 if is_draft else 5,
            place.pk,
            place.name,
            provider.pk,
            provider.name,
            title[0],
            starts,
            ends,
            len(people),
            asked,
            granted,
            place.user_id,
            None if is_draft else place.user_id,
            officer,
            officer if decided else None,
            sent - timedelta(days=1),
            moved,
            None if is_draft else sent,
            moved if decided else None,
            _due(state, sent.date(), ends),
            " ".join(dict.fromkeys(" ".join([*words, title[1], place.folded, provider.folded, *people]).split())),
            BRANCHES[self.rank % len(BRANCHES)],
            ("44", "27", "11")[self.rank % 3],
        )


def _due(state: State, sent: date, ends: date) -> date:
    """By when the OPCO means to answer; by when the payment of an agreement is to be asked."""
    if state in (State.ACCORDEE, State.CADUQUE):
        return add_months(ends, 4)
    return sent + timedelta(days=20) if state in OPEN_STATES else NO_DUE_DATE


def _awaited(state: State) -> str:
    if state in (State.BROUILLON, State.COMPLEMENT_DEMANDE):
        return "employeur"
    return "personne" if state in CLOSED_STATES | {State.ACCORDEE} else "opco"
