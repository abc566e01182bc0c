"""Maple Freight, a haulier on Premium Gold: around the clock in English, or business hours of Toronto in French."""

from portal.demo.script import (
    Story,
    ask,
    assign,
    check_in,
    close,
    follow,
    language,
    matching,
    note,
    priority,
    reply,
    skip,
    status,
    unfollow,
    write,
)  # fmt: skip
from sla.core.enums import Priority
from tickets.core.enums import Channel, LanguageChoice, Status

P1, P2, P3, P4 = Priority
ENROL, CATALOG, CONNECT, VAULT = "Orlin Enrol", "Orlin Catalog", "Orlin Connect", "Orlin Vault"

STORIES = [
    Story(
        "22d 10:15", "dave", P2, "Scanners of the Calais depot lose their Wi-Fi",
        "Since the weekend the handheld scanners in Calais drop off the Wi-Fi every ten minutes. Drivers queue at the "
        "gate.",
        acts=[
            reply("+50m", "sam", "Hello Dave,\n\nThe new access points only speak WPA3, and the old profile asks for "
                                 "WPA2. "
                  "I have added a second profile; restart one scanner and tell me what it does.", then=Status.WAITING),
            write("+35m", "dave", "Stable for half an hour now."),
            reply("+15m", "sam", "Good. It goes out to all 48 scanners tonight.", then=Status.SOLVED),
        ],
    ),
    Story(
        "19d 15:10", "claire", P3, "Certificats des camions bientôt expirés",
        "Un avis annonce l’expiration de 60 certificats dans dix jours. Se renouvellent-ils tout seuls ?",
        product=VAULT, own_language=True,
        acts=[
            reply("+70w", "lea", "Bonjour Claire,\n\nOui, cinq jours avant la date, pourvu que le camion se connecte "
                                 "dans la "
                  "semaine. Deux ne l’ont pas fait : MF-204 et MF-377.", then=Status.WAITING),
            write("18d 09:30", "claire", "Ces deux camions sont vendus, vous pouvez les retirer."),
            reply("+40w", "lea", "C’est fait.", then=Status.SOLVED),
        ],
    ),
    Story(
        "16d 02:40", "dave", P1, "Drivers cannot sign in to the delivery app",
        "No driver can sign in since 08:20 Paris time. 140 lorries stand still.",
        product=CONNECT, channel=Channel.PHONE, followers=["claire"],
        acts=[
            reply("+22m", "sam", "Hello Dave,\n\nThe sign-in service rejects tokens because the clock of your gateway "
                                 "is four "
                  "minutes behind. I am on the line with your network team."),
            check_in("+55m", "sam", "The clock is right again.", "Drivers in Calais are back.",
                     "We check the other depots now."),
            write("+30m", "dave", "All depots confirm. Thank you."),
            reply("+12m", "sam", "Glad to hear. The gateway now takes its time from two sources.", then=Status.SOLVED),
        ],
    ),
    Story(
        "14d 11:20", "luc", P3, "Liste des appareils incomplète",
        "La liste s’arrête à 500 appareils, nous en avons 612.",
        acts=[
            reply("+200w", "lea", "Bonjour Luc,\n\nElle se poursuit à la page suivante ; le bouton est masqué sur les "
                                  "petits "
                  "écrans. Nous corrigeons cela.", then=Status.SOLVED),
        ],
    ),
    Story(
        "13d 13:30", "claire", P2, "Trackers report the wrong warehouse",
        "Writing in English to get an answer tonight: 25 trackers say Montréal while they stand in Québec.",
        acts=[
            language("+12m", "claire", LanguageChoice.OWN),
            language("+3m", "claire", LanguageChoice.ENGLISH),
            # Three hours were promised.
            reply("+225m", "sam", "Hello Claire,\n\nThey use the address of the VPN exit. I switched them to "
                                  "satellite position.",
                  then=Status.WAITING),
            write("12d 09:15", "claire", "Correct now, thank you."),
            reply("+25m", "sam", "Thank you for checking.", then=Status.SOLVED),
        ],
    ),
    Story(
        "11d 09:05", "dave", P4, "Export of the inventory with our own columns",
        "Can the weekly export hold the column “Depot” that we added?",
        acts=[
            reply("+140m", "lea", "Hello Dave,\n\nNot yet. I have added your vote to the wish.", then=Status.ON_HOLD),
            status("9d 10:00", "lea", Status.OPEN),
            reply("7d 10:30", "lea", "It is there: **Reports › Inventory › Columns**.", then=Status.SOLVED),
        ],
    ),
    Story(
        "10d 10:45", "claire", P3, "Déploiement de l’application douanière",
        "Nous devons installer l’application douanière sur 80 tablettes avant le mois prochain. Par où commencer ?",
        product=CATALOG, own_language=True,
        acts=[
            reply("+95w", "nadia", "Bonjour Claire,\n\nCommencez par cinq tablettes d’essai. Je vous envoie la marche "
                                   "à suivre."),
            check_in("9d 15:30", "nadia", "La marche à suivre est au catalogue, sous « Guides ».",
                     "Tout est prêt pour un essai.", "Cinq tablettes d’essai demain."),
            check_in("8d 14:00", "nadia", "Les cinq tablettes d’essai ont l’application.", "L’essai est concluant.",
                     "Vingt tablettes de plus."),
            skip("7d 16:00", "nadia", "Claire confirme au téléphone que rien ne bouge avant mardi."),
            check_in("6d 11:00", "nadia", "Vingt tablettes sont prêtes.", "Aucune erreur.",
                     "Les suivantes, à votre rythme."),
            write("5d 10:10", "claire", "Nous finissons seuls, merci pour tout."),
            reply("+30w", "nadia", "Avec plaisir.", then=Status.SOLVED),
        ],
    ),
    Story(
        "9d 15:45", "luc", P4, "Couleur des icônes",
        "Peut-on changer la couleur des icônes sur la carte ?",
        acts=[reply("+420w", "sam", "Bonjour Luc,\n\nOui : **Carte › Légende**.", then=Status.SOLVED)],
    ),
    Story(
        "6d 09:20", "dave", P3, "Two-step sign-in asks every hour",
        "The app asks drivers for the second step every hour. They do that with gloves on.",
        product=CONNECT, channel=Channel.API,
        acts=[
            reply("+80m", "sam", "Hello Dave,\n\nThe rule “shared devices” applies to them by mistake. May I exempt "
                                 "the group "
                  "“Drivers”?", then=Status.WAITING),
        ],
    ),
    Story(
        "4d 10:30", "claire", P1, "Dispatch boards are frozen",
        "Claire in the chat: all dispatch boards in Toronto are frozen since 10:15, nobody sees where the lorries "
        "are. We "
        "look at them together now.",
        channel=Channel.CHAT, live=True, by="sam", followers=["dave"],
        acts=[
            check_in("+70m", "sam", "The boards were cut off by the content filter.", "Toronto is back.",
                     "We watch the other sites."),
            check_in("+150m", "sam", "Stable for two hours.", "Nothing is frozen any more.",
                     "We keep the ticket open until tomorrow noon."),
            unfollow("3d 09:30", "dave"),
            write("3d 10:05", "claire", "Nothing frozen since. You can close it."),
            reply("+20m", "sam", "Thank you. The filter has a lasting exception now.", then=Status.SOLVED),
        ],
    ),
    Story(
        "3d 11:00", "dave", P2, "Lorry tablets restart at random",
        "About thirty tablets restart two or three times a day, always while driving.",
        acts=[
            reply("+95m", "lea", "Hello Dave,\n\nThat sounds like heat. Can you send the log of one of "
                                 "them?", then=Status.WAITING),
            write("2d 09:10", "dave", "Here is the one of lorry 118.", log_txt="10:02 temp 71\n10:03 temp 74\n10:03 "
                                                                               "shutdown\n"),
            reply("+60m", "lea", "It is heat: 74 °C. The holder covers the vents; the maker has another one.",
                  then=Status.ON_HOLD),
            check_in("100w", "lea", "The new holders are ordered.", "They arrive within the week.",
                     "We fit them with your technician."),
        ],
    ),
    Story(
        "2d 10:00", "claire", P1, "Customs terminal offline in Windsor",
        "The customs terminal in Windsor is offline, trucks cannot cross.",
        followers=["luc"],
        acts=[
            reply("+18m", "sam", "Hello Claire,\n\nWe see it. The line of your provider is down; we set up the 4G "
                                 "spare now."),
            note("+30m", "sam", "Provider ticket 88-4417. Nadia knows the duty manager."),
            # No word since: the next update, four business hours later, is overdue.
        ],
    ),
    Story(
        "1d 09:40", "claire", P3, "Nouveau modèle de tablette",
        "Nous recevons vingt tablettes d’un nouveau modèle. Sont-elles prises en charge ?",
        product=ENROL, own_language=True,
        acts=[
            reply("+75w", "lea", "Bonjour Claire,\n\nOui, à partir de la version 8.2. La vôtre est la 8.1 : puis-je "
                                 "planifier la "
                  "mise à jour ?", then=Status.WAITING),
        ],
    ),
    Story(
        "195w", "dave", P2, "Geofence alarms arrive an hour late",
        "Alarms for the port of Halifax arrive an hour after the lorry has left.",
        acts=[
            # Most of the four business hours to the next update are used: due soon.
            reply("190w", "sam", "Hello Dave,\n\nThe queue of your region is long because of an import. I am moving "
                                 "your alarms "
                  "to the front."),
            # The desk of Eastern Canada no longer pulls its work: the product gives it out from here on.
            matching("188w", "canada-east"),
        ],
    ),
    Story(
        "150m", "dave", P3, "Fuel app shows an old price list",
        "The fuel app shows the prices of last month on some tablets.",
        product=CATALOG,
        acts=[assign("120m", "nadia", "lea")],
    ),
    Story(
        "45m", "claire", P2, "Spare tablets refuse the new profile",
        "In English so that somebody can look at it now: eight spare tablets refuse the winter profile.",
        product=ENROL,
        acts=[follow("40m", "dave", by="claire"), ask("10m", "claire", P1, "The night shift starts with these "
                                                                           "tablets.")],
    ),
    Story(
        "90w", "claire", P2, "Étiquettes illisibles à l’imprimante du quai",
        "Les étiquettes du quai 4 sortent illisibles depuis la mise à jour.",
        own_language=True,
        acts=[
            reply("50w", "lea", "Bonjour Claire,\n\nLe pilote a changé avec la mise à jour. J’essaie l’ancien."),
        ],
    ),
    Story(
        "25m", "luc", P3, "Alerte de batterie sur un appareil neuf",
        "Une tablette neuve annonce une batterie usée à 60 %.",
    ),
    Story(
        "5d 13:10", "luc", P3, "Message d’erreur au démarrage",
        "La console affiche « session expirée » à chaque ouverture.",
        acts=[
            priority("+60w", "sam", P4, "Il suffit de se reconnecter ; rien n’est bloqué."),
            reply("+60w", "sam", "Bonjour Luc,\n\nVidez les données du site une fois, et l’avis "
                                 "disparaît.", then=Status.SOLVED),
            close("4d 15:00", "luc"),
        ],
    ),
]  # fmt: skip
