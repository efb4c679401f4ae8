"""What an action de formation needs, and what is odd in one: each rule with its French sentence."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from openopco.dossiers.draft import DraftView, PaperFacts
from openopco.opco.defaults import Version
from openopco.training import fields as f
from openopco.training.rules import as_request, closed, errors, hourly_cost, missing, name_of, required_zones, warnings
from tests.training.builders import PARAMETERS, file, person, provider, told, view

LIMITS = {"last_day": "2026-12-31", "late_from": "2026-12-15", "late_last_day": "2027-01-15"}
OPENING = {"first_submission": [Version(date(2019, 4, 1), None, ""), Version(date(2028, 1, 1), "2027-10-01", "")]}


def sentences(draft: DraftView) -> list[str]:
    return [warning.message for warning in warnings(draft)]


class TestWhatIsMissing:
    def test_nothing_in_a_complete_draft(self) -> None:
        assert missing(view()) == []

    @pytest.mark.parametrize(
        ("field", "sentence"),
        [
            ("headcount", "Indiquez l'effectif de l'entreprise."),
            ("idcc", "Indiquez la convention collective."),
            ("contact_email", "Indiquez votre e-mail."),
            ("title", "Donnez l'intitulé de la formation."),
            ("starts_on", "Indiquez la date de début."),
            ("ends_on", "Indiquez la date de fin."),
            ("hours", "Indiquez la durée en heures."),
            ("cost", "Indiquez le coût pédagogique."),
            ("done_at", "Indiquez où la demande est faite."),
            ("done_on", "Datez la demande."),
            ("attest", "Attestez sur l'honneur."),
        ],
    )
    @pytest.mark.parametrize("typed", ["", "   "])
    def test_each_required_field(self, typed: str, field: str, sentence: str) -> None:
        assert told(missing(view(**{field: typed}))) == [(field, sentence)]

    @pytest.mark.parametrize(
        "field", ["contact_phone", "comment", "place_city", "subrogation", "voluntary", "modality"]
    )
    def test_what_is_optional_may_stay_empty(self, field: str) -> None:
        assert missing(view(**{field: ""})) == []

    @pytest.mark.parametrize("typed", ["non", "off", "0"])
    def test_an_honour_not_sworn_is_missing(self, typed: str) -> None:
        assert [line.target for line in missing(view(attest=typed))] == ["attest"]

    @pytest.mark.parametrize(
        ("field", "typed", "words"),
        [
            ("headcount", "trois", "Indiquez un nombre entier de salariés, par exemple 3."),
            ("headcount", "0", "Indiquez un nombre entier de salariés, par exemple 3."),
            ("headcount", "9" * 8, "Indiquez un nombre entier de salariés, par exemple 3."),
            ("starts_on", "31/02/2027", "Le 31/02/2027 n'existe pas."),
            ("cost", "-5", "Un montant ne peut pas être négatif."),
            ("nature", "sport", "Choisissez une des réponses proposées."),
            ("comment", "a" * 2001, "Ce texte est trop long : 2000 caractères au plus."),
            ("contact_phone", "12", ""),
            ("repas_quantity", "1,5", "Indiquez un nombre entier, par exemple 4."),
        ],
    )
    def test_what_cannot_be_read_is_told_beside_its_field(self, field: str, typed: str, words: str) -> None:
        line = next(line for line in missing(view(**{field: typed})) if line.target == field)
        assert line.task.startswith("Corriger « ")
        assert words in line.message
        assert line.message.endswith(".")

    def test_a_task_is_asked_as_one_asks_somebody(self) -> None:
        for spec in (*f.EMPLOYER_FIELDS, *f.TRAINING_FIELDS, *f.TRAINEE_FIELDS, *f.CLOSING_FIELDS):
            assert not spec.required or spec.task, spec.name
        assert as_request("Choisir le dispositif") == "Choisissez le dispositif."
        assert as_request("Saisir le NIR") == "Saisissez le NIR."


class TestTheCourse:
    def test_it_does_not_end_before_it_starts(self) -> None:
        lines = missing(view(starts_on="12/01/2027", ends_on="11/01/2027"))
        assert told(lines) == [("ends_on", "La fin (11/01/2027) précède le début (12/01/2027).")]
        assert missing(view(starts_on="12/01/2027", ends_on="12/01/2027")) == []

    @pytest.mark.parametrize(
        ("hours", "fine"), [("0", False), ("0,5", False), ("59 min", False), ("1", True), ("1h", True)]
    )
    def test_it_lasts_at_least_an_hour(self, hours: str, fine: bool) -> None:
        expected = [] if fine else [("hours", "Une formation dure au moins 1\u202fh pour être prise en charge.")]
        assert told(missing(view(hours=hours))) == expected

    def test_without_a_least_duration_it_lasts_all_the_same(self) -> None:
        free = {"min_hours": 0}
        assert missing(view(hours="0,25", parameters=free)) == []
        assert told(missing(view(hours="0", parameters=free))) == [
            ("hours", "Une formation dure au moins 0\u202fh\u202f01 pour être prise en charge.")
        ]

    @pytest.mark.parametrize(
        ("code", "city", "target"),
        [("68110", "", "place_city"), ("", "ILLZACH", "place_postal_code"), ("68110", "ILLZACH", "")],
    )
    def test_its_place_is_whole_or_not_told(self, code: str, city: str, target: str) -> None:
        lines = missing(view(place_postal_code=code, place_city=city))
        assert told(lines) == ([(target, "Indiquez le code postal et la ville.")] if target else [])

    def test_a_certifying_course_names_its_certification(self) -> None:
        assert told(missing(view(certifying="oui"))) == [("certification", "Indiquez le numéro RNCP ou RS.")]
        assert missing(view(certifying="oui", certification="RNCP37680")) == []
        assert missing(view(certifying="non", certification="n'importe quoi")) == []

    @pytest.mark.parametrize("cost", ["repas", "hebergement", "transport", "salaires"])
    def test_ancillary_costs_go_by_pairs(self, cost: str) -> None:
        amount_alone = missing(view(**{f"{cost}_amount": "12,50"}))
        quantity_alone = missing(view(**{f"{cost}_quantity": "2"}))
        assert [line.target for line in amount_alone] == [f"{cost}_quantity"]
        assert [line.target for line in quantity_alone] == [f"{cost}_amount"]
        assert "ou videz les deux." in amount_alone[0].message
        assert missing(view(**{f"{cost}_amount": "12,50", f"{cost}_quantity": "2"})) == []


class TestTheProvider:
    def test_somebody_teaches(self) -> None:
        sentence = "Sélectionnez ou créez l'organisme de formation, ou cochez « Formation interne »."
        assert told(missing(view(taught_by=None))) == [("provider", sentence)]

    def test_or_the_company_itself(self) -> None:
        assert missing(view(taught_by=None, internal="oui")) == []

    @pytest.mark.parametrize("status", ["SUSPENDU", "FERME"])
    def test_not_one_that_may_not_be_paid(self, status: str) -> None:
        closed = provider(status=status)
        sentence = "AXEPT n'est plus actif : choisissez un autre organisme."
        assert told(missing(view(taught_by=closed))) == [("provider", sentence)]
        assert missing(view(taught_by=closed, internal="oui")) == []


class TestThePeople:
    def test_there_is_somebody(self) -> None:
        assert told(missing(view(rows=()))) == [("", "Ajoutez au moins un stagiaire.")]

    def test_not_more_than_the_most(self) -> None:
        people = tuple(person(f"a{rank}", rank) for rank in range(3))
        sentence = "Une demande compte 2 stagiaires au plus : répartissez-les sur plusieurs demandes."
        assert told(missing(view(rows=people, parameters={"max_trainees": 2}))) == [("", sentence)]
        assert missing(view(rows=people, parameters={"max_trainees": 3})) == []

    @pytest.mark.parametrize("field", ["last_name", "first_name", "birth_date", "sex", "csp", "education_level"])
    def test_each_required_field_names_whose(self, field: str) -> None:
        lines = missing(view(rows=(person(**{field: ""}),)))
        assert [(line.target, line.row) for line in lines] == [(field, "a1")]
        assert "Zoé" in lines[0].task or "Müller" in lines[0].task

    def test_a_nir_or_why_not(self) -> None:
        sentence = "Saisissez le NIR, ou dites pourquoi il n'y en a pas."
        assert told(missing(view(rows=(person(has_nir=False),)))) == [("nir", sentence)]
        assert missing(view(rows=(person(has_nir=False, nir_absent_reason="NOT_YET_ASSIGNED"),))) == []

    def test_no_nir_where_none_is_asked(self) -> None:
        assert missing(view(rows=(person(has_nir=False),), parameters={"nir_required": False})) == []

    @pytest.mark.parametrize("reason", ["NOT_ASKED", "parce que"])
    def test_a_reason_is_one_of_those_offered(self, reason: str) -> None:
        lines = missing(view(rows=(person(has_nir=False, nir_absent_reason=reason),)))
        assert told(lines) == [("nir_absent_reason", "Choisissez une des réponses proposées.")]

    def test_two_people_do_not_share_a_nir(self) -> None:
        other = person("b2", 2, first_name="Abel", last_name="Petit", nir_id=7)
        lines = missing(view(rows=(person(nir_id=7), other)))
        assert told(lines) == [("nir", "Ce NIR est aussi celui de Zoé Müller : vérifiez les deux.")]
        assert lines[0].row == "b2"
        assert missing(view(rows=(person(nir_id=7), replace(other, nir_id=8)))) == []

    @pytest.mark.parametrize(
        ("born", "fine"),
        [
            ("23/11/2012", True),
            ("24/11/2012", False),
            ("23/11/2030", False),
            ("01/01/1930", True),
            ("01/01/1920", False),
        ],
    )
    def test_nobody_is_too_young_or_too_old_to_work(self, born: str, fine: bool) -> None:
        lines = missing(view(rows=(person(birth_date=born),)))
        sentence = "Cette date de naissance ne peut pas être celle d'un salarié : vérifiez l'année."
        assert told(lines) == ([] if fine else [("birth_date", sentence)])

    def test_one_without_a_name_goes_by_his_rank(self) -> None:
        assert name_of(person(position=3, first_name="", last_name=" ")) == "stagiaire 3"
        assert name_of(person(first_name="", last_name="Müller")) == "Müller"


class TestPieces:
    @pytest.mark.parametrize(
        ("nature", "zone", "sentence"),
        [
            ("action", "programme", "Joignez le programme de l'action."),
            ("bilan", "bilan", "Joignez la convention tripartite du bilan de compétences."),
            ("vae", "vae", "Joignez la convention de VAE."),
        ],
    )
    def test_each_nature_has_its_own(self, nature: str, zone: str, sentence: str) -> None:
        assert told(missing(view(nature=nature, pieces=()))) == [(f"zone-{zone}", sentence)]
        assert missing(view(nature=nature, pieces=(file(zone),))) == []
        assert told(missing(view(nature=nature, pieces=(file("divers"),)))) == [(f"zone-{zone}", sentence)]

    def test_they_are_dated_data(self) -> None:
        asked = {"required_pieces": {"action": ["programme", "divers"], "bilan": [], "vae": []}}
        draft = view(parameters=asked)
        assert required_zones(draft) == ("programme", "divers")
        assert told(missing(draft)) == [("zone-divers", "Joignez un document.")]
        assert missing(view(nature="vae", pieces=(), parameters=asked)) == []

    @pytest.mark.parametrize(
        ("state", "counts"), [("safe", True), ("pending", True), ("infected", False), ("error", False)]
    )
    def test_a_dangerous_one_does_not_count(self, state: str, counts: bool) -> None:
        assert (missing(view(pieces=(file(state=state),))) == []) is counts


class TestClosing:
    def test_a_request_is_not_dated_tomorrow(self) -> None:
        lines = missing(view(done_on="24/11/2026"))
        assert told(lines) == [("done_on", "Cette date est dans l'avenir : mettez celle du jour.")]
        assert missing(view(done_on="20/11/2026")) == []

    def test_nor_over_a_year_ago(self) -> None:
        assert told(missing(view(done_on="01/01/1900"))) == [
            ("done_on", "Cette date a plus d'un an : vérifiez l'année.")
        ]
        assert missing(view(done_on="24/11/2025")) == []
        answered = view(done_on="24/11/2025", starts_on="12/01/2026", ends_on="13/01/2026", today=date(2027, 1, 13))
        assert missing(answered) == []


class TestErrorsAsOneTypes:
    def test_what_is_empty_waits(self) -> None:
        draft = view(rows=(), pieces=(), taught_by=None, **dict.fromkeys(("title", "cost", "attest", "starts_on"), ""))
        assert len(missing(draft)) > 5
        assert errors(draft) == []

    def test_what_was_typed_and_is_wrong_is_told(self) -> None:
        draft = view(title="", cost="beaucoup", ends_on="11/01/2027", rows=(person(birth_date="hier", csp=""),))
        assert [(line.target, line.row) for line in errors(draft)] == [
            ("cost", ""),
            ("ends_on", ""),
            ("birth_date", "a1"),
        ]

    def test_of_a_row_that_is_gone_nothing_is_told(self) -> None:
        assert errors(view(rows=(person(has_nir=False),))) == []


class TestWhatIsOdd:
    def test_nothing_in_an_ordinary_draft(self) -> None:
        assert warnings(view()) == []

    def test_already_started(self) -> None:
        early = view(today=date(2027, 1, 13))
        told = (
            "La formation a déjà commencé (12/01/2027) : une demande se fait d'ordinaire avant le début, celle-ci pourrait "
            "être refusée."
        )
        assert sentences(early) == [told]
        assert sentences(view(today=date(2027, 1, 13), starts_on="01/01/1900")) == []
        assert warnings(view(today=date(2027, 1, 12))) == []

    @pytest.mark.parametrize(
        ("hours", "ends", "words"),
        [
            ("24", "13/01/2027", []),
            ("24,5", "13/01/2027", ["24\u202fh\u202f30 en 2 jours : vérifiez les dates ou la durée."]),
            ("13", "12/01/2027", ["13\u202fh en 1 jour : vérifiez les dates ou la durée."]),
            ("99", "11/01/2027", []),
        ],
    )
    def test_more_hours_than_the_days_hold(self, hours: str, ends: str, words: list[str]) -> None:
        assert [line for line in sentences(view(hours=hours, ends_on=ends, cost="1000")) if "jour" in line] == words

    def test_a_start_of_another_century(self) -> None:
        found = [line.message for line in missing(view(starts_on="31/12/1999")) if line.target == "starts_on"]
        assert found == ["Cette date n'est pas vraisemblable (31/12/1999) : vérifiez l'année."]
        assert not [line for line in missing(view(starts_on="01/01/2000")) if line.target == "starts_on"]

    def test_a_free_training(self) -> None:
        assert sentences(view(cost="0")) == ["Le coût pédagogique est de 0 € : vérifiez-le."]

    @pytest.mark.parametrize(
        ("starts", "today", "limit"),
        [
            ("14/12/2026", date(2026, 12, 31), ""),
            ("14/12/2026", date(2027, 1, 1), "31/12/2026"),
            ("15/12/2026", date(2027, 1, 15), ""),
            ("15/12/2026", date(2027, 1, 16), "15/01/2027"),
            ("31/12/2025", date(2027, 1, 16), ""),
            ("04/01/2027", date(2027, 2, 1), ""),
            ("", date(2027, 2, 1), ""),
        ],
    )
    def test_the_last_day_to_send_it_follows_the_day_it_starts(self, starts: str, today: date, limit: str) -> None:
        draft = view(starts_on=starts, ends_on=starts, today=today)
        said = closed(draft)
        assert (f"la demande devait être envoyée au plus tard le {limit} : elle ne peut plus" in said) is bool(limit)
        assert bool(said) is bool(limit)
        assert [line for line in sentences(draft) if "plus tard" in line] == ([said] if limit else [])

    def test_already_started_it_says_until_when_it_may_still_be_sent(self) -> None:
        (said,) = sentences(view(starts_on="14/12/2026", ends_on="15/12/2026", today=date(2026, 12, 20)))
        assert said.endswith("Elle peut encore être envoyée jusqu'au 31/12/2026.")

    def test_closed_it_says_from_which_start_one_may_still_ask(self) -> None:
        told = [closed(view(starts_on="14/12/2026", today=day)) for day in (date(2027, 1, 1), date(2027, 1, 16))]
        assert told[0].endswith("qui commence à partir du 15/12/2026, jusqu'au 15/01/2027.")
        assert told[1].endswith("qui commence à partir du 01/01/2027.")
        alone = [Version(date(2026, 1, 1), LIMITS, "")]
        gone = closed(view(starts_on="14/12/2026", today=date(2027, 1, 16), parameters={"last_submission": alone}))
        assert gone.endswith("Le brouillon est gardé.")

    @pytest.mark.parametrize(
        ("starts", "today", "refused"),
        [
            ("03/01/2028", date(2027, 9, 30), True),
            ("03/01/2028", date(2027, 10, 1), False),
            ("31/12/2027", date(2027, 9, 30), False),
            ("", date(2027, 9, 30), False),
        ],
    )
    def test_the_first_day_to_send_it_follows_the_day_it_starts(self, starts: str, today: date, refused: bool) -> None:
        draft = view(starts_on=starts, ends_on=starts, today=today, parameters=OPENING)
        said = closed(draft)
        assert ("qui commence le 03/01/2028, les demandes s'ouvrent le 01/10/2027" in said) is refused
        assert bool(said) is refused
        assert (said in sentences(draft)) is refused

    def test_on_paper_received_before_the_first_day_it_is_refused(self) -> None:
        draft = view(starts_on="03/01/2028", today=date(2027, 11, 2), parameters=OPENING)
        days = (date(2027, 9, 30), date(2027, 10, 1))
        early, in_time = (closed(replace(draft, paper=PaperFacts(day, "", ""))) for day in days)
        assert "reçue avant, elle ne peut pas être envoyée" in early
        assert in_time == ""

    def test_on_paper_the_day_it_was_received_counts(self) -> None:
        draft = view(starts_on="14/12/2026", today=date(2027, 1, 4))
        received = [PaperFacts(day, "", "") for day in (date(2026, 12, 31), date(2027, 1, 1))]
        in_time, late = (closed(replace(draft, paper=paper)) for paper in received)
        assert in_time == ""
        assert "la demande devait être reçue au plus tard le 31/12/2026" in late

    @pytest.mark.parametrize(("cost", "word"), [("69,99", "bas"), ("70,00", ""), ("2100,00", ""), ("2101,00", "élevé")])
    def test_an_hourly_cost_out_of_the_ordinary(self, cost: str, word: str) -> None:
        found = sentences(view(cost=cost, ends_on="20/01/2027"))
        if not word or cost == "69,99":
            assert found == [] or "bas" in found[0]
        else:
            assert "150,07\u202f€ par heure et par stagiaire, c'est inhabituellement élevé" in found[0]

    def test_an_hourly_cost_too_low(self) -> None:
        assert sentences(view(cost="60,00")) == [
            "4,29\u202f€ par heure et par stagiaire, c'est inhabituellement bas : vérifiez le coût et la durée."
        ]

    def test_the_same_person_twice(self) -> None:
        twice = view(rows=(person(), person("b2", 2, first_name="ZOÉ")), cost="1000")
        assert sentences(twice) == ["ZOÉ Müller figure deux fois dans la demande."]
        other_day = view(rows=(person(), person("b2", 2, birth_date="06/01/1995")), cost="1000")
        assert warnings(other_day) == []

    def test_two_people_not_named_yet_are_not_twins(self) -> None:
        blank: dict[str, Any] = {"first_name": "", "last_name": "", "birth_date": ""}
        assert warnings(view(rows=(person(**blank), person("b2", 2, **blank)), cost="1000")) == []

    @pytest.mark.parametrize(
        ("starts", "told"), [("12/12/2026", True), ("13/12/2026", False), ("23/11/2026", True), ("22/11/2026", False)]
    )
    def test_a_training_that_begins_before_the_answer_aimed_at(self, starts: str, told: bool) -> None:
        draft = view(starts_on=starts, parameters={**PARAMETERS, "answer_target_days": 20}, today=date(2026, 11, 23))
        found = [line for line in sentences(draft) if "réponse que nous visons (13/12/2026)" in line]
        assert len(found) == told

    @pytest.mark.parametrize(
        ("code", "city", "odd"),
        [
            ("68100", "MULHOUSE", False),
            ("68100", "Mulhouse Cedex 3", False),
            ("68100", "Metz", True),
            ("68100", "", False),
            ("57045", "Metz", False),
            ("68300", "ST-LOUIS", False),
            ("68300", "Hésingue", False),
        ],
    )
    def test_a_city_that_is_none_of_its_postal_code(self, code: str, city: str, odd: bool) -> None:
        communes = {"68100": ("Mulhouse",), "68300": ("Saint-Louis", "Hésingue", "Blotzheim")}
        draft = replace(view(place_postal_code=code, place_city=city), communes=communes)
        found = [line for line in warnings(draft) if line.target == "place_city"]
        said = "Le code postal 68100 est celui de Mulhouse, pas de Metz : vérifiez les deux."
        assert [line.message for line in found] == ([said] if odd else [])

    def test_a_trainee_who_lives_in_none_of_the_communes_of_his_code(self) -> None:
        communes = {"68300": ("Saint-Louis", "Hésingue", "Blotzheim")}
        draft = replace(view(rows=(person(postal_code="68300", city="Colmar"),)), communes=communes)
        (found,) = [line for line in warnings(draft) if line.target == "city"]
        assert found.row == "a1"
        assert found.message == (
            "Zoé Müller : le code postal 68300 est celui de Saint-Louis et 2 autres communes, pas de Colmar : vérifiez les deux."
        )

    def test_somebody_already_in_another_request(self) -> None:
        found = warnings(view(twins=("AF-2026-000002", "AF-2026-000003")))
        assert [line.message for line in found] == [
            "Un des stagiaires est déjà dans une demande aux mêmes dates : AF-2026-000002, AF-2026-000003."
        ]

    def test_a_nir_that_contradicts_the_person(self) -> None:
        row = person(nir_warnings=("Le sexe indiqué ne correspond pas au NIR : vérifiez les deux.",))
        found = warnings(view(rows=(row,)))
        assert [(line.target, line.row, line.message) for line in found] == [
            ("nir", "a1", "Zoé Müller : Le sexe indiqué ne correspond pas au NIR : vérifiez les deux.")
        ]


class TestHourlyCost:
    def test_it_is_for_one_hour_of_one_trainee(self) -> None:
        assert hourly_cost(view()) == Decimal("40.00")
        assert hourly_cost(view(rows=(person(), person("b2", 2)))) == Decimal("20.00")

    @pytest.mark.parametrize("unknown", [{"cost": ""}, {"hours": "x"}, {"hours": "0"}, {"rows": ()}, {"cost": "0"}])
    def test_it_is_unknown_while_something_is(self, unknown: dict[str, Any]) -> None:
        assert hourly_cost(view(**unknown)) is None
