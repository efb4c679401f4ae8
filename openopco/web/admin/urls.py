"""The administrators' pages."""

from django.urls import path

from openopco.web.admin.views import feedback, parameters

app_name = "admin_opco"
urlpatterns = [
    path("administration/avis/", feedback.received, name="feedback"),
    path("administration/avis/<int:feedback_id>/", feedback.detail, name="feedback_detail"),
    path("administration/avis/<int:feedback_id>/lu/", feedback.mark_read, name="feedback_mark_read"),
    path("administration/parametres/", parameters.in_force, name="parameters"),
]
