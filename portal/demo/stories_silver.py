"""Lycée Hugo, a school on Premium Silver: business hours of Paris; Anna and Marc hold the two seats, Noé none."""

from portal.demo.script import Story, ask, assign, check_in, close, follow, note, priority, reply, status, write
from sla.core.enums import Priority
from tickets.core.enums import Channel, Status

P1, P2, P3, P4 = Priority
ENROL, CATALOG, CONNECT, VAULT = "Orlin Enrol", "Orlin Catalog", "Orlin Connect", "Orlin Vault"

LOG = """09:14:02 enrol  start  device=LH-2207
09:14:05 enrol  profile received
09:14:35 enrol  certificate request: timeout after 30 s
09:14:35 enrol  stopped, code 41
"""

STORIES = [
    Story(
        "23d 14:05", "marc", P3, "Les iPad de la salle 12 ne se verrouillent plus",
        "Le mode examen ne verrouille plus les 30 iPad de la salle 12. Les autres salles vont bien.",
        acts=[
            reply("+70w", "lea", "Bonjour Marc,\n\nLe profil de la salle 12 a été retiré hier à 17:10. Je le remets.",
                  then=Status.SOLVED),
            write("+60w", "marc", "Trois iPad restent ouverts : 04, 11 et 27."),
            reply("+45w", "lea", "Ils étaient éteints. Ils se verrouilleront au prochain "
                                 "démarrage.", then=Status.SOLVED),
        ],
    ),
    Story(
        "20d 09:35", "anna", P3, "Comptes des nouveaux élèves absents de l’annuaire",
        "Les élèves arrivés après la rentrée ne sont pas dans l’annuaire. Faut-il relancer la synchronisation ?",
        product=CONNECT,
        acts=[
            reply("+110w", "nadia", "Bonjour Anna,\n\nElle s’arrêtait sur un nom très long. Je l’ai relancée : 42 "
                                    "comptes "
                  "sont arrivés.", then=Status.SOLVED),
            write("5d 10:20", "anna", "Le problème revient : douze élèves inscrits cette semaine n’apparaissent pas."),
            reply("+80w", "nadia", "Bonjour Anna,\n\nCette fois c’est le filtre des classes qui les écarte. Quelle "
                                   "classe doit "
                  "recevoir ces élèves ?", then=Status.WAITING),
        ],
    ),
    Story(
        "15d 08:55", "marc", P1, "Plus aucun appareil ne se connecte",
        "Depuis 8 h 30, aucun appareil du lycée ne se connecte. 900 élèves sont sans outil, les cours sont arrêtés.",
        product=CONNECT, channel=Channel.PHONE, followers=["anna"],
        acts=[
            reply("+25w", "lea", "Bonjour Marc,\n\nLe certificat de votre annuaire a expiré cette nuit. Je vous "
                                 "appelle pour "
                  "le renouveler ensemble."),
            check_in("+60w", "lea", "Le nouveau certificat est en place, 600 appareils sont revenus. Prochain point à "
                     "midi au plus tard."),
            write("+70w", "marc", "Tout le monde est connecté. Merci pour votre rapidité !"),
            reply("+10w", "lea", "Merci à vous. Un rappel vous préviendra désormais 30 jours avant l’échéance.",
                  then=Status.SOLVED),
        ],
    ),
    Story(
        "14d 10:15", "noe", P3, "Je ne vois pas le menu des rapports",
        "Mes collègues ont un menu « Rapports », moi non. Est-ce normal ?",
        acts=[
            reply("+330w", "sam", "Bonjour Noé,\n\nCe menu dépend du rôle « Lecteur des rapports ». Anna Roy peut "
                                  "vous le "
                  "donner dans **Personnes**.", then=Status.WAITING),
            write("13d 09:05", "noe", "C’est fait, merci !"),
            reply("+45w", "sam", "Parfait.", then=Status.SOLVED),
        ],
    ),
    Story(
        "12d 13:40", "anna", P4, "Connaître le nombre de licences restantes",
        "Où trouve-t-on le nombre de licences qu’il nous reste ?",
        product=CATALOG,
        acts=[
            reply("+190w", "lea", "Bonjour Anna,\n\nDans **Catalogue › Licences**, colonne « Libres ». Il vous en "
                                  "reste 118.",
                  then=Status.SOLVED),
        ],
    ),
    Story(
        "11d 09:10", "marc", P3, "Mise à jour bloquée à 80 %",
        "Douze portables restent à 80 % de la mise à jour depuis hier.",
        acts=[
            note("+30w", "sam", "Same symptom as at another customer: the disk is full. Ask for the free space first."),
            # Silver P3 is four hours: too late, and flagged before the answer came.
            reply("+290w", "sam", "Bonjour Marc,\n\nCombien de place reste-t-il sur ces portables "
                                  "?", then=Status.WAITING),
            write("10d 10:00", "marc", "Moins de 2 Go sur chacun."),
            reply("+100w", "sam", "Il en faut 6. Le profil « Nettoyage » que je viens d’ajouter vide les fichiers "
                  "temporaires cette nuit.", then=Status.SOLVED),
        ],
    ),
    Story(
        "8d 11:30", "marc", P2, "Le vidéoprojecteur ne trouve plus les tablettes",
        "La moitié des salles ne peut plus projeter. Le conseil de classe est jeudi.",
        acts=[
            reply("+120w", "lea", "Bonjour Marc,\n\nLa dernière mise à jour a fermé un port. Je vous envoie la règle "
                                  "à ajouter."),
            check_in("7d 10:10", "lea", "La règle est prête. Pouvez-vous l’essayer dans une salle "
                                        "?", then=Status.WAITING),
            write("7d 14:20", "marc", "Cela marche dans la salle 3. Vous pouvez l’appliquer partout."),
            reply("7d 15:05", "lea", "C’est appliqué dans toutes les salles.", then=Status.SOLVED),
        ],
    ),
    Story(
        "6d 15:20", "noe", P4, "Traduction d’un bouton",
        "Le bouton « Enrol » n’est pas traduit dans l’application des élèves.",
        product=ENROL,
        acts=[
            reply("5d 14:00", "lea", "Bonjour Noé,\n\nBien vu. La traduction partira avec la prochaine version."),
            status("5d 14:30", "lea", Status.ON_HOLD),
        ],
    ),
    Story(
        "5d 09:25", "anna", P2, "Les absences ne remontent plus vers le logiciel de vie scolaire",
        "Aucune absence n’est transmise depuis hier soir. Les familles ne sont plus prévenues.",
        product=CONNECT, private=True,
        acts=[
            reply("+60w", "nadia", "Bonjour Anna,\n\nLe connecteur refuse le nouveau format de date. Je prépare la "
                                   "correction."),
            check_in("+200w", "nadia", "La correction est en cours d’essai. Les absences d’hier seront rejouées."),
            check_in("4d 10:00", "nadia", "Tout est transmis, y compris les absences d’hier. Je surveille encore une "
                     "journée avant de conclure."),
            reply("3d 16:00", "nadia", "Aucune erreur depuis hier.", then=Status.SOLVED),
        ],
    ),
    Story(
        "3d 10:40", "marc", P3, "Deux appareils portent le même nom",
        "LH-0815 existe deux fois. Lequel est le bon ?",
        acts=[
            reply("+90w", "sam", "Bonjour Marc,\n\nLe bon est celui vu ce matin. L’autre est l’ancien portable du CDI "
                                 ": "
                  "puis-je le retirer ?", then=Status.WAITING),
        ],
    ),
    Story(
        "3d 14:15", "anna", P3, "Fond d’écran identique pour tous",
        "Comment imposer un fond d’écran à toute une classe ?",
        acts=[
            reply("+60w", "lea", "Bonjour Anna,\n\nAvec un profil « Apparence ». Je vous en prépare un."),
            # No word since: the check-in of the next business day is overdue.
        ],
    ),
    Story(
        "2d 09:15", "marc", P3, "L’enrôlement échoue après le code QR",
        "Après le code QR, l’écran reste blanc trente secondes puis affiche « code 41 ». Le journal est joint.",
        product=ENROL, followers=["anna"], files={"journal-enrolement.txt": LOG},
        acts=[
            reply("+40w", "lea", "Bonjour Marc,\n\nLe journal montre que la demande de certificat n’aboutit pas. "
                  "Je regarde du côté du réseau."),
            note("+20w", "lea", "Probablement le filtrage TLS du rectorat. Demander à Nadia qui l’a réglé l’an "
                                "dernier."),
            check_in("230w", "lea", "Le filtrage du rectorat coupe la demande. Nous leur avons écrit ; je vous tiens "
                     "au courant demain."),
            ask("200w", "marc", P2, "Soixante appareils doivent être prêts pour les examens de la semaine prochaine."),
        ],
    ),
    Story(
        "1d 10:05", "anna", P2, "Les élèves peuvent installer des jeux",
        "Le blocage des jeux ne s’applique plus aux tablettes de seconde.",
        product=CATALOG,
        acts=[
            reply("+75w", "sam", "Bonjour Anna,\n\nLa classe de seconde a perdu son profil lors de la copie de "
                                 "l’année. Je le "
                  "remets."),
            write("+60w", "anna", "Merci. Pouvez-vous aussi retirer les jeux déjà installés ?"),
            assign("+10w", "sam", "lea"),
            reply("+40w", "lea", "Oui, ils disparaîtront à la prochaine connexion de chaque "
                                 "tablette.", then=Status.WAITING),
        ],
    ),
    Story(
        "200w", "marc", P3, "La synchronisation des photos est lente",
        "Depuis la mise à jour, les photos d’un cours mettent une heure à arriver.",
        acts=[assign("150w", "nadia", "sam")],
    ),
    Story(
        "60w", "anna", P2, "Compte administrateur verrouillé",
        "Mon collègue de la vie scolaire a saisi trois fois un mauvais mot de passe. Comment le déverrouiller ?",
        product=VAULT,
        acts=[follow("40w", "noe", by="anna")],
    ),
    Story(
        "4d 11:10", "noe", P3, "Police illisible sur un écran",
        "Le texte est trop petit sur l’écran du CDI.",
        acts=[close("+130w", "noe")],
    ),
    Story(
        "20m", "noe", P3, "Pas de son pendant les visioconférences",
        "Aucun son sur les portables de la salle 7 pendant les visioconférences ; la musique passe.",
    ),
    Story(
        "2d 15:30", "noe", P2, "Impression impossible depuis les tablettes",
        "L’imprimante du secrétariat a disparu de la liste.",
        acts=[
            reply("+30w", "sam", "Bonjour Noé,\n\nElle a changé d’adresse. Je mets le profil à jour."),
            priority("1d 09:30", "sam", P3, "Une autre imprimante est disponible au même étage."),
            check_in("70w", "sam", "Le profil est corrigé ; il arrive sur les tablettes à leur prochaine connexion."),
        ],
    ),
]  # fmt: skip
