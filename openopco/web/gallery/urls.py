"""The living page of components, and two neighbours that show what needs a server's answer."""

from django.urls import path

from openopco.web.gallery import views

app_name = "gallery"
urlpatterns = [
    path("composants/", views.components, name="components"),
    path("composants/dialogue/", views.dialog_page, name="dialog"),
    path("composants/public/", views.public_page, name="public"),
    path("composants/communes/", views.communes, name="communes"),
    path("composants/enregistrer/", views.save_field, name="save"),
    path("composants/joindre/", views.take_file, name="upload"),
]
