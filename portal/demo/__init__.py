"""Demonstration data: four customers, one per tier, and what happened to their tickets in the last weeks."""

# One password for everybody of the demonstration; `seed_demo` refuses to run on a server.
PASSWORD = "on time, every time"  # noqa: S105 - published on purpose

# Who, e-mail address, what they are.
SIGN_INS: list[tuple[str, str, str]] = [
    ("Inès Caron", "ines@petite-fleur.example", "Petite Fleur (Standard), administrator, French"),
    ("Anna Roy", "anna@lycee-hugo.example", "Lycée Hugo (Premium Silver), administrator with a seat, French"),
    ("Marc Petit", "marc@lycee-hugo.example", "Lycée Hugo (Premium Silver), member with a seat, French"),
    ("Noé Blanc", "noe@lycee-hugo.example", "Lycée Hugo (Premium Silver), member without a seat, French"),
    (
        "Claire Tremblay",
        "claire@maple-freight.example",
        "Maple Freight (Premium Gold), administrator with a seat, French",
    ),
    ("Dave Kim", "dave@maple-freight.example", "Maple Freight (Premium Gold), member with a seat, works in Paris"),
    ("Luc Gagnon", "luc@maple-freight.example", "Maple Freight (Premium Gold), member without a seat, French"),
    ("Tom Hale", "tom@kestrel-air.example", "Kestrel Air (Premium Platinum), administrator with a seat, London"),
    ("Yuki Mori", "yuki@kestrel-air.example", "Kestrel Air (Premium Platinum), member with a seat, Tokyo"),
    ("Aiko Tanaka", "aiko@kestrel-air.example", "Kestrel Air (Premium Platinum), member, seat waits for validation"),
    ("Priya Nair", "priya@kestrel-air.example", "Kestrel Air (Premium Platinum), member without a seat"),
    ("Léa Fontaine", "lea@punctual.example", "agent, Paris, French and English"),
    ("Sam Okoro", "sam@punctual.example", "agent, London"),
    ("Kenji Sato", "kenji@punctual.example", "agent, engineer for Asia and the Pacific"),
    ("Nadia Benali", "nadia@punctual.example", "lead of the desk"),
    ("Root", "root@punctual.example", "administrator"),
]
