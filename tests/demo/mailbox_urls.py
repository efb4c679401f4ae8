"""The portal's addresses as the demonstration routes them."""

from django.urls import include, path

from config import urls

handler404 = urls.handler404
urlpatterns = [*urls.urlpatterns, path("", include("openopco.demo.urls"))]
