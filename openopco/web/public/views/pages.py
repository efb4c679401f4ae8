"""Pages that anybody may read. No query, but for two delays, which are kept in memory."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from openopco.kernel.calendar import paris_today
from openopco.opco import parameters


@login_not_required
def landing(request: HttpRequest) -> HttpResponse:
    target = parameters.value("answer_target_days", paris_today(timezone.now()))
    return render(request, "public/landing.html", {"answer_target_days": target})


@login_not_required
def terms(request: HttpRequest) -> HttpResponse:
    notice = parameters.value("change_notice_days", paris_today(timezone.now()))
    return render(request, "public/terms.html", {"change_notice_days": notice})


@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "public/accessibility.html")


@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "public/privacy.html")
