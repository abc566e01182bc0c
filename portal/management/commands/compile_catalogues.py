"""`manage.py compile_catalogues`: put the translations of the .po files to use."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.catalogues import compile_catalogues


class Command(BaseCommand):
    help = "Compiles the translations; needs no gettext."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for target in compile_catalogues(Path(folder) for folder in settings.LOCALE_PATHS):
            self.stdout.write(f"Compiled {target.relative_to(settings.BASE_DIR)}")
