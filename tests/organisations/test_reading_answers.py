"""Answers of the public services are read strictly: a foreign shape is « unavailable », nonsense is left out."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.kernel.errors import OpenOpcoError, Unavailable
from openopco.organisations.errors import NotFound
from openopco.organisations.registries.answers import opco_slug, read_company, read_declaration, read_opco
from openopco.organisations.registries.facts import CompanyFacts, OpcoFacts, Qualiopi
from tests.organisations import answers
from tests.organisations.factories import ACTIF_AUTO, AXEPT, siret
from tests.shared_data import shared_file

SIRENE = "refdata/sirene/api-recherche-entreprises"
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["results", "records", "fields", "siren", "matching_etablissements", "siret", "searchStatus"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


def test_an_establishment_is_read_whole() -> None:
    read = read_company(answers.company(answers.place()), ACTIF_AUTO)
    assert read == CompanyFacts(
        siret=ACTIF_AUTO,
        name="ACTIF AUTO CONTROLE",
        address="24 AV DE HOLLANDE",
        postal_code="68110",
        city="ILLZACH",
        insee_code="68154",
        naf="7120A",
        idccs=("1090",),
        headcount_band="02",
        company_headcount_band="03",
        is_active=True,
    )
    assert read.siren == "831352976"


def test_the_right_establishment_is_taken_among_several() -> None:
    other = siret(12)
    answer = answers.company(answers.place(other, libelle_commune="AILLEURS"), answers.place())
    assert read_company(answer, ACTIF_AUTO).city == "ILLZACH"


def test_an_answer_about_somebody_else_finds_nothing() -> None:
    with pytest.raises(NotFound):
        read_company(answers.company(answers.place(siret(12))), ACTIF_AUTO)


def test_no_result_is_an_unknown_siret() -> None:
    with pytest.raises(NotFound):
        read_company(answers.nothing(), ACTIF_AUTO)


def test_a_person_who_keeps_his_name_private_is_unknown_too() -> None:
    hidden = answers.company(answers.place(), nom_complet=None, nom_raison_sociale=None)
    with pytest.raises(NotFound):
        read_company(hidden, ACTIF_AUTO)


@pytest.mark.parametrize(("place_state", "unit_state"), [("F", "A"), ("A", "C"), (None, "A")])
def test_a_closed_establishment_or_company_is_not_active(place_state: str | None, unit_state: str) -> None:
    answer = answers.company(answers.place(etat_administratif=place_state), etat_administratif=unit_state)
    assert not read_company(answer, ACTIF_AUTO).is_active


def test_agreements_that_decide_nothing_are_left_out() -> None:
    answer = answers.company(answers.place(liste_idcc=["9999", "16", "0016", "5100", None, {}, "abc"]))
    assert read_company(answer, ACTIF_AUTO).idccs == ("0016",)


def test_the_companys_agreements_stand_in_for_the_establishments() -> None:
    answer = answers.company(answers.place(liste_idcc=None), complements={"liste_idcc": ["1090"]})
    assert read_company(answer, ACTIF_AUTO).idccs == ("1090",)


def test_nonsense_in_a_column_is_left_out() -> None:
    odd = answers.place(activite_principale="??", code_postal=12, tranche_effectif_salarie="99", commune=None)
    read = read_company(answers.company(odd), ACTIF_AUTO)
    assert (read.naf, read.postal_code, read.headcount_band, read.insee_code) == ("", "", "", "")


def test_control_characters_and_endless_names_are_cleaned() -> None:
    read = read_company(answers.company(answers.place(), nom_raison_sociale="A\x00\u202eB" + "C" * 500), ACTIF_AUTO)
    assert read.name == "AB" + "C" * 198


@pytest.mark.parametrize("answer", [None, [], "texte", 3, {"results": {}}, {"results": [1]}, {"erreur": "x"}])
def test_a_foreign_shape_is_unavailable(answer: Any) -> None:
    with pytest.raises(Unavailable):
        read_company(answer, ACTIF_AUTO)


@given(json_values)
def test_no_answer_whatever_raises_anything_else(answer: Any) -> None:
    for read in (lambda: read_company(answer, ACTIF_AUTO), lambda: read_declaration(answer, AXEPT)):
        with pytest.raises(OpenOpcoError):
            read()


@given(json_values)
def test_no_opco_answer_raises_anything_else(answer: Any) -> None:
    with contextlib.suppress(Unavailable):
        assert isinstance(read_opco(answer), OpcoFacts)


def test_a_declaration_gives_its_number_and_certificates() -> None:
    told = answers.provider_list(answers.line(AXEPT, "44680123456", actionsdeformation=True, vae=False))
    read = read_declaration(told, AXEPT)
    assert read.nda == "44680123456"
    assert read.qualiopi == Qualiopi(actions=True)
    assert read.is_there


def test_the_establishments_own_declaration_is_preferred() -> None:
    other = AXEPT[:9] + "00010"
    told = answers.provider_list(
        answers.line(other, "11111111111", vae=True), answers.line(AXEPT, "44680123456", bilansdecompetences=True)
    )
    assert read_declaration(told, AXEPT).nda == "44680123456"
    assert read_declaration(told, AXEPT).qualiopi == Qualiopi(bilans=True)


def test_the_only_declaration_of_the_company_serves_all_its_establishments() -> None:
    told = answers.provider_list(answers.line(AXEPT[:9] + "00010", "44680123456", actionsdeformation=True))
    assert read_declaration(told, AXEPT).nda == "44680123456"


def test_several_declarations_leave_the_number_open_and_add_their_certificates() -> None:
    told = answers.provider_list(
        answers.line(AXEPT[:9] + "00010", "11755565775", actionsdeformation=True),
        answers.line(AXEPT[:9] + "00036", "11755762075", vae=True),
    )
    read = read_declaration(told, AXEPT)
    assert (read.nda, read.is_there) == ("", True)
    assert read.qualiopi == Qualiopi(actions=True, vae=True)


def test_lines_of_other_companies_count_for_nothing() -> None:
    with pytest.raises(NotFound):
        read_declaration(answers.provider_list(answers.line(siret(3), "44680123456")), AXEPT)


def test_the_opco_and_its_agreement_are_read() -> None:
    assert read_opco(answers.opco()) == OpcoFacts("mobilites", "1090")


@pytest.mark.parametrize("status", ["NOT_FOUND", "MULTIPLE_OPCO", "AUTRE"])
def test_no_single_opco_is_no_opco(status: str) -> None:
    assert read_opco(answers.opco(status=status)) == OpcoFacts()


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("OPCO Mobilités", "mobilites"),
        ("Afdas", "afdas"),
        ("AKTO / Opco entreprises et salariés des services", "akto"),
        ("OPCO 2i", "opco2i"),
        ("Opco EP Entreprises de proximité", "opcoep"),
        ("L’Opcommerce", "opcommerce"),
        ("OPCO Santé", "sante"),
        ("Uniformation, l'Opco de la Cohésion sociale", "uniformation"),
        ("Un OPCO à venir", ""),
        ("", ""),
    ],
)
def test_an_opco_is_known_by_its_usual_names(name: str, slug: str) -> None:
    assert opco_slug(name) == slug


def test_a_recorded_answer_about_an_open_establishment_is_read() -> None:
    path = shared_file(f"{SIRENE}/search-48744469700428.json")
    read = read_company(json.loads(path.read_text(encoding="utf-8")), "48744469700428")
    assert (read.name, read.naf, read.postal_code) == ("ESSOR ENERGIES", "4321A", "24330")
    assert read.address == "22 RUE MAISON BLANCHE"
    assert read.city == "BOULAZAC ISLE MANOIRE"
    assert (read.headcount_band, read.is_active) == ("12", True)


def test_a_recorded_answer_about_a_closed_establishment_is_read() -> None:
    path = shared_file(f"{SIRENE}/search-88087814500015.json")
    read = read_company(json.loads(path.read_text(encoding="utf-8")), "88087814500015")
    assert (read.name, read.is_active, read.headcount_band) == ("GANYMEDE", False, "NN")


def test_every_recorded_answer_is_understood() -> None:
    folder = shared_file(f"{SIRENE}/search-356000000.json").parent
    recorded = sorted(folder.glob("*.json"))
    assert len(recorded) >= 20
    for path in recorded:
        with pytest.raises(NotFound):
            read_company(json.loads(path.read_text(encoding="utf-8")), siret(1))


def test_a_recorded_list_of_providers_is_read() -> None:
    path = shared_file("refdata/organismes/api-liste-publique-of-reponse.json")
    read = read_declaration(json.loads(path.read_text(encoding="utf-8")), "35600000000048")
    assert (read.nda, read.is_there) == ("", True)
    assert read.qualiopi == Qualiopi(actions=True)
