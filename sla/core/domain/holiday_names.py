"""French names of public holidays for the countries whose names the holidays library does not have in French."""

_FRENCH = {
    "ANZAC Day": "Journée de l’ANZAC", "All Saints' Day": "Toussaint", "Ascension Day": "Ascension",
    "Ashura": "Achoura", "Assumption Day": "Assomption", "Assumption Of Mary Day": "Assomption",
    "August Bank Holiday": "Jour férié d’août", "Australia Day": "Fête nationale de l’Australie",
    "Autumnal Equinox Day": "Équinoxe d’automne", "Battle of the Boyne": "Bataille de la Boyne",
    "Boxing Day": "Lendemain de Noël", "Buddha Purnima": "Anniversaire de Bouddha",
    "Children's Day": "Fête des enfants", "Chinese New Year": "Nouvel An chinois", "Christmas": "Noël",
    "Christmas Day": "Noël", "Columbus Day": "Jour de Christophe Colomb", "Coming of Age Day": "Fête de la majorité",
    "Constitution Day": "Fête de la Constitution", "Corpus Christi": "Fête-Dieu", "Culture Day": "Fête de la culture",
    "Day of Portugal, Camões, and the Portuguese Communities": "Fête nationale du Portugal", "Diwali": "Divali",
    "Dr. B. R. Ambedkar's Birthday": "Anniversaire de B. R. Ambedkar", "Dussehra": "Dussehra",
    "Easter Monday": "Lundi de Pâques", "Easter Sunday": "Pâques", "Eid al-Adha": "Aïd al-Adha",
    "Eid al-Fitr": "Aïd al-Fitr", "Emperor's Birthday": "Anniversaire de l’empereur", "Epiphany": "Épiphanie",
    "Foundation Day": "Fête de la fondation du pays", "Freedom Day": "Fête de la liberté",
    "German Unity Day": "Fête de l’unité allemande", "Good Friday": "Vendredi saint",
    "Greenery Day": "Fête de la nature", "Guru Nanak's Birthday": "Anniversaire de Guru Nanak", "Holi": "Holi",
    "Immaculate Conception": "Immaculée Conception", "Independence Day": "Fête de l’indépendance",
    "Janmashtami (Vaishnava)": "Janmashtami", "June Bank Holiday": "Jour férié de juin",
    "Juneteenth National Independence Day": "Fin de l’esclavage (Juneteenth)", "King's Day": "Fête du Roi",
    "Labor Day": "Fête du travail", "Labor Thanksgiving Day": "Fête du travail",
    "Late Summer Bank Holiday": "Jour férié de fin d’été", "Liberation Day": "Fête de la Libération",
    "Maha Shivaratri": "Maha Shivaratri", "Mahatma Gandhi's Birthday": "Anniversaire de Gandhi",
    "Mahavira's Birthday": "Anniversaire de Mahavira", "Marine Day": "Fête de la mer",
    "Martin Luther King Jr. Day": "Jour de Martin Luther King", "May Bank Holiday": "Jour férié de mai",
    "May Day": "Premier mai", "Memorial Day": "Jour du Souvenir", "Mountain Day": "Fête de la montagne",
    "National Day": "Fête nationale", "National Holiday": "Fête nationale",
    "National Unity Day": "Fête de l’unité nationale", "New Year Holiday": "Lendemain du jour de l’An",
    "New Year's Day": "Jour de l’An", "October Bank Holiday": "Jour férié d’octobre", "Pentecost": "Pentecôte",
    "Pentecost Monday": "Lundi de Pentecôte", "Polling Day": "Jour d’élection",
    "Prophet's Birthday": "Anniversaire du Prophète", "Ram Navami": "Rama Navami",
    "Republic Day": "Fête de la République", "Respect for the Aged Day": "Fête des personnes âgées",
    "Restoration of Independence Day": "Fête du rétablissement de l’indépendance",
    "Saint Andrew's Day": "Saint-André", "Saint Brigid's Day": "Sainte-Brigitte",
    "Saint Francis of Assisi, Patron Saint of Italy": "Saint François d’Assise",
    "Saint Patrick's Day": "Saint-Patrick", "Saint Stephen's Day": "Saint-Étienne",
    "Scotland's participation in the FIFA World Cup final": "Participation de l’Écosse à la Coupe du monde",
    "Second Day of Christmas": "Lendemain de Noël", "Showa Day": "Fête de Showa", "Sports Day": "Fête du sport",
    "Spring Bank Holiday": "Jour férié de printemps", "Substitute Holiday": "Jour férié de remplacement",
    "Summer Bank Holiday": "Jour férié d’été", "Thanksgiving Day": "Action de grâce",
    "Vernal Equinox Day": "Équinoxe de printemps", "Vesak Day": "Vesak", "Veterans Day": "Jour des anciens combattants",
    "Washington's Birthday": "Anniversaire de Washington",
}  # fmt: skip
# What the library writes behind a name.
_ADDED = {
    "(observed)": "(reporté)", "(estimated)": "(date estimée)", "(observed, estimated)": "(reporté, date estimée)",
}  # fmt: skip


def french_name(english: str) -> str:
    """The French name of a holiday, or of several on one day (`;` between them); an unknown one stays as it is."""
    return " ; ".join(_french(name.strip()) for name in english.split(";"))


def _french(name: str) -> str:
    for added, translated in _ADDED.items():
        if name.endswith(f" {added}"):
            return f"{_french(name.removesuffix(f' {added}'))} {translated}"
    return _FRENCH.get(name, name)
