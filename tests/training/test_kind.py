"""The action de formation as a kind of request: its screens, its synthesis, its snapshot, its twins."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openopco.dossiers import kinds
from openopco.dossiers.draft import DraftView
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import checks_of, find_draft, find_twins, load_draft
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.trainees.models import Trainee
from openopco.training import fields as f
from openopco.training.kind import TRAINING_ACTION, in_opco_words
from openopco.training.models import Enrolment
from tests.dossiers.factories import PERSON, TODAY, complete_draft, garage, in_state, sent
from tests.habilitations.factories import employer
from tests.training.builders import file, person, view


def lines(draft: DraftView) -> dict[str, str]:
    return {line.label: line.value for section in TRAINING_ACTION.summary(draft) for line in section.lines}


class TestItsScreens:
    def test_there_are_five_with_the_seeds_titles(self) -> None:
        titles = ["L'Employeur", "La Formation", "Le(s) stagiaire(s)", "Les pièces jointes", "Synthèse"]
        assert [step.title for step in TRAINING_ACTION.steps] == titles
        assert kinds.by_slug("action-de-formation") is TRAINING_ACTION
        assert kinds.by_slug("contrat-de-pro") is None
        assert TRAINING_ACTION in kinds.all_kinds()

    def test_its_fields_have_the_seeds_labels(self) -> None:
        for label in (
            "Effectif total salariés",
            "Code IDCC de la convention collective",
            "Intitulé de la formation",
            "Dispositif",
            "Durée en heure(s)",
            "Coût pédagogique de l'action HT",
        ):
            assert label in [spec.label for step in TRAINING_ACTION.steps for spec in step.fields]
        people = [spec.label for spec in TRAINING_ACTION.row_fields("stagiaire")]
        assert {"NIR", "CSP", "Niveau de formation initial", "Domiciliation - code postal"} <= set(people)
        assert TRAINING_ACTION.row_fields("autre") == ()

    def test_the_seeds_required_fields_are_required(self) -> None:
        course = {spec.name for spec in f.TRAINING_FIELDS if spec.required}
        people = {spec.name for spec in f.TRAINEE_FIELDS if spec.required}
        assert course == {"title", "nature", "starts_on", "ends_on", "hours", "cost", "certification"}
        assert people == {"birth_date", "last_name", "first_name", "sex", "csp", "education_level"}

    def test_its_zones_are_the_seeds_four(self) -> None:
        assert [label for _, label in TRAINING_ACTION.zones] == [
            "Programme de l'action",
            "Pour un bilan de compétence : copie de la convention tripartite",
            "Pour une VAE : copie de la convention",
            "Autres / Divers",
        ]

    def test_no_two_fields_of_a_request_share_a_name(self) -> None:
        names = [spec.name for step in TRAINING_ACTION.steps for spec in step.fields]
        assert len(set(names)) == len(names)
        assert all(len(name) <= 40 for name in names)

    @pytest.mark.django_db
    def test_its_words_name_this_opco(self) -> None:
        assert in_opco_words(f.SUBROGATION.label).startswith("Je souhaite qu'OPCO Mobilités règle directement")


@pytest.mark.django_db
class TestItsSynthesis:
    def test_it_says_values_as_people_read_them(self) -> None:
        said = lines(view(contact_phone="0389000000", hours="10,5", subrogation="oui", cost="1250,5"))
        assert said["SIRET"] == "834 267 023 00028"
        assert said["Téléphone"] == "03 89 00 00 00"
        assert said["Dispositif"] == "ACTION FORMATION"
        assert said["Modalités pédagogiques"] == "En présentiel"
        assert said["Durée en heure(s)"] == "10\u202fh\u202f30"
        assert said["Coût pédagogique de l'action HT"] == "1\u202f250,50\u202f€"
        assert said["Date de naissance"] == "05/01/1995"
        assert said["Sexe"] == "Femme"
        assert said["Programme de l'action"] == "programme.pdf"

    def test_what_cannot_be_read_is_left_empty(self) -> None:
        assert lines(view(cost="beaucoup", starts_on="hier"))["Coût pédagogique de l'action HT"] == ""

    def test_each_line_leads_back_to_its_field(self) -> None:
        names = {spec.name for step in TRAINING_ACTION.steps for spec in step.fields}
        names |= {spec.name for spec in f.TRAINEE_FIELDS} | {"provider", ""}
        zones = {f"zone-{zone}" for zone, _ in TRAINING_ACTION.zones}
        for section in TRAINING_ACTION.summary(view()):
            for line in section.lines:
                assert line.target in names | zones

    def test_what_does_not_apply_is_left_out(self) -> None:
        assert "Numéro RNCP ou RS" not in lines(view())
        assert lines(view(certifying="oui", certification="RS5715"))["Numéro RNCP ou RS"] == "RS5715"
        assert "Repas : quantité" not in lines(view())
        assert lines(view(repas_quantity="2", repas_amount="30"))["Repas : montant HT"] == "30,00\u202f€"

    def test_an_internal_training_says_so(self) -> None:
        said = lines(view(internal="oui"))
        assert said["Formation interne"] == "Oui"
        assert "Raison sociale" not in said

    @pytest.mark.parametrize(
        ("nir", "words"),
        [
            ({"nir_mask": "2 95 •• •• ••• ••• ••"}, "2 95 •• •• ••• ••• ••"),
            ({}, "Renseigné par un collègue"),
            ({"has_nir": False, "nir_absent_reason": "NOT_YET_ASSIGNED"}, "Numéro non encore attribué"),
            ({"has_nir": False}, ""),
        ],
    )
    def test_of_a_nir_it_shows_the_mask_or_why_there_is_none(self, nir: dict[str, Any], words: str) -> None:
        assert lines(view(rows=(person(**nir),)))["NIR"] == words

    def test_the_snapshot_holds_no_trace_of_a_nir(self) -> None:
        kept = str(TRAINING_ACTION.snapshot(view(rows=(person(nir_mask="2 95 •• •• ••• ••• ••", nir_id=123456789),))))
        for trace in ("NIR", "2 95", "•", "123456789"):
            assert trace not in kept

    def test_the_snapshot_names_people_as_they_are_compared(self) -> None:
        snapshot = TRAINING_ACTION.snapshot(view(rows=(person(last_name="D'ÉLAN  Müller"),)))
        assert snapshot["trainees"] == [{"row": "a1", "folded_name": "d elan muller zoe", "birth_date": "1995-01-05"}]

    def test_an_infected_piece_is_still_named(self) -> None:
        said = lines(view(pieces=(file(), file(name="avenant.pdf"))))
        assert said["Programme de l'action"] == "programme.pdf, avenant.pdf"


@pytest.mark.django_db
class TestTwins:
    def twins(self, dossier: Dossier, viewer: Actor | None = None) -> tuple[str, ...]:
        found = Dossier.objects.select_related("establishment__company", "provider").get(pk=dossier.pk)
        return load_draft(found, today=TODAY, viewer=viewer, with_twins=True).twins

    def test_the_same_person_at_the_same_time(self, alice: Actor, place: Establishment) -> None:
        first = sent(alice, place)
        again = complete_draft(alice, place, starts_on="13/01/2027", ends_on="14/01/2027")
        assert self.twins(again) == (first.number,)
        assert load_draft(again, today=TODAY).twins == ()

    def test_however_the_name_is_written(self, alice: Actor, place: Establishment) -> None:
        first = sent(alice, place)
        shouted = {**PERSON, "last_name": "MULLER", "first_name": "zoe"}
        assert self.twins(complete_draft(alice, place, people=(shouted,))) == (first.number,)

    @pytest.mark.parametrize(
        "change",
        [
            {"starts_on": "14/01/2027", "ends_on": "15/01/2027"},
            {"people": ({**PERSON, "birth_date": "06/01/1995"},)},
            {"people": ({**PERSON, "last_name": "Petit"},)},
            {"people": ({**PERSON, "birth_date": ""},)},
            {"starts_on": ""},
        ],
    )
    def test_somebody_else_or_another_time_is_none(
        self, change: dict[str, Any], alice: Actor, place: Establishment
    ) -> None:
        sent(alice, place)
        assert self.twins(complete_draft(alice, place, **change)) == ()

    def test_another_establishments_are_not_told(self, alice: Actor, place: Establishment) -> None:
        other = garage()
        sent(employer(other), other)
        assert self.twins(complete_draft(alice, place)) == ()

    @pytest.mark.parametrize("state", [State.REFUSEE, State.SANS_SUITE, State.ANNULEE, State.BROUILLON])
    def test_what_came_to_nothing_is_none(self, state: State, alice: Actor, place: Establishment) -> None:
        dossier, actor, _ = in_state(state)
        assert self.twins(complete_draft(actor, dossier.establishment)) == ()

    def test_somebody_whose_attachment_waits_learns_no_number(
        self, alice: Actor, newcomer: Actor, place: Establishment
    ) -> None:
        first = sent(alice, place)
        again = complete_draft(newcomer, place)
        assert self.twins(again, newcomer) == ()
        assert self.twins(again, alice) == (first.number,)

    def test_the_officer_sees_them_among_the_checks(self, alice: Actor, place: Establishment) -> None:
        first, second = sent(alice, place), sent(alice, place)
        check = next(check for check in checks_of(second) if check.code == "doublon")
        assert check.detail == f"Un même stagiaire, des dates qui se chevauchent : {first.number}."

    def test_without_people_nothing_is_asked(self, alice: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        with CaptureQueriesContext(connection) as context:
            found = find_twins(
                dossier, starts_on=date(2027, 1, 1), ends_on=date(2027, 1, 2), people=[("", ""), ("a", "")]
            )
        assert (found, len(context)) == ([], 0)

    def test_they_cost_one_query_however_many(self, alice: Actor, place: Establishment) -> None:
        counts = []
        for _ in range(2):
            sent(alice, place)
            draft = find_draft(actor=alice, key=str(complete_draft(alice, place).key))
            load_draft(draft, today=TODAY)
            with CaptureQueriesContext(connection) as without:
                load_draft(draft, today=TODAY)
            with CaptureQueriesContext(connection) as context:
                load_draft(draft, today=TODAY, with_twins=True)
            counts.append(len(context) - len(without))
        assert counts == [1, 1]


@pytest.mark.django_db
class TestTheDirectory:
    def test_people_are_kept_for_next_time(self, alice: Actor, place: Establishment) -> None:
        sent(alice, place)
        sent(alice, place)
        assert Trainee.objects.get().last_name == "Müller"
        assert Enrolment.objects.count() == 2

    def test_a_later_request_changes_the_directory_not_what_was_sent(self, alice: Actor, place: Establishment) -> None:
        sent(alice, place)
        sent(alice, place, people=({**PERSON, "csp": "CAD"},))
        assert Trainee.objects.get().csp == "CAD"
        assert list(Enrolment.objects.order_by("id").values_list("csp", flat=True)) == ["OQ", "CAD"]

    def test_somebody_whose_attachment_waits_changes_nobodys_row(
        self, alice: Actor, newcomer: Actor, place: Establishment
    ) -> None:
        sent(alice, place)
        sent(newcomer, place, people=({**PERSON, "csp": "CAD"},))
        rows = Trainee.objects.order_by("id").values_list("created_by_id", "csp")
        assert list(rows) == [(alice.user_id, "OQ"), (newcomer.user_id, "CAD")]

    def test_without_a_nir_the_reason_is_kept(self, alice: Actor, place: Establishment) -> None:
        sent(alice, place, nir="")
        enrolment = Enrolment.objects.get()
        assert (enrolment.nir_id, enrolment.nir_absent_reason) == (None, "NOT_YET_ASSIGNED")
