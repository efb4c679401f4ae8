"""Plays the demonstration's data through the rooms' own actions, each act at its own day: nothing is written behind their back."""

import io
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from unittest import mock
from uuid import NAMESPACE_URL, UUID, uuid5

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from openopco.accounts.enums import AccountKind
from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.demo import data, desk, money
from openopco.demo.accounts import PASSWORD
from openopco.demo.agreements import Afterwards
from openopco.demo.data import Person, Request, Worker
from openopco.demo.settling import Settling, bank_accounts
from openopco.demo.works import play_works
from openopco.documents import actions as documents
from openopco.documents.inspect import ExaminedFile
from openopco.documents.models import Document
from openopco.dossiers.actions import corrections, deciding, drafts, holding, sending, talking
from openopco.dossiers.actions.papers import open_paper_draft
from openopco.dossiers.enums import ItemKind, Reception
from openopco.dossiers.models import DOSSIER_DOCUMENT, Dossier, DraftField
from openopco.dossiers.papers import Received
from openopco.dossiers.tallying import tally
from openopco.habilitations.actions import invitations, memberships, staff
from openopco.habilitations.enums import MembershipRole, StaffRoleName
from openopco.habilitations.places import Place
from openopco.habilitations.queries import actor_for
from openopco.kernel.calendar import PARIS, format_date, paris_today
from openopco.opco.actions.lists import Wording, add_entry
from openopco.opco.actions.parameters import set_parameter
from openopco.opco.shipped_lists import REFUSAL
from openopco.organisations.actions import sheets
from openopco.organisations.actions.establishments import (
    complete_establishment,
    create_establishment_by_hand,
    find_or_create_establishment,
)
from openopco.organisations.actions.providers import find_or_create_provider
from openopco.organisations.models import Establishment, Provider
from openopco.rights import Actor
from openopco.training import templates
from openopco.training.fields import TEMPLATE_FIELDS, TRAINEE

CONTACTS = {"email": "contact@demo.example", "phone": "03 89 00 00 00"}
HEADCOUNTS = {
    data.ACTIF: "3",
    data.VALLEES: "8",
    data.LEMPEREUR: "12",
    data.RIED: "5",
    data.GRANDMOUGIN: "34",
    data.CYCLES: "2",
}
# Whom the two administrators appoint.
STAFF = {
    StaffRoleName.GESTIONNAIRE: data.OFFICERS,
    StaffRoleName.CONTROLEUR: data.CONTROLLERS,
    StaffRoleName.COMPTABLE: data.ACCOUNTANTS,
}
# What must bear the day of the act. Receipts, slow to draw, are left to the worker.
SAME_DAY = (
    "dossiers.tell",
    "dossiers.dispatch",
    "dossiers.tell_of_funds",
    "mail.send",
    "payments.write_file",
    "payments.tell_of_file",
)


def is_loaded() -> bool:
    return User.objects.filter(email=data.EMPLOYERS[0].email).exists()


class Loader:
    """Loads everything once, for a given day in Paris."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.users: dict[str, User] = {}
        self.programme = _file("programme.pdf", "Programme de la formation")
        self.letter = _file("courrier.pdf", "Demande de prise en charge, signée")

    def load(self) -> None:
        with self.day(-400, 8):
            self._people()
        with self.day(-20, 11):
            self._decided_ahead()
        self._employers()
        with self.day(-398, 9):
            self._money()
        self._colleagues()
        with self.day(-300, 9):
            self._teacher()
        bank_accounts(self)
        desk.before(self)
        for rank, request in enumerate(data.REQUESTS):
            _Story(self, request, rank).play()
        self._sheets()
        with self.day(-1, 17):
            play_works(self.actor(data.OFFICERS[0]))
        desk.after(self)
        self._figures()

    def _figures(self) -> None:
        """Those of every month, as the worker would keep them, a few at a time."""
        with self.day(0, 6):
            while tally():
                pass

    @contextmanager
    def day(self, days: int, hour: int = 10, minute: int = 0) -> Iterator[None]:
        """Everything inside happens that many days from the day of loading, at that time in Paris; people are told of
        it on that day too."""
        moment = datetime.combine(self.today + timedelta(days=days), time(hour, minute), tzinfo=PARIS)
        with mock.patch.object(timezone, "now", return_value=moment.astimezone(timezone.get_default_timezone())):
            yield
            run_pending_jobs(names=SAME_DAY)

    def actor(self, person: Person) -> Actor:
        return actor_for(self.users[person.email])

    def _people(self) -> None:
        staffed = [person for people in STAFF.values() for person in people]
        for person in (*staffed, *data.ADMINISTRATORS, *data.EMPLOYERS, data.COLLEAGUE, data.ASKER, data.TEACHER):
            kind = AccountKind.EXTERNE if person.sirets else AccountKind.OPCO
            self.users[person.email] = User.objects.create_user(
                person.email, PASSWORD, first_name=person.first_name, last_name=person.last_name, kind=kind
            )
        first, second = data.ADMINISTRATORS
        staff.make_first_administrators(users=[self.users[first.email], self.users[second.email]])
        for code, people in STAFF.items():
            for person in people:
                role = staff.grant_staff_role(actor=self.actor(first), user_id=self.users[person.email].pk, role=code)
                staff.confirm_staff_role(actor=self.actor(second), role_id=role.pk)

    def _decided_ahead(self) -> None:
        """What an administrator has planned: a shorter delay, a reason of this OPCO's own."""
        actor, source = self.actor(data.ADMINISTRATORS[0]), "Conseil d'administration (décision inventée)"
        day = self.today + timedelta(days=45)
        set_parameter(actor=actor, code="answer_target_days", value=15, starts_on=day, source=source)
        words = Wording("Budget de la branche atteint", 6, "Le budget de votre branche est engagé pour cette année.")
        add_entry(actor=actor, list_code=REFUSAL, code="budget-branche", wording=words, starts_on=self.today)

    def _money(self) -> None:
        administrator, accountant = self.actor(data.ADMINISTRATORS[0]), self.actor(data.ACCOUNTANTS[0])
        money.publish(administrator=administrator, today=self.today)
        money.pay_in(accountant=accountant, today=paris_today(timezone.now()))
        money.open_debtors(accountant=accountant, colleague=self.actor(data.ACCOUNTANTS[1]))

    def _employers(self) -> None:
        for person in data.EMPLOYERS:
            with self.day(-7 if person.waits else -399, 9):
                for siret in person.sirets:
                    self._attach(person, siret)
        with self.day(-3, 17):
            create_establishment_by_hand(actor=self.actor(data.EMPLOYERS[1]), **data.KEYED_BY_HAND)

    def _colleagues(self) -> None:
        """The administrator of ACTIF AUTO CONTROLE is not alone: one acts too, one asks, one is invited."""
        head, place = self.actor(data.EMPLOYERS[0]), Establishment.objects.get(siret=data.ACTIF)
        for person, days in ((data.COLLEAGUE, -90), (data.ASKER, -2)):
            with self.day(days, 9):
                asked = memberships.request_membership(actor=self.actor(person), place=Place(place.pk))
                if not person.waits:
                    memberships.accept_membership(actor=head, membership_id=asked.pk)
        with self.day(-1, 9):
            invitations.invite(actor=head, place=Place(place.pk), email=data.INVITED, role=MembershipRole.DECLARANT)

    def _teacher(self) -> None:
        """Somebody acts for the provider of the walk."""
        actor = self.actor(data.TEACHER)
        provider = find_or_create_provider(actor=actor, siret=data.AXEPT)
        asked = memberships.request_membership(actor=actor, place=Place(provider_id=provider.pk))
        note = "Extrait d'immatriculation vu, gérante rappelée au standard."
        memberships.accept_membership(actor=self.actor(data.OFFICERS[0]), membership_id=asked.pk, note=note)

    def _sheets(self) -> None:
        """What officers noted of those who ask and of those who teach."""
        officer, place = self.actor(data.OFFICERS[0]), Establishment.objects.get(siret=data.GRANDMOUGIN)
        with self.day(-6, 15):
            sheets.record_contributions(
                actor=officer, company_id=place.company_id, paid=False, on=paris_today(timezone.now()), source=data.SEEN
            )
            sheets.note_on_company(actor=officer, company_id=place.company_id, body=data.COMPANY_NOTE)
            provider = Provider.objects.get(siret=data.AXEPT)
            sheets.note_on_provider(actor=officer, provider_id=provider.pk, body=data.PROVIDER_NOTE)

    def _attach(self, person: Person, siret: str) -> None:
        establishment = find_or_create_establishment(actor=self.actor(person), siret=siret)
        membership = memberships.request_membership(actor=self.actor(person), place=Place(establishment.pk))
        complete_establishment(
            actor=self.actor(person), establishment_id=establishment.pk, headcount_exact=HEADCOUNTS[siret], **CONTACTS
        )
        if not person.waits:
            note = "Extrait d'immatriculation vu, au nom de la personne."
            memberships.accept_membership(actor=self.actor(data.OFFICERS[0]), membership_id=membership.pk, note=note)


def _file(name: str, title: str) -> ExaminedFile:
    return documents.examine_upload(SimpleUploadedFile(name, page_of(title), "application/pdf"))


class _Story(Afterwards, Settling):
    """One request, from its draft to wherever its data say."""

    def __init__(self, loader: Loader, request: Request, rank: int) -> None:
        self.loader, self.request = loader, request
        self.key = str(uuid5(NAMESPACE_URL, f"openopco-demo-{rank}"))
        self.filer = next(person for person in data.EMPLOYERS if request.siret in person.sirets)
        self.officer, self.second = data.OFFICERS
        if request.by_mail:
            self.filer = self.second
        self.number, self.today = "", loader.today

    @property
    def employer(self) -> Actor:
        return self.loader.actor(self.filer)

    def acting(self, person: Person) -> Actor:
        return self.loader.actor(person)

    def on(self, days: int, hour: int = 10) -> AbstractContextManager[None]:
        return self.loader.day(days, hour)

    def play(self) -> None:
        sent = self.request.sent
        with self.loader.day(-(sent if sent is not None else 1), 9, 12):
            self._draft()
            if self.request.sent is None:
                return
            self._close()
            self.number = sending.send(actor=self.employer, key=self.key).dossier.number or ""
        for step in self.request.story:
            getattr(self, f"_{step}")()

    # --- the draft

    def _draft(self) -> None:
        request, actor = self.request, self.employer
        establishment = find_or_create_establishment(actor=actor, siret=request.siret)
        draft = self._opened(establishment)
        self._type(self._course())
        if not request.filled:
            return
        provider = find_or_create_provider(actor=actor, siret=request.provider)
        drafts.choose_provider(actor=actor, key=self.key, provider=provider)
        for rank, worker in enumerate(data.WORKERS[request.siret][: request.trainees]):
            row = drafts.add_row(actor=actor, key=self.key, row_kind=TRAINEE, values=typed(worker))
            drafts.set_nir(actor=actor, key=self.key, row=row.key, raw=invented_nir(worker, rank))
        zone = "bilan" if request.nature == "bilan" else "programme"
        piece = documents.accept_upload(
            actor=actor, owner_kind=DOSSIER_DOCUMENT, owner_id=draft.pk, zone=zone, upload=self.loader.programme
        )
        # The column's default reads the real clock: the piece must be as old as its request.
        Document.objects.filter(pk=piece.pk).update(created_at=timezone.now())
        if "granted" in request.story:
            values = {name: value for name, value in self._course().items() if name in TEMPLATE_FIELDS}
            templates.keep_as_template(actor=actor, key=self.key, values=values)

    def _opened(self, place: Establishment) -> Dossier:
        actor, key = self.employer, UUID(self.key)
        if not self.request.by_mail:
            return drafts.create_draft(actor=actor, establishment=place, kind_code="AF", key=key)
        day = paris_today(timezone.now()) - timedelta(days=2)
        received = Received(Reception.COURRIER, day, data.SENDER, data.CONTACT)
        return open_paper_draft(
            actor=actor, establishment=place, kind_code="AF", key=key, received=received, scan=self.loader.letter
        )

    def _course(self) -> dict[str, str]:
        request = self.request
        if not request.filled:
            return {"title": request.title}
        starts = self.loader.today + timedelta(days=request.starts)
        return {
            "title": request.title,
            "nature": request.nature,
            "modality": request.modality,
            "certifying": "non",
            "starts_on": format_date(starts),
            "ends_on": format_date(starts + timedelta(days=request.days - 1)),
            "hours": request.hours,
            "cost": request.cost,
            "place_postal_code": "68100",
            "place_city": "Mulhouse",
        }

    def _close(self) -> None:
        today = format_date(timezone.now().astimezone(PARIS).date())
        self._type({"done_at": "Mulhouse", "done_on": today, "attest": "oui", **self._paying()})

    def _paying(self) -> dict[str, str]:
        """Who has an account at the OPCO lets it pay; the others ask that their provider be paid."""
        has_account = any(siret == self.request.siret for siret, *_ in money.ACCOUNTS)
        return {"voluntary": "oui"} if has_account else {"subrogation": "oui"}

    def _type(self, values: dict[str, str]) -> None:
        standing = dict(DraftField.objects.filter(dossier__key=self.key, row="").values_list("name", "revision"))
        typed_values = {name: (value, standing.get(name, 0)) for name, value in values.items()}
        drafts.save_fields(actor=self.employer, key=self.key, values=typed_values)

    # --- after it was sent

    def _later(self, days: int, hour: int = 11):  # type: ignore[no-untyped-def]
        return self.loader.day(min(-(self.request.sent or 0) + days, 0), hour)

    def _taken(self, by: Person | None = None) -> Actor:
        officer = self.loader.actor(by or self.officer)
        with self._later(1):
            holding.take(actor=officer, number=self.number)
        return officer

    def _taken2(self) -> None:
        self._taken(self.second)

    def _granted(self) -> None:
        officer = self._taken()
        with self._later(4, 15):
            dossier = Dossier.objects.select_related("establishment", "provider", "paper").get(number=self.number)
            amount, reason = money.grantable(dossier, paris_today(timezone.now()))
            deciding.grant(actor=officer, number=self.number, amount=amount, reason=reason)

    def _granted_less(self) -> None:
        officer = self._taken(self.second)
        with self._later(5, 15):
            reason = "Le budget annuel de l'entreprise ne permet pas davantage cette année."
            deciding.grant(actor=officer, number=self.number, amount=Decimal("500"), reason=reason)

    def _refused(self) -> None:
        officer = self._taken()
        with self._later(6, 16):
            reason = "Le programme joint ne décrit pas une action de formation : il manque les objectifs et les moyens."
            deciding.refuse(actor=officer, number=self.number, reason=reason)

    def _closed(self) -> None:
        officer = self._taken(self.second)
        with self._later(20, 16):
            deciding.close(
                actor=officer, number=self.number, reason="L'entreprise nous a dit renoncer à cette formation."
            )

    def _asked(self) -> None:
        officer = self._taken()
        points = [
            corrections.Point(
                ItemKind.CHAMP, "hours", "La convention parle de 22 heures : quelle est la bonne durée ?"
            ),
            corrections.Point(
                ItemKind.PIECE,
                "bilan",
                "Il manque deux signatures : joignez-la signée par les trois.",
            ),
        ]
        with self._later(24):
            corrections.ask(
                actor=officer, number=self.number, points=points, message="Deux points, et nous pourrons décider."
            )

    def _asked_twice(self) -> None:
        officer = self._taken(self.second)
        with self._later(2):
            point = corrections.Point(ItemKind.CHAMP, "cost", "Le devis indique 520 € HT : quel est le bon montant ?")
            corrections.ask(actor=officer, number=self.number, points=[point])
        with self._later(4):
            self._type({"cost": "520"})
            corrections.answer(actor=self.employer, number=self.number)

    def _message(self) -> None:
        with self._later(2, 14):
            body = "Bonjour, la session de printemps est-elle confirmée par l'organisme ?"
            talking.write_message(actor=self.loader.actor(self.officer), number=self.number, body=body)
        with self._later(3, 9):
            talking.write_message(actor=self.employer, number=self.number, body="Bonjour, oui : confirmée hier.")

    def _cancelled(self) -> None:
        with self._later(3):
            deciding.cancel(actor=self.employer, number=self.number, reason="La salariée quitte l'entreprise.")


def typed(worker: Worker) -> dict[str, str]:
    """A worker as the form's raw values."""
    return {
        "last_name": worker.last_name,
        "first_name": worker.first_name,
        "sex": worker.sex,
        "birth_date": worker.born,
        "csp": worker.csp,
        "education_level": worker.level,
        "contract_type": worker.contract,
    }


def invented_nir(worker: Worker, rank: int) -> str:
    """A NIR with a right key that nobody has: born in the commune 999, which does not exist."""
    day, month, year = worker.born.split("/")
    order = zlib.crc32(f"{worker.last_name}{day}{rank}".encode()) % 900 + 50
    body = f"{1 if worker.sex == 'M' else 2}{year[2:]}{month}68999{order:03d}"
    return f"{body}{97 - int(body) % 97:02d}"


def page_of(title: str) -> bytes:
    """A PDF of one page that bears a title."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    pdf.pages[0].Contents = pdf.make_stream(f"BT /F1 22 Tf 72 740 Td ({title}) Tj ET".encode())
    file = io.BytesIO()
    pdf.save(file, deterministic_id=True)
    return file.getvalue()
