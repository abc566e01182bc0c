"""Reads the environment for settings.py; a value that is not understood is named in one sentence."""

import warnings
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

ENGINES = {"django.db.backends.sqlite3", "django.db.backends.postgresql"}


class Environment(environ.FileAwareEnv):
    """FOO or FOO_FILE: a secret may be mounted as a file."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError as error:
            raise ImproperlyConfigured(f"{var} has a value that is not understood; see .env.example.") from error

    def database(self, var: str, *, default: str) -> dict[str, Any]:
        """The database that the URL in `var` names. A refusal never repeats the URL: it may hold a password."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the engine is looked at below
                found = dict(self.db_url(var, default=default))
        except (ValueError, ImproperlyConfigured):
            found = {}
        if found.get("ENGINE") not in ENGINES or not found["NAME"]:
            raise ImproperlyConfigured(
                f"{var} is not understood; write postgres://user:password@host:5432/name, "
                "or remove it for a SQLite file."
            )
        return found
