"""Demonstration data: four customers, one per tier, and what happened to their tickets in the last weeks."""

from typing import Any

from django.utils.translation import gettext_lazy as _

# One password for everybody of the demonstration; `seed_demo` refuses to run on a server.
PASSWORD = "on time, every time"  # noqa: S105 - published on purpose

# Who, e-mail address, what they are (in the language of whoever reads the list).
SIGN_INS: list[tuple[str, str, Any]] = [
    ("Inès Caron", "ines@petite-fleur.example", _("Petite Fleur (Standard), account administrator, French")),
    (
        "Anna Roy",
        "anna@lycee-hugo.example",
        _("Lycée Hugo (Premium Silver), account administrator with a Premium seat, French"),
    ),
    ("Marc Petit", "marc@lycee-hugo.example", _("Lycée Hugo (Premium Silver), member with a Premium seat, French")),
    ("Noé Blanc", "noe@lycee-hugo.example", _("Lycée Hugo (Premium Silver), member without a Premium seat, French")),
    (
        "Claire Tremblay",
        "claire@maple-freight.example",
        _("Maple Freight (Premium Gold), account administrator with a Premium seat, French"),
    ),
    (
        "Dave Kim",
        "dave@maple-freight.example",
        _("Maple Freight (Premium Gold), member with a Premium seat, works in Paris"),
    ),
    (
        "Luc Gagnon",
        "luc@maple-freight.example",
        _("Maple Freight (Premium Gold), member without a Premium seat, French"),
    ),
    (
        "Tom Hale",
        "tom@kestrel-air.example",
        _("Kestrel Air (Premium Platinum), account administrator with a Premium seat, London"),
    ),
    ("Yuki Mori", "yuki@kestrel-air.example", _("Kestrel Air (Premium Platinum), member with a Premium seat, Tokyo")),
    (
        "Aiko Tanaka",
        "aiko@kestrel-air.example",
        _("Kestrel Air (Premium Platinum), member, Premium seat pending approval"),
    ),
    ("Priya Nair", "priya@kestrel-air.example", _("Kestrel Air (Premium Platinum), member without a Premium seat")),
    ("Léa Fontaine", "lea@punctual.example", _("agent, Paris, French and English")),
    ("Sam Okoro", "sam@punctual.example", _("agent, London")),
    ("Kenji Sato", "kenji@punctual.example", _("agent, designated engineer for Asia and the Pacific")),
    ("Nadia Benali", "nadia@punctual.example", _("team lead")),
    ("Root", "root@punctual.example", _("administrator of the agent workspace")),
]
