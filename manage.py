#!/usr/bin/env python
"""Django's command line, on the settings named by DJANGO_SETTINGS_MODULE (development by default)."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A refused setting has its sentence; nobody mends it from a traceback.
        sys.exit(str(error))


if __name__ == "__main__":
    main()
