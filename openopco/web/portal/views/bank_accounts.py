"""« Coordonnées bancaires » of an establishment: where the OPCO pays it, proposed by those who administer it."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from openopco.habilitations.http import PersonRequest
from openopco.habilitations.places import Place
from openopco.web.bank_accounts import Door, account_page, administered_or_404, end_one
from openopco.web.portal.memberships import external_only

DOOR = Door("portal:bank_account", "portal:end_bank_account")


@require_http_methods(["GET", "HEAD", "POST"])
@external_only
def bank_account(request: PersonRequest, establishment_id: int) -> HttpResponse:
    return account_page(request, administered_or_404(request, Place(establishment_id)), DOOR)


@require_POST
@external_only
def end(request: PersonRequest, establishment_id: int, account_id: int) -> HttpResponse:
    return end_one(request, administered_or_404(request, Place(establishment_id)), account_id, DOOR)
