"""One of everything that an address can name, and the people who may or may not come to it."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.billing.models import Certificate, Claim
from openopco.documents import actions as documents
from openopco.dossiers.actions import deciding
from openopco.dossiers.models import Dossier, DraftRow, Letter
from openopco.exports.actions import ask_export
from openopco.funding.models import Envelope
from openopco.habilitations.models import Invitation, Membership, StaffRole
from openopco.habilitations.queries import actor_for
from openopco.habilitations.tokens import digest_of
from openopco.kernel.calendar import add_working_days, paris_today
from openopco.notifications.models import Notice
from openopco.opco.models import Feedback
from openopco.organisations.models import Establishment
from openopco.payments.actions import credit_due, prepare_batch, release_batch, set_debtor
from openopco.payments.models import BankEvent
from openopco.reference.comparing import difference, summary
from openopco.reference.models import ReferenceEdition
from openopco.rights import Actor
from tests.accounts.factories import OpcoUserFactory, UserFactory
from tests.documents.hostile import pdf
from tests.dossiers import factories
from tests.habilitations.factories import (
    LONG_AGO,
    AcceptedFactory,
    AcceptedTeacherFactory,
    MembershipFactory,
    StaffRoleFactory,
    TeacherFactory,
    accountant,
)
from tests.opco.factories import ParameterFactory
from tests.organisations.factories import BankAccountFactory
from tests.payments.builders import booked, debtor, due, engaged, entry, notice, orders, read, school
from tests.payments.transfers import iban

FAR = date(2035, 1, 1)
PROVIDER_PEOPLE = ("provider:person", "provider:invitation", "desk:provider_person", "desk:provider_invitation")
CLAIM_PAGES = (
    "claim",
    "draft",
    "withdraw",
    "answer",
    "credit_note",
    "invoice_pdf",
    "certificate_pdf",
    "certificates_to_sign",
    "document",
    "page",
)
FINANCE = (
    "batch_id",
    "envelope_id",
    "order_id",
    "file_id",
    "event_id",
    "overpayment_id",
    "due_id",
    "claim_id",
    "year",
    "fund",
    "figure",
)
ENTRY_PAGES = ("list", "add_entry", "entry", "withdraw_entry")


@dataclass(frozen=True)
class World:
    """`people`: who signs in as what; None for nobody."""

    people: dict[str, User | None]
    draft: Dossier
    sent: Dossier
    granted: Dossier
    row: str
    sent_row: str
    ids: dict[str, int]
    piece: uuid.UUID
    work: uuid.UUID
    taught: dict[str, int]
    finance: dict[str, Any]
    claim: dict[str, Any]

    def arguments(self, route: str, names: list[str]) -> dict[str, Any]:
        """What the address of a route is made of. Raises `KeyError` for a name that nothing here answers to."""
        own = {**self._by_route().get(route, {})}
        return {name: own[name] if name in own else self._shared()[name] for name in names}

    def _shared(self) -> dict[str, Any]:
        return {
            "number": self.sent.number,
            "key": self.draft.key,
            "row": self.row,
            "zone": "programme",
            "dataset": "idcc",
            **self.ids,
            **{name: self.finance[name] for name in FINANCE},
        }

    def _by_route(self) -> dict[str, dict[str, Any]]:
        return {
            "portal:new_request": {"slug": "action-de-formation"},
            "portal:step": {"slug": "formation"},
            "portal:document": {"key": self.piece},
            "portal:version": {"number": self.granted.number, "version": 1},
            "portal:course_start": {"number": self.granted.number},
            "provider:course": {"number": self.granted.number},
            "billing:start_refund": {"number": self.granted.number},
            "billing:start_invoice": {"number": self.granted.number},
            **{f"billing:{page}": self.claim for page in CLAIM_PAGES},
            **dict.fromkeys(PROVIDER_PEOPLE, self.taught),
            **{
                f"finance:{page}": {"account_id": self.finance["debtor_id"]}
                for page in ("confirm_debtor", "end_debtor")
            },
            "finance:dossier": {"number": self.finance["number"]},
            "portal:export": {"code": "demandes"},
            "portal:work": {"key": self.work},
            "portal:stop_work": {"key": self.work},
            "portal:work_result": {"key": self.work},
            "portal:work_report": {"key": self.work},
            "desk:batch": {"code": "accorder"},
            "desk:trainee": {"row": self.sent_row},
            "desk:nir": {"row": self.sent_row},
            "admin_opco:account_act": {"verb": "deconnecter"},
            "admin_opco:parameter": {"code": "claim_months"},
            "admin_opco:end_funding_rule": {"code": "tests"},
            "admin_opco:withdraw_parameter": {"code": "claim_months"},
            **{f"admin_opco:{page}": {"list_code": "csp", "entry_code": "CAD"} for page in ENTRY_PAGES},
            "admin_opco:template": {"code": "accord"},
            "admin_opco:template_edit": {"code": "accord"},
            "admin_opco:template_preview": {"code": "accord"},
            "admin_opco:template_version": {"code": "accord", "number": 0},
            "admin_opco:template_version_pdf": {"code": "accord", "number": 0},
            "portal:invited": {"token": "jeton"},
            "theme": {"digest": "0" * 12},
            "logo": {"digest": "0" * 12},
            "account_reset_password_from_key": {"uidb36": "1", "key": "none"},
        }


def build() -> World:
    place = factories.garage()
    alice = AcceptedFactory.create(establishment=place, role="ADMIN")
    pending = MembershipFactory.create(establishment=place)
    stranger = AcceptedFactory.create(establishment=factories.garage())
    officer = StaffRoleFactory.create(role="gestionnaire").user
    administrator = StaffRoleFactory.create().user
    actor, desk = actor_for(alice.user), actor_for(officer)
    draft = factories.complete_draft(actor, place)
    sent = factories.asked(actor, place, desk)
    granted = _granted(actor, place, desk)
    teacher = AcceptedTeacherFactory.create(provider=granted.provider, role="ADMIN")
    waiting = TeacherFactory.create(provider=granted.provider)
    return World(
        people={
            "anonymous": None,
            "pending": pending.user,
            "employer": alice.user,
            "stranger": stranger.user,
            "officer": officer,
            "administrator": administrator,
            "controller": StaffRoleFactory.create(role="controleur").user,
            "accountant": StaffRoleFactory.create(role="comptable").user,
            "teacher": teacher.user,
            "pending_teacher": waiting.user,
        },
        draft=draft,
        sent=sent,
        granted=granted,
        row=DraftRow.objects.get(dossier=draft).key,
        sent_row=DraftRow.objects.get(dossier=sent).key,
        ids=_ids(alice, pending, place.pk, granted.provider_id or 0),
        taught=_taught(teacher, waiting),
        finance=_finance(),
        claim=_claim(granted, actor),
        piece=_piece(sent, actor),
        work=_work(actor, place.pk),
    )


def _granted(actor: Actor, place: Establishment, desk: Actor) -> Dossier:
    dossier = factories.taken(actor, place, desk)
    return deciding.grant(actor=desk, number=str(dossier.number), amount=Decimal("560.00"))


def _claim(granted: Dossier, actor: Any) -> dict[str, Any]:
    """A refund that its employer asked, with one certificate signed online and a file."""
    now = timezone.now()
    claim = Claim.objects.create(
        dossier=granted,
        payee="employeur",
        establishment=granted.establishment,
        state="deposee",
        net=Decimal(560),
        opened_by_id=actor.user_id,
        sent_by_id=actor.user_id,
        sent_at=now,
        due_on=paris_today(now),
        created_at=now,
        updated_at=now,
        typed={"shown": 1},
    )
    certificate = Certificate.objects.create(
        dossier=granted,
        claim=claim,
        row="a",
        trainee="Zoé Müller",
        origin="generee",
        page={"title": "Certificat de réalisation"},
        starts_on=granted.starts_on,
        ends_on=granted.ends_on,
        minutes=60,
        planned_minutes=60,
        given_by_id=actor.user_id,
        given_at=now,
    )
    given = {"owner_kind": "claim", "owner_id": claim.pk, "zone": "facture"}
    kept = documents.accept_upload(
        actor=actor, upload=SimpleUploadedFile("certificat.pdf", pdf(), "application/pdf"), **given
    )
    return {"key": claim.key, "certificate_key": certificate.key, "document_key": kept.key, "number": 1}


def _piece(sent: Dossier, actor: Any) -> uuid.UUID:
    upload = SimpleUploadedFile("programme.pdf", pdf(), "application/pdf")
    given = {"owner_kind": "dossier", "owner_id": sent.pk, "zone": "programme"}
    return documents.accept_upload(actor=actor, upload=upload, **given).key


def _work(actor: Any, place: int) -> uuid.UUID:
    """The list of requests of an employer, as a file that is ready."""
    work = ask_export(actor=actor, code="demandes", format="csv", asked={"establishment": place}, key=uuid.uuid4())
    run_pending_jobs(names=["works.run"])
    return work.key


def _finance() -> dict[str, Any]:
    """A batch that waits to be released; of another one, what the bank answered and what its payee then owes."""
    anna, basil = accountant(), accountant()
    debtor(anna, basil)
    paid = due(engaged("100"), to=school())
    day = add_working_days(paris_today(timezone.now()), 1)
    sent = prepare_batch(actor=anna, fund="pdc", execution_date=day).batch
    release_batch(actor=basil, batch_id=sent.pk)
    read(anna, booked(*orders(sent)))
    file = read(anna, notice(entry("INCONNUE", Decimal(12))))
    owed = credit_due(actor=anna, due_id=paid.pk, amount=Decimal(40), reason="Avoir")
    assert owed is not None
    due(engaged("30"), to=school())
    waiting = prepare_batch(actor=anna, fund="pdc", execution_date=day).batch
    return {
        "batch_id": waiting.pk,
        "envelope_id": Envelope.objects.order_by("pk")[0].pk,
        "order_id": orders(waiting)[0].pk,
        "file_id": file.pk,
        "event_id": BankEvent.objects.get(file=file).pk,
        "overpayment_id": owed.pk,
        "due_id": paid.pk,
        "claim_id": paid.claim_id,
        "debtor_id": set_debtor(actor=anna, fund="alternance", holder="OPCO", iban=iban(998)).pk,
        "number": paid.claim.dossier.number,
        "year": 2026,
        "fund": "pdc",
        "figure": "engage",
    }


def _edition() -> int:
    """An edition that awaits its second pair of eyes."""
    facts = {"name": "Conventions collectives", "as_of": "édition du 01/11/2026", "source": "DILA", "digest": "0" * 64}
    found = {**summary(difference("idcc", [], [])), "usages": []}
    made = ReferenceEdition.objects.create(
        dataset="idcc", origin="deposee", state="a_valider", row_count=0, comparison=found, **facts
    )
    return made.pk


def _taught(teacher: Membership, waiting: Membership) -> dict[str, int]:
    """Of the people of a provider: who waits, who is invited."""
    invitation = Invitation.objects.create(
        provider=teacher.provider,
        email="formateur@exemple.fr",
        token_digest=digest_of("autre"),
        invited_by=teacher.user,
        created_at=LONG_AGO,
        sent_at=LONG_AGO,
        expires_at=LONG_AGO + timedelta(days=3650),
    )
    return {"membership_id": waiting.pk, "invitation_id": invitation.pk}


def _ids(alice: Membership, pending: Membership, place: int, provider: int) -> dict[str, int]:
    someone = OpcoUserFactory.create()
    role = StaffRole.objects.create(
        user=someone, role="gestionnaire", granted_by=OpcoUserFactory.create(), granted_at=LONG_AGO
    )
    notice = Notice.objects.create(
        user_id=alice.user_id,
        kind="dossier.message",
        title="Un message",
        url="/aide/",
        subject_kind="dossier",
        subject_id=1,
        unique_key="rights",
        created_at=LONG_AGO,
    )
    invitation = Invitation.objects.create(
        establishment_id=place,
        email="invite@exemple.fr",
        token_digest=digest_of("jeton"),
        invited_by=alice.user,
        created_at=LONG_AGO,
        sent_at=LONG_AGO,
        expires_at=LONG_AGO + timedelta(days=3650),
    )
    return {
        "account_id": BankAccountFactory.create(establishment_id=place).pk,
        "invitation_id": invitation.pk,
        "membership_id": pending.pk,
        "establishment_id": place,
        "company_id": Establishment.objects.get(pk=place).company_id,
        "provider_id": provider,
        "user_id": someone.pk,
        "role_id": role.pk,
        "list_id": 1,
        "rule_id": 1,
        "absence_id": 1,
        "closure_id": 1,
        "letter_id": Letter.objects.order_by("id")[0].pk,
        "notice_id": notice.pk,
        "edition_id": _edition(),
        "parameter_id": ParameterFactory.create(code="claim_months", starts_on=FAR).pk,
        "feedback_id": Feedback.objects.create(author_id=UserFactory.create().pk, page="/", rating=4).pk,
    }
