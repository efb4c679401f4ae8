"""Every address of the portal. Each door lists its own."""

from django.urls import include, path

from openopco.web.health import healthz

urlpatterns = [
    path("", include("openopco.web.public.urls")),
    path("", include("openopco.web.public.account_urls")),
    path("", include("openopco.web.portal.urls")),
    path("", include("openopco.web.admin.urls")),
    path("healthz", healthz, name="healthz"),
]
