"""Every address of the portal. Each door lists its own."""

from django.urls import path

from openopco.web.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
]
