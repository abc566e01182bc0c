"""Demonstration data: four customers, one per tier, and what happened to their tickets in the last weeks."""

from typing import Any

from django.utils.translation import gettext_lazy as _

# One password for everybody of the demonstration; `seed_demo` refuses to run on a server.
PASSWORD = "on time, every time"  # noqa: S105 - published on purpose

# Who, e-mail address, what they are (in the language of whoever reads the list).
SIGN_INS: list[tuple[str, str, Any]] = [
    ("Inès Caron", "ines@petite-fleur.example", _("Petite Fleur (Standard), administrator, French")),
    ("Anna Roy", "anna@lycee-hugo.example", _("Lycée Hugo (Premium Silver), administrator with a seat, French")),
    ("Marc Petit", "marc@lycee-hugo.example", _("Lycée Hugo (Premium Silver), member with a seat, French")),
    ("Noé Blanc", "noe@lycee-hugo.example", _("Lycée Hugo (Premium Silver), member without a seat, French")),
    (
        "Claire Tremblay",
        "claire@maple-freight.example",
        _("Maple Freight (Premium Gold), administrator with a seat, French"),
    ),
    ("Dave Kim", "dave@maple-freight.example", _("Maple Freight (Premium Gold), member with a seat, works in Paris")),
    ("Luc Gagnon", "luc@maple-freight.example", _("Maple Freight (Premium Gold), member without a seat, French")),
    ("Tom Hale", "tom@kestrel-air.example", _("Kestrel Air (Premium Platinum), administrator with a seat, London")),
    ("Yuki Mori", "yuki@kestrel-air.example", _("Kestrel Air (Premium Platinum), member with a seat, Tokyo")),
    ("Aiko Tanaka", "aiko@kestrel-air.example", _("Kestrel Air (Premium Platinum), member, seat waits for validation")),
    ("Priya Nair", "priya@kestrel-air.example", _("Kestrel Air (Premium Platinum), member without a seat")),
    ("Léa Fontaine", "lea@punctual.example", _("agent, Paris, French and English")),
    ("Sam Okoro", "sam@punctual.example", _("agent, London")),
    ("Kenji Sato", "kenji@punctual.example", _("agent, engineer for Asia and the Pacific")),
    ("Nadia Benali", "nadia@punctual.example", _("lead of the desk")),
    ("Root", "root@punctual.example", _("administrator")),
]
