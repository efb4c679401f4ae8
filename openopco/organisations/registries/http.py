"""The public services themselves, through the one outbound client: DINUM, DGEFP, and the OPCOs' own CFADock."""

from typing import Any

from openopco.base.outbound import client
from openopco.kernel.errors import Unavailable
from openopco.organisations.errors import NotFound
from openopco.organisations.registries import answers
from openopco.organisations.registries.facts import CompanyFacts, Declaration, OpcoFacts

PROVIDER_LIST = "liste-publique-des-of-v2"


class HttpRegistry:
    """Services « sirene », « providers » and « opcos » of settings.OUTBOUND."""

    def company(self, siret: str) -> CompanyFacts:
        return answers.read_company(_ask("sirene", "search", q=siret), siret)

    def declaration(self, siret: str) -> Declaration:
        found = _ask("providers", "api/records/1.0/search/", dataset=PROVIDER_LIST, q=siret[:9], rows="50")
        return answers.read_declaration(found, siret)

    def opco(self, siret: str) -> OpcoFacts:
        return answers.read_opco(_ask("opcos", "api/opcos/", siret=siret))


def _ask(service: str, path: str, **params: str) -> Any:
    with client(service) as connection:
        answer = connection.get(path, params=params)
    if answer.status == 404:
        raise NotFound
    if answer.status != 200:
        raise Unavailable
    return answer.json()
