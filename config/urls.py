"""Every address of the portal. Each door lists its own."""

from django.conf import settings
from django.urls import include, path

from openopco.web import theme
from openopco.web.health import healthz

urlpatterns = [
    path("", include("openopco.web.public.urls")),
    path("", include("openopco.web.public.account_urls")),
    path("", include("openopco.web.billing.urls")),
    path("", include("openopco.web.portal.urls")),
    path("", include("openopco.web.provider.urls")),
    path("", include("openopco.web.desk.urls")),
    path("", include("openopco.web.finance.urls")),
    path("", include("openopco.web.admin.urls")),
    path("healthz", healthz, name="healthz"),
    path("theme/<slug:digest>.css", theme.sheet, name="theme"),
    path("logo/<slug:digest>.png", theme.picture, name="logo"),
]

if settings.COMPONENT_GALLERY:
    urlpatterns.append(path("", include("openopco.web.gallery.urls")))

if settings.DEMO:
    urlpatterns.append(path("", include("openopco.demo.urls")))

handler400 = "openopco.web.errors.bad_request"
handler403 = "openopco.web.errors.forbidden"
handler404 = "openopco.web.errors.not_found"
handler429 = "openopco.web.errors.too_many_requests"
handler500 = "openopco.web.errors.server_error"
