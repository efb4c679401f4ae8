"""The documents room: upload, inspection, scan, keeping, serving."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "openopco.documents"
    label = "documents"
    verbose_name = "Documents"
