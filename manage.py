#!/usr/bin/env python
"""Django's command line for Punctual."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 - need the line above
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Punctual can't start: {error}")


if __name__ == "__main__":
    main()
