"""The demonstration's own pages."""

from django.urls import path

from openopco.demo import views

app_name = "demo"
urlpatterns = [
    path("demo/boite/", views.mailbox, name="mailbox"),
    path("demo/boite/<int:mail_id>/", views.mail, name="mail"),
    path("demo/boite/<int:mail_id>/<int:attachment_id>/", views.attachment, name="attachment"),
]
