"""Mail of the last hour: a request and an answer that quotes ours, a stranger who is held, one nobody can read."""

from datetime import timedelta

from portal.demo.cast import Stage
from tickets.core.domain.conversation import reply_as_agent
from tickets.core.enums import Status
from tickets.mail.domain.intake import store
from tickets.mail.domain.reply_tokens import mailbox, reply_address
from tickets.mail.domain.sorting import process
from tickets.models import IncomingMail

MINUTE = timedelta(minutes=1)

REQUEST = """From: Luc Gagnon <luc@maple-freight.example>
To: {to}
Subject: =?utf-8?q?Imprimante_d=E2=80=99=C3=A9tiquettes_hors_ligne?=
Message-ID: <etiquettes-1@maple-freight.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Bonjour,

Depuis ce matin l’imprimante d’étiquettes du quai 3 apparaît hors ligne dans la console. Les autres impriment.

Luc Gagnon
Maple Freight
"""
ANSWER = """From: Luc Gagnon <luc@maple-freight.example>
To: {to}
Subject: =?utf-8?q?RE=C2=A0:_Imprimante_d=E2=80=99=C3=A9tiquettes_hors_ligne?=
Message-ID: <etiquettes-2@maple-freight.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Merci, elle est redevenue verte après le redémarrage. Faut-il faire de même sur les quais 1 et 2 ?

Le lun. 9 nov. 2026 à 10:05, Punctual Support <{box}> a
écrit :

> — Répondez au-dessus de cette ligne —
> Bonjour Luc,
>
> L’agent de l’imprimante est resté sur une ancienne adresse. Redémarrez-la une fois, elle prendra la nouvelle.
"""
COLLEAGUE = """From: Claire <claire.tremblay@perso.example>
To: {to}
Subject: =?utf-8?q?TR=C2=A0:_Imprimante_d=E2=80=99=C3=A9tiquettes_hors_ligne?=
Message-ID: <etiquettes-3@perso.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Luc m’a transmis votre message. Les quais 1 et 2 affichent la même erreur depuis midi.

Claire Tremblay
"""
STRANGER = """From: Romain Leclerc <romain.leclerc@quai-sud.example>
To: {to}
Reply-To: romain.leclerc@perso.example
Subject: Re: [SUP-1005] Access for our drivers
Message-ID: <drivers@quai-sud.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Hello,

I work for a subcontractor of Maple Freight. Two of our drivers cannot sign in to the delivery app any more.
Could you reset their access?

Romain Leclerc
"""
UNREADABLE = "%PDF-1.4 a scanner sent this without any header\n"


def mails(stage: Stage) -> None:
    """Play the mails at their moments before `stage.now`."""
    now, luc = stage.now, stage.contacts["luc"]
    row = _taken(REQUEST.format(to=mailbox()), stage, ago=47)
    if row.ticket:
        reply_as_agent(
            row.ticket, now=now - 31 * MINUTE, by=stage.user("lea"), status_after=Status.WAITING,
            body="Bonjour Luc,\n\nL’agent de l’imprimante est resté sur une ancienne adresse. Redémarrez-la une fois, "
            "elle prendra la nouvelle.",
        )  # fmt: skip
        to = reply_address(row.ticket.pk, luc.user_id)
        _taken(ANSWER.format(to=to, box=mailbox()), stage, ago=12)
        _taken(COLLEAGUE.format(to=to), stage, ago=9)
    _taken(STRANGER.format(to=mailbox()), stage, ago=26)
    _taken(UNREADABLE, stage, ago=8)


def _taken(raw: str, stage: Stage, *, ago: int) -> IncomingMail:
    at = stage.now - ago * MINUTE
    row, _new = store(raw.encode(), mailbox=mailbox(), now=at)
    return process(row.pk, now=at)
