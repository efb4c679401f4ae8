"""What a payee typed of a claim, read whole: its values, what is wrong field by field, what is missing. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, TypeVar

from openopco.billing.certificates import Attested, Stage
from openopco.billing.certificates import faults as faults_of_certificate
from openopco.billing.einvoice.keeping import from_json
from openopco.billing.einvoice.model import ElectronicInvoice, Kind, Party, Period, References, Totals
from openopco.billing.issuing import SERIES, Service
from openopco.billing.rules import minutes_of
from openopco.funding.enums import Base, Payee
from openopco.kernel.calendar import format_date, parse_date
from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import siren_of
from openopco.kernel.money import format_hours, parse_amount, parse_hours
from openopco.kernel.nir import find_nir
from openopco.kernel.text import clean_line

T = TypeVar("T")
ZERO: Final = Decimal(0)
HUNDREDTH, MILLIONTH = Decimal("0.01"), Decimal("0.000001")
# Zones of the claim's documents.
INVOICE, CERTIFICATES, PAYMENT, EXPENSES = "facture", "certificats", "paiement", "frais"
# The credit notes of an invoice that is not the portal's: joined with what they say, and not to a draft.
CREDIT_NOTE = "avoir"
DEPOSITED, GENERATED = "deposer", "generer"
A_YEAR: Final = timedelta(days=366)
LONGEST_NUMBER, LONGEST_NAME, MOST_NAMED = 60, 120, 3
ABSENT: Final = ("0", "0h", "absent", "absente")


@dataclass(frozen=True, slots=True)
class Trainee:
    row: str
    name: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a claim leans on: the agreement as it stands. `bases`: the expenses engaged for this payee; `minutes` per
    trainee; `cost`: the whole pedagogic cost, HT; `billed` (minutes) and `billed_net`: what standing invoices of the provider
    bill already; `may_generate`: the provider's billing mandate is in force."""

    dossier: str
    payee: Payee
    provider: str
    provider_siret: str
    provider_nda: str
    employer: str
    employer_siret: str
    title: str
    nature: str
    internal: bool
    starts_on: date
    ends_on: date
    minutes: int
    trainees: tuple[Trainee, ...]
    bases: tuple[Base, ...]
    left: Mapping[Base, Decimal]
    cost: Decimal
    billed: int = 0
    billed_net: Decimal = ZERO
    needs_payment_proof: bool = False
    may_generate: bool = False

    @property
    def needs_invoice(self) -> bool:
        """A provider was paid, or is to be: what it bills is read from its invoice."""
        return not self.internal and Base.PEDAGOGIQUE in self.bases

    @property
    def typed_bases(self) -> tuple[Base, ...]:
        """The expenses that are keyed, on their proof."""
        return tuple(base for base in self.bases if not (self.needs_invoice and base is Base.PEDAGOGIQUE))

    @property
    def hours_each(self) -> Decimal:
        """Hours of the agreement, per trainee."""
        return Decimal(self.minutes) / 60

    @property
    def planned(self) -> int:
        """Minutes, all trainees together."""
        return self.minutes * len(self.trainees)


@dataclass(frozen=True, slots=True)
class Read:
    """A draft as it reads. `errors` by field, `missing` by field as well: sentences. `minutes` by row, 0 for an absentee.
    `electronic`: the data of the file deposited, where a program could read it."""

    errors: Mapping[str, str]
    missing: Mapping[str, str]
    mode: str
    electronic: ElectronicInvoice | None
    number: str
    issued_on: date | None
    net: Decimal | None
    vat: Decimal
    starts_on: date
    ends_on: date
    minutes: Mapping[str, int]
    amounts: Mapping[Base, Decimal]
    signatory: str
    signatory_role: str
    is_final: bool

    @property
    def is_made(self) -> bool:
        """Whether the portal makes the invoice."""
        return self.mode == GENERATED

    @property
    def is_whole(self) -> bool:
        return not self.errors and not self.missing

    @property
    def followed(self) -> int:
        return sum(self.minutes.values())

    def asked(self, agreed: Agreed) -> dict[Base, Decimal]:
        """Euros HT, by expense; none of zero."""
        told = dict(self.amounts)
        if agreed.needs_invoice and self.net:
            told[Base.PEDAGOGIQUE] = self.net
        return {base: told[base] for base in agreed.bases if told.get(base)}


class _Reader:
    """Reads fields one by one, keeping what is wrong of each."""

    def __init__(self, typed: Mapping[str, Any]) -> None:
        self.typed, self.errors = typed, dict[str, str]()
        self.missing = dict[str, str]()

    def raw(self, name: str) -> str:
        return clean_line(str(self.typed.get(name) or ""))

    def value(self, name: str, parse: Callable[[str], T], absent: str = "") -> T | None:
        """None where nothing, or nothing readable, was typed; `absent`: it is needed."""
        raw = self.raw(name)
        if not raw:
            if absent:
                self.missing[name] = absent
            return None
        try:
            return parse(raw)
        except InvalidValue as error:
            self.errors[name] = error.message
            return None

    def words(self, name: str, most: int, absent: str = "") -> str:
        raw = self.raw(name)
        if not raw and absent:
            self.missing[name] = absent
        if len(raw) > most:
            self.errors[name] = f"{most} caractères au plus."
        elif raw and find_nir(raw):
            self.errors[name] = "N'écrivez pas de numéro de sécurité sociale ici."
        return raw


def read(typed: Mapping[str, Any], agreed: Agreed, zones: Mapping[str, int], today: date) -> Read:
    """`zones`: how many usable files each zone has. `today`: the day in Paris."""
    reader = _Reader(typed)
    mode = GENERATED if agreed.may_generate and reader.raw("mode") == GENERATED else DEPOSITED
    is_generated = agreed.needs_invoice and mode == GENERATED
    electronic = _electronic(typed) if agreed.needs_invoice and not is_generated else None
    minutes = _minutes(reader, agreed)
    starts_on, ends_on = _period(reader, agreed, today)
    signs = is_generated or reader.raw("certified") == "en_ligne"
    if agreed.needs_invoice and not is_generated:
        number, issued_on, net, vat = _invoice(reader, electronic, agreed, today)
    else:
        number, issued_on, vat = "", today, ZERO
        net = _share_of_cost(agreed, minutes) if is_generated else None
    signatory, role = _signed(reader, agreed, signs=signs and agreed.payee is Payee.ORGANISME)
    found = Read(
        errors=reader.errors,
        missing=reader.missing,
        mode=mode,
        electronic=electronic,
        number=number,
        issued_on=issued_on,
        net=net,
        vat=vat,
        starts_on=starts_on,
        ends_on=ends_on,
        minutes=minutes,
        amounts=_amounts(reader, agreed),
        signatory=signatory,
        signatory_role=role,
        is_final=reader.raw("is_final") != "non",
    )
    _want(reader, found, agreed, zones, is_generated=is_generated)
    _gather_hours(reader, agreed)
    return found


# --- part by part ----------------------------------------------------------------------------------------------------


def _electronic(typed: Mapping[str, Any]) -> ElectronicInvoice | None:
    content = typed.get("content")
    return from_json(content) if content else None


def _invoice(
    reader: _Reader, electronic: ElectronicInvoice | None, agreed: Agreed, today: date
) -> tuple[str, date | None, Decimal | None, Decimal]:
    if electronic is not None:
        totals = electronic.totals
        return electronic.number, electronic.issued_on, totals.without_vat, totals.vat
    number = reader.words("number", LONGEST_NUMBER, "Indiquez le numéro de la facture.")
    issued_on = reader.value("issued_on", parse_date, "Indiquez la date de la facture.")
    if SERIES.fullmatch("".join(number.split())):
        reader.errors["number"] = (
            "Cette forme de numéro est celle des factures établies ici : indiquez celui de l'organisme."
        )
    if issued_on and issued_on > today:
        reader.errors["issued_on"] = f"Le {format_date(issued_on)} n'est pas encore venu."
    elif issued_on and issued_on < agreed.starts_on - A_YEAR:
        reader.errors["issued_on"] = "Cette facture date de plus d'un an avant la formation : vérifiez l'année."
    net = reader.value("net", parse_amount, "Indiquez le montant hors taxe de la facture.")
    if net is not None and net == 0:
        reader.errors["net"] = "Une facture de 0,00 € ne se règle pas."
    vat = reader.value("vat", parse_amount) or ZERO
    if net and vat > net:
        reader.errors["vat"] = "La TVA dépasse le montant hors taxe : vérifiez les deux."
    return number, issued_on, net, vat


def _share_of_cost(agreed: Agreed, minutes: Mapping[str, int]) -> Decimal | None:
    """What the portal bills: the cost of the agreement for the hours followed, less what was billed on the way."""
    followed = min(sum(minutes.values()), agreed.planned)
    if not followed or not agreed.planned:
        return None
    return (agreed.cost * followed / agreed.planned).quantize(HUNDREDTH, ROUND_HALF_UP) - agreed.billed_net


def service_of(agreed: Agreed, minutes: Mapping[str, int], net: Decimal) -> Service:
    """One line for all trainees, each named with his hours, at the price that makes its sum `net` to the cent."""
    followed = [(trainee, minutes.get(trainee.row, 0)) for trainee in agreed.trainees]
    people = ", ".join(f"{each.name} ({format_hours(Decimal(some) / 60)})" for each, some in followed if some)
    if agreed.billed:
        people += f" ; heures depuis le début, dont {format_hours(Decimal(agreed.billed) / 60)} déjà facturées"
    left = sum(some for _, some in followed) - agreed.billed
    hours = max(Decimal(left) / 60, HUNDREDTH).quantize(HUNDREDTH)
    return Service(people, hours, (net / hours).quantize(MILLIONTH))


def keyed_invoice(agreed: Agreed, found: "Read") -> ElectronicInvoice | None:
    """A plain PDF, as a person keyed it; None while its number, date or amount is missing."""
    if not found.number or found.issued_on is None or not found.net:
        return None
    total = found.net + found.vat
    return ElectronicInvoice(
        number=found.number,
        kind=Kind.INVOICE,
        issued_on=found.issued_on,
        seller=Party(
            name=agreed.provider,
            siren=siren_of(agreed.provider_siret),
            siret=agreed.provider_siret,
            nda=agreed.provider_nda,
        ),
        buyer=Party(name=agreed.employer, siren=siren_of(agreed.employer_siret), siret=agreed.employer_siret),
        totals=Totals(without_vat=found.net, vat=found.vat, with_vat=total, due=total),
        references=References(buyer=agreed.dossier),
        period=Period(found.starts_on, found.ends_on),
    )


def _minutes(reader: _Reader, agreed: Agreed) -> dict[str, int]:
    found: dict[str, int] = {}
    for trainee in agreed.trainees:
        name = f"hours-{trainee.row}"
        if reader.raw(name).lower() in ABSENT:
            found[trainee.row] = 0
            continue
        hours = reader.value(
            name, parse_hours, f"Indiquez les heures suivies par {trainee.name} (0 s'il était absent)."
        )
        if hours is None:
            continue
        followed = minutes_of(hours)
        if followed > agreed.minutes:
            planned = format_hours(Decimal(agreed.minutes) / 60)
            reader.errors[name] = f"L'accord porte sur {planned} par stagiaire : signalez d'abord une modification."
        found[trainee.row] = followed
    if found and len(found) == len(agreed.trainees) and not any(found.values()):
        reader.errors[f"hours-{agreed.trainees[0].row}"] = "Personne n'a suivi la formation : il n'y a rien à régler."
    return found


def _period(reader: _Reader, agreed: Agreed, today: date) -> tuple[date, date]:
    starts_on = reader.value("starts_on", parse_date) or agreed.starts_on
    ends_on = reader.value("ends_on", parse_date) or agreed.ends_on
    if ends_on < starts_on:
        reader.errors.setdefault("ends_on", "La formation finit avant d'avoir commencé : vérifiez les deux dates.")
    elif ends_on > today:
        told = f"On n'atteste que ce qui a eu lieu : le {format_date(ends_on)} n'est pas encore venu."
        reader.errors.setdefault("ends_on", told)
    elif starts_on < agreed.starts_on or ends_on > agreed.ends_on:
        agreed_days = f"du {format_date(agreed.starts_on)} au {format_date(agreed.ends_on)}"
        name = "starts_on" if starts_on < agreed.starts_on else "ends_on"
        reader.errors.setdefault(name, f"L'accord va {agreed_days} : signalez d'abord une modification.")
    return starts_on, ends_on


def _amounts(reader: _Reader, agreed: Agreed) -> dict[Base, Decimal]:
    found: dict[Base, Decimal] = {}
    for base in agreed.typed_bases:
        amount = reader.value(f"amount-{base.value}", parse_amount)
        if amount:
            found[base] = amount
    return found


def _signed(reader: _Reader, agreed: Agreed, *, signs: bool) -> tuple[str, str]:
    if not signs:
        return "", ""
    signatory = reader.words("signatory", LONGEST_NAME, "Indiquez qui atteste pour l'organisme.")
    role = reader.words("signatory_role", LONGEST_NAME, "Indiquez sa qualité, par exemple gérante.")
    if reader.raw("attests") != "oui":
        reader.missing["attests"] = "Cochez la case pour attester que ces heures ont été suivies."
    return signatory, role


def _gather_hours(reader: _Reader, agreed: Agreed) -> None:
    """Past a few people, what is missing of all is told once."""
    absent = [name for name in reader.missing if name.startswith("hours-")]
    if len(absent) > MOST_NAMED:
        for name in absent[1:]:
            del reader.missing[name]
        reader.missing[absent[0]] = f"Indiquez les heures suivies par chaque stagiaire : {len(absent)} manquent."


def _want(reader: _Reader, found: Read, agreed: Agreed, zones: Mapping[str, int], *, is_generated: bool) -> None:
    missing = reader.missing
    if agreed.needs_invoice and not is_generated and not zones.get(INVOICE):
        missing["zone-facture"] = "Joignez la facture."
    if not found.signatory and "signatory" not in missing and not zones.get(CERTIFICATES):
        missing["zone-certificats"] = "Joignez les certificats de réalisation, signés par l'organisme."
    if is_generated and found.net is not None and found.net <= 0:
        missing["mode"] = "Ces heures sont déjà facturées : il ne reste rien à facturer."
    if agreed.needs_payment_proof and agreed.needs_invoice and not zones.get(PAYMENT):
        missing["zone-paiement"] = "Joignez la preuve que vous avez payé cette facture."
    if found.amounts and not zones.get(EXPENSES):
        missing["zone-frais"] = "Joignez les justificatifs de ces dépenses."
    if not agreed.needs_invoice and not found.amounts and not any(f"amount-{b}" in reader.errors for b in Base):
        name = f"amount-{agreed.typed_bases[0].value}" if agreed.typed_bases else "amounts"
        missing[name] = "Indiquez ce que vous demandez, pour une dépense au moins."


def attested_of(found: Read, agreed: Agreed) -> Iterator[tuple[Trainee, Attested]]:
    """The certificates that the claim carries: one for each trainee who followed something."""
    for trainee in agreed.trainees:
        followed = found.minutes.get(trainee.row, 0)
        if followed:
            yield trainee, attested_for(found, agreed, trainee, followed)


def attested_for(found: Read, agreed: Agreed, trainee: Trainee, followed: int) -> Attested:
    """`followed` in minutes."""
    return Attested(
        stage=Stage.FINAL if found.is_final else Stage.INTERIM,
        dossier=agreed.dossier,
        provider=agreed.provider or agreed.employer,
        provider_siret=agreed.provider_siret or agreed.employer_siret,
        provider_nda=agreed.provider_nda,
        provider_address=(),
        signatory=found.signatory,
        signatory_role=found.signatory_role,
        trainee=trainee.name,
        employer=agreed.employer,
        employer_siret=agreed.employer_siret,
        title=agreed.title,
        nature=agreed.nature,
        start=found.starts_on,
        end=found.ends_on,
        hours=Decimal(followed) / 60,
        planned=Decimal(agreed.minutes) / 60,
    )


def faults_of(found: Read, agreed: Agreed, today: date) -> list[str]:
    """What keeps the certificates signed online from being so; each is told once."""
    if not found.signatory:
        return []
    told = (fault.sentence for _, one in attested_of(found, agreed) for fault in faults_of_certificate(one, today))
    return list(dict.fromkeys(told))
