"""Help, the user guide, and what is new: for everybody who signed in."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from openopco import opco
from openopco.base.pdf import PdfFailed
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.queries import current_provider
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import Unavailable
from openopco.opco import changelog, guide, parameters
from openopco.opco.changelog import Reader

DELAYS = ("answer_target_days", "correction_days", "change_notice_days")


@require_safe
def help_page(request: PersonRequest) -> HttpResponse:
    today = paris_today(timezone.now())
    return render(request, "portal/help.html", {code: parameters.value(code, on=today) for code in DELAYS})


@require_safe
def user_guide(request: PersonRequest) -> FileResponse:
    """The guide's PDF. Raises `Unavailable` where it can't be made now."""
    try:
        file = guide.guide_path().open("rb")
    except PdfFailed as error:
        raise Unavailable("Le guide n'est pas disponible pour le moment : réessayez dans quelques minutes.") from error
    name = f"guide-{slugify(opco.identity().product)}.pdf"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")


@require_safe
def news(request: PersonRequest) -> HttpResponse:
    """All versions, with what each brings to this reader."""
    return render(request, "portal/news.html", {"versions": changelog.news(_reader(request))})


def _reader(request: PersonRequest) -> Reader:
    if request.user.is_opco:
        return Reader.OPCO
    return Reader.PROVIDER if current_provider(request) else Reader.EMPLOYER
