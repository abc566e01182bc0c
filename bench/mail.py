"""How long a thousand notices take to leave through a mail server on this machine, beside bare smtplib.

`python -m bench.mail [how many]`: on a database of its own in a temporary folder. The mails of both runs are the same;
ours are also found, claimed, rendered and noted as sent.
"""

# ruff: noqa: PLC0415 - models can be imported when Django is set up
import os
import shutil
import smtplib
import sys
import tempfile
import time


def main(count: int) -> None:
    folder = tempfile.mkdtemp(prefix="punctual-mail-")
    os.environ |= {
        "DEMO": "1", "VAR_DIR": folder, "DATABASE_URL": f"sqlite:///{folder}/mail.sqlite3", "REDIS_URL": "",
        "LOG_LEVEL": "ERROR", "MAIL_HELD": "0", "DJANGO_SETTINGS_MODULE": "portal.settings",
    }  # fmt: skip
    try:
        _measure(count)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(count: int) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from portal.lib import outbox
    from portal.lib.notice import Notice
    from tests.factories import MONDAY_9AM, make_account, make_agent, make_contact, make_region, make_ticket
    from tests.mail_server import Post, serving
    from tickets.core.domain.conversation import reply_as_agent

    call_command("migrate", verbosity=0, interactive=False)
    account = make_account("Acme", region=make_region("france"))
    ticket = make_ticket(make_contact(account, "marc@acme.test"))
    agent = make_agent("lea@punctual.test")
    message = reply_as_agent(ticket, body="Restart the server.\n\n" * 20, by=agent.user, now=MONDAY_9AM)
    Notice.objects.all().delete()
    for number in range(count):
        outbox.write(
            "agent_wrote", key=f"bench:{number}", recipients=[ticket.requester.user_id], now=MONDAY_9AM,
            data={"ticket": ticket.pk, "number": ticket.number, "subject": ticket.subject, "message": message.pk},
        )  # fmt: skip
    post = Post()
    with serving(settings, post):
        settings.EMAIL_TIMEOUT = 20
        begun, left = time.perf_counter(), 0
        while sent := outbox.deliver(now=MONDAY_9AM):
            left += sent
        ours = time.perf_counter() - begun
        mails = list(post.taken)
        begun = time.perf_counter()
        with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as bare:
            for mail in mails:
                bare.sendmail(mail.sender, mail.recipients, mail.content)
        theirs = time.perf_counter() - begun
    print(
        f"{left} notices delivered in {ours:.2f} s, {left / ours:.0f} a second, over {post.connections - 1} connections"
    )
    print(f"the same mails with bare smtplib: {theirs:.2f} s; ours takes {ours / theirs:.1f} times that")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
