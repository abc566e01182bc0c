#!/usr/bin/env python
"""Django's command line for Punctual."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 - need the line above
    from django.core.management import execute_from_command_line  # noqa: PLC0415
    from django.db import OperationalError, ProgrammingError  # noqa: PLC0415

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Punctual can't start: {error}")
    except (OperationalError, ProgrammingError) as error:
        # No table, no column: what a fresh clone, or one that was just updated, says to every question.
        if "no such" not in str(error) and "does not exist" not in str(error):
            raise
        sys.exit("The database is not prepared yet. Run `make run`, or `manage.py migrate`, then ask again.")


if __name__ == "__main__":
    main()
