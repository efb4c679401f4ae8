"""The pages that need no account."""

from django.urls import path

from openopco.web.public.views import orientation, pages

app_name = "public"
urlpatterns = [
    path("", pages.landing, name="landing"),
    path("quel-dispositif/", orientation.orientation, name="orientation"),
    path("conditions-generales/", pages.terms, name="terms"),
    path("accessibilite/", pages.accessibility, name="accessibility"),
    path("donnees-personnelles/", pages.privacy, name="privacy"),
]
