"""The pages of employers, and those that everybody signed in has."""

from django.urls import path

from openopco.web.portal.views import feedback

app_name = "portal"
urlpatterns = [
    path("avis/", feedback.give, name="feedback"),
    path("avis/merci/", feedback.thanks, name="feedback_thanks"),
]
