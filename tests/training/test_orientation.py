"""« Quel dispositif choisir ? »: every way through the questions leads somewhere, in five at most."""

from collections.abc import Iterator

import pytest

from openopco.training.enums import Nature
from openopco.training.orientation.rules import QUESTIONS, Form, Outcome, kept, next_question, outcome


def walks(answers: dict[str, str] | None = None) -> Iterator[dict[str, str]]:
    """All the ways through."""
    given = answers or {}
    question = next_question(given)
    if question is None:
        yield given
        return
    for code, _ in question.choices:
        yield from walks({**given, question.code: code})


ALL = list(walks())


def led(**answers: str) -> Outcome:
    assert next_question(answers) is None
    return outcome(answers)


def test_every_way_ends_within_five_questions_with_reasons() -> None:
    assert len(ALL) > 20
    for answers in ALL:
        found = outcome(answers)
        assert len(answers) <= 5
        assert found.why
        assert found.before
        assert [code for _, code in kept(answers)] == list(answers.values())


def test_each_form_is_reached_and_each_question_asked() -> None:
    assert {outcome(answers).form for answers in ALL} == set(Form)
    assert {code for answers in ALL for code in answers} == {question.code for question in QUESTIONS}


def test_only_an_action_de_formation_has_a_nature_and_it_is_one_of_the_form() -> None:
    for answers in ALL:
        found = outcome(answers)
        assert (found.nature in Nature.values) == (found.form is Form.ACTION)


@pytest.mark.parametrize(("aim", "nature"), [("competences", "action"), ("bilan", "bilan"), ("vae", "vae")])
def test_an_employee_is_trained_by_an_action_of_the_right_nature(aim: str, nature: str) -> None:
    found = led(qui="salarie", but=aim, commencee="non")
    assert (found.form, found.nature) == (Form.ACTION, nature)
    assert found.before == ("La demande s'envoie avant le début de la formation.",)


def test_a_training_already_begun_is_told_of() -> None:
    assert "pourrait être refusée" in led(qui="salarie", but="competences", commencee="oui").before[0]


@pytest.mark.parametrize(
    ("goal", "age", "form"),
    [
        ("diplome", "moins_26", Form.APPRENTISSAGE),
        ("diplome", "26_29", Form.APPRENTISSAGE),
        ("diplome", "30_plus", Form.PRO),
        ("branche", "moins_26", Form.PRO),
        ("branche", "26_29", Form.PRO),
        ("branche", "30_plus", Form.PRO),
    ],
)
def test_a_contract_follows_from_the_goal_and_the_age(goal: str, age: str, form: Form) -> None:
    found = led(qui="embauche", but="alternance", certification=goal, age=age)
    assert found.form is form
    must_be_registered = any("France Travail" in line for line in found.before)
    assert must_be_registered == (form is Form.PRO and age != "moins_26")


def test_changing_trade_needs_a_certification() -> None:
    for goal in ("diplome", "branche"):
        assert led(qui="salarie", but="metier", certification=goal).form is Form.RECONVERSION
    assert led(qui="salarie", but="metier", certification="aucune", commencee="non").form is Form.ACTION


def test_who_is_no_employee_is_sent_elsewhere() -> None:
    assert led(qui="dirigeant").form is Form.AUCUN


def test_a_recruit_is_trained_once_he_is_an_employee() -> None:
    found = led(qui="embauche", but="competences", commencee="non")
    assert "salariée" in found.before[-1]


def test_an_answer_that_is_none_is_asked_again_and_the_rest_left_out() -> None:
    answers = {"qui": "salarie", "but": "n'importe", "age": "30_plus", "commencee": "oui"}
    question = next_question(answers)
    assert question is not None
    assert question.code == "but"
    assert [code for _, code in kept(answers)] == ["salarie"]
