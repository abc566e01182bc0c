"""Petite Fleur, a chain of flower shops on the Standard tier: business hours of Paris, no seats."""

from portal.demo.script import Story, check_in, close, note, reply, skip, status, write
from sla.core.enums import Priority
from tickets.core.enums import Channel, Status

P1, P2, P3, P4 = Priority

STORIES = [
    Story(
        "24d 09:20",
        "ines",
        P4,
        "Renommer un groupe d’appareils",
        "Bonjour,\n\nNous voulons renommer le groupe « Boutique 3 » en « Boutique Lyon ». Les tablettes vont-elles "
        "perdre leurs réglages ?\n\nMerci,\nInès",
        acts=[
            reply(
                "+95w",
                "lea",
                "Bonjour Inès,\n\nNon : le nom n’est qu’une étiquette, les réglages suivent le groupe. Ouvrez "
                "**Groupes "
                "› Boutique 3 › Modifier**, changez le nom et enregistrez.",
                then=Status.SOLVED,
            ),
        ],
    ),
    Story(
        "16d 11:05",
        "ines",
        P3,
        "L’inventaire compte deux fois la même tablette",
        "La tablette PF-031 apparaît deux fois dans l’inventaire depuis son passage en réparation. Le rapport du mois "
        "est donc faux d’un appareil.",
        product="Orlin Fleet",
        acts=[
            reply(
                "+220w",
                "sam",
                "Bonjour Inès,\n\nLa carte mère a été changée, l’appareil a donc un nouveau numéro de série. "
                "Pouvez-vous "
                "m’envoyer les deux numéros ?",
                then=Status.WAITING,
            ),
            write("15d 09:40", "ines", "Les voici : F9K2031 (ancien) et F9K7718 (nouveau)."),
            reply(
                "15d 11:20",
                "sam",
                "Merci. J’ai réuni les deux fiches ; l’historique de l’ancienne est conservé sous la nouvelle.",
                then=Status.SOLVED,
            ),
        ],
    ),
    Story(
        "13d 09:12",
        "ines",
        P2,
        "Les caisses ne reçoivent plus l’application de paiement",
        "Depuis ce matin, l’application de paiement ne s’installe plus sur les nouvelles caisses. Les anciennes "
        "fonctionnent. Nous ouvrons une boutique vendredi.",
        product="Orlin Catalog",
        acts=[
            note("+50w", "sam", "Licence count reached? The console shows 40 of 40. Checking with billing."),
            # Standard P2 is four hours: this answer comes too late.
            reply(
                "+260w",
                "sam",
                "Bonjour Inès,\n\nVos 40 licences sont toutes attribuées, dont deux à des caisses mises au rebut. Je "
                "les ai "
                "libérées ; l’installation reprend d’elle-même dans l’heure.",
            ),
            write("12d 09:30", "ines", "Tout est installé, merci beaucoup."),
            reply("+35w", "sam", "Parfait, bonne ouverture !", then=Status.SOLVED),
        ],
    ),
    Story(
        "9d 16:10",
        "ines",
        P4,
        "Changer la photo d’accueil des tablettes",
        "Est-il possible d’afficher une autre photo d’accueil dans chaque boutique ?",
        product="Orlin Fleet",
        acts=[
            reply("8d 10:00", "lea", "Bonjour Inès,\n\nOui, avec un profil par groupe. Je vous prépare un exemple."),
            status("8d 16:30", "lea", Status.ON_HOLD),
            reply(
                "6d 11:15",
                "lea",
                "L’exemple est prêt : profil « Accueil Lyon », dans **Profils**. Dites-moi si cela convient.",
                then=Status.WAITING,
            ),
        ],
    ),
    Story(
        "7d 10:30",
        "ines",
        P3,
        "Une tablette reste bloquée sur « Connexion »",
        "La tablette PF-012 affiche « Connexion » sans fin. Les autres vont bien.",
        channel=Channel.EMAIL,
        acts=[close("+55w", "ines")],
    ),
    Story(
        "4d 09:50",
        "ines",
        P3,
        "Le rapport hebdomadaire n’arrive plus",
        "Je ne reçois plus le rapport du lundi depuis deux semaines. Mon adresse n’a pas changé.",
        acts=[
            reply(
                "+150w",
                "lea",
                "Bonjour Inès,\n\nL’envoi s’est arrêté quand le compte de votre ancien collègue a été fermé. Je "
                "cherche comment "
                "le rattacher à votre compte sans perdre son calendrier.",
            ),
            check_in(
                "3d 15:20",
                "lea",
                "Le rattachement demande une correction de notre côté. Elle est écrite et sera vérifiée demain.",
            ),
            skip("130w", "lea", "Inès est en congé et a demandé à ne pas recevoir de message avant son retour."),
        ],
    ),
    Story(
        "2d 14:25",
        "ines",
        P2,
        "Impossible d’effacer une tablette volée",
        "Une tablette a été volée à la boutique de Nantes. La commande « Effacer » reste « en attente » depuis une "
        "heure.",
        product="Orlin Vault",
        acts=[
            reply(
                "+65w",
                "sam",
                "Bonjour Inès,\n\nLa commande partira dès que la tablette se connectera. J’ai aussi bloqué ses "
                "certificats : "
                "elle n’ouvre plus rien chez vous.",
                then=Status.ON_HOLD,
            ),
            check_in("90w", "sam", "Toujours aucune connexion de la tablette. Je regarde de nouveau dans la journée."),
        ],
    ),
    Story(
        "2m",
        "ines",
        P4,
        "Fin de prise en charge des anciennes caisses",
        "Bonjour,\n\nNos six premières caisses datent de 2019. Jusqu’à quand recevront-elles des mises à jour ?",
    ),
]
