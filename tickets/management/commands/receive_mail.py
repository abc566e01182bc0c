"""`manage.py receive_mail FILE`: takes a raw mail in as if a mailbox had held it, and says what became of it."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.lib.clock import now
from tickets.mail.domain.intake import store
from tickets.mail.domain.reply_tokens import mailbox
from tickets.mail.domain.sorting import process


class Command(BaseCommand):
    help = "Receives raw emails, from files or from the standard input, and says what was done with each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="a raw email (.eml); - reads the standard input")
        parser.add_argument("--mailbox", default="", help="the mailbox that it came to; ours by default")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in options["files"]:
            try:
                raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
            except OSError as error:
                raise CommandError(f"{name} cannot be read: {error.strerror}.") from error
            row, is_new = store(raw, mailbox=options["mailbox"] or mailbox(), now=now())
            if is_new:
                row = process(row.pk, now=now())
            about = row.ticket or row.about
            self.stdout.write(
                f"{name}: {'' if is_new else 'known already, '}{row.state}"
                + (f" ({row.cause})" if row.cause else "")
                + (f", {about.number}" if about else "")
                + (f": {row.detail}" if row.detail else "")
            )
