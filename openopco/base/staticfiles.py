"""Static files: those of the libraries that no page uses are not published."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class PublishedStaticFiles(StaticFilesConfig):
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx/ext/*"]
