"""Kestrel Air, an airline on Premium Platinum: around the clock, check-ins in the hours of London or Tokyo."""

from portal.demo.script import (
    Story,
    ask,
    assign,
    check_in,
    close,
    merge,
    note,
    priority,
    region,
    reply,
    skip,
    status,
    workaround,
    write,
)
from sla.core.enums import Priority
from tickets.core.enums import Channel, Status

P1, P2, P3, P4 = Priority
ENROL, CATALOG, CONNECT, VAULT = "Orlin Enrol", "Orlin Catalog", "Orlin Connect", "Orlin Vault"

STORIES = [
    Story(
        "21d 11:40", "tom", P3, "Crew tablets keep last month's roster",
        "Some crew tablets show the roster of last month until they are restarted.",
        acts=[
            reply("+45m", "lea", "Hello Tom,\n\nThe roster app keeps its old files when the tablet sleeps. The fixed "
                                 "version is "
                  "in your catalogue; it installs overnight.", then=Status.SOLVED),
        ],
    ),
    Story(
        "18d 10:02", "tom", P1, "Check-in kiosks in three airports are down",
        "Tom on the phone: all kiosks in Manchester, Lyon and Porto show a blank screen since 09:50, queues reach the "
        "doors. I have them on my screen and look for what changed last night.",
        channel=Channel.PHONE, by="lea", live=True, followers=["priya"],
        acts=[
            check_in("+50m", "lea", "The update of last night removed the kiosk profile; we know how to put it back.",
                     "We push it again, airport by airport.", "Manchester first, then Porto and Lyon."),
            note("+15m", "kenji", "Root cause is the order of two jobs in the release. I write it down for the "
                                  "analysis."),
            check_in("+75m", "lea", "Manchester and Porto are back.", "Lyon is the last one.",
                     "It follows within half an hour."),
            write("+40m", "tom", "All three airports are working."),
            reply("+10m", "lea", "Thank you, Tom. You will get our analysis of the cause in "
                                 "writing.", then=Status.SOLVED),
        ],
    ),
    Story(
        "17d 10:20", "yuki", P3, "Enrolment page is not in Japanese",
        "The first page of the enrolment comes in English on tablets that are set to Japanese.",
        product=ENROL,
        acts=[
            reply("+60m", "kenji", "Hello Yuki,\n\nThe language follows the device once it is enrolled. The first "
                                   "page knew "
                  "nothing about it; the next release asks the browser.", then=Status.ON_HOLD),
            status("13d 10:00", "kenji", Status.OPEN),
            reply("13d 11:30", "kenji", "Released today. Please try it with one tablet.", then=Status.WAITING),
            write("12d 09:20", "yuki", "It is in Japanese now. Thank you."),
            reply("+40m", "kenji", "Thank you for the report.", then=Status.SOLVED),
        ],
    ),
    Story(
        "10d 14:10", "yuki", P2, "Ground staff phones lose the shift plan",
        "After the lunch break forty phones in Haneda show an empty shift plan.",
        acts=[
            # Kenji was away: his back-up got the ticket.
            reply("+70m", "sam", "Hello Yuki,\n\nThe plan is loaded from an address that your new firewall blocks. "
                                 "Here is the "
                  "list of addresses to open.", then=Status.WAITING),
            write("9d 10:00", "yuki", "Opened. All phones show the plan."),
            reply("+30m", "sam", "Good to hear.", then=Status.SOLVED),
        ],
    ),
    Story(
        "12d 16:20", "tom", P2, "Maintenance laptops fail the security check",
        "Fifteen maintenance laptops fail the weekly security check although nothing changed.",
        product=VAULT,
        acts=[
            reply("+65m", "lea", "Hello Tom,\n\nThe check wants the patch of this month, which your own rule delays "
                                 "by 14 days. "
                  "Shall the check wait as well?", then=Status.WAITING),
            write("11d 09:35", "tom", "Yes, make the check wait."),
            # Two hours were promised.
            reply("+150m", "lea", "Done. Next check on Monday.", then=Status.SOLVED),
        ],
    ),
    Story(
        "10d 09:40", "tom", P3, "Gate printers in Narita print blank labels",
        "Our station in Narita reports blank labels at gates 3 to 7 since the paper was changed.",
        acts=[
            # The station is in Japan: check-ins follow the hours of Tokyo from here on.
            region("+15m", "lea", "apac"),
            reply("+40m", "lea", "Hello Tom,\n\nKenji in Tokyo takes over: he can call the station in its own hours.",
                  then=Status.WAITING),
            write("9d 09:15", "tom", "They are open from 08:00. The contact is Ms Sato."),
            reply("9d 10:40", "kenji", "Spoke to Ms Sato. The new paper is thicker; the head is set for it now.",
                  then=Status.SOLVED),
        ],
    ),
    Story(
        # Half past nine in Tokyo, told in the days of London: a holiday of one must not come between the two tickets.
        "9d 00:30", "yuki", P2, "Blank labels at the gates of Narita",
        "Gates 3 to 7 print blank labels. Boarding is by hand.",
        told_in="emea",
        acts=[merge("+20m", "kenji", "Gate printers in Narita print blank labels")],
    ),
    Story(
        "9d 11:15", "priya", P3, "Read access for the auditors",
        "Our auditors need to read the device list for two weeks. Which role fits?",
        product=CONNECT,
        acts=[
            reply("+180w", "sam", "Hello Priya,\n\n“Reader” with an end date. Tom Hale can give it under **People**.",
                  then=Status.SOLVED),
        ],
    ),
    Story(
        "8d 09:30", "tom", P4, "Names for the meeting-room screens",
        "Can screens take their name from the room booking system?",
        product=CONNECT,
        acts=[
            reply("+200m", "lea", "Hello Tom,\n\nYes, with the connector “Rooms”. I will send you a short guide."),
            status("7d 10:00", "lea", Status.ON_HOLD),
            reply("6d 15:00", "lea", "The guide is in your catalogue. Tell me how it went.", then=Status.WAITING),
        ],
    ),
    Story(
        "7d 13:20", "tom", P3, "Duplicate alarms at night",
        "Each alarm comes twice between midnight and six.",
        followers=["priya"],
        acts=[
            reply("+90m", "lea", "Hello Tom,\n\nTwo rules overlap at night. Which one shall "
                                 "stay?", then=Status.WAITING),
            write("6d 09:10", "tom", "Keep “Night desk”."),
            reply("+50m", "lea", "The other one is off.", then=Status.SOLVED),
            write("5d 08:40", "tom", "They came twice again last night."),
            reply("+75m", "lea", "You are right: a copy of the rule hangs on the group “Hangar”. I removed it as well.",
                  then=Status.SOLVED),
        ],
    ),
    Story(
        "6d 10:10", "yuki", P1, "Boarding gates cannot read passes",
        "Gates 60 to 66 in Haneda read no boarding passes since 09:55.",
        channel=Channel.PHONE,
        acts=[
            reply("+14m", "kenji", "Hello Yuki,\n\nThe scanner driver stopped after the restart. We start it on all "
                                   "gates now."),
            check_in("+60m", "kenji", "Gates 60 to 64 are back.", "65 and 66 need a visit.",
                     "Your technician is on the way."),
            check_in("+100m", "kenji", "All gates read passes.", "It works, but we do not know the cause.",
                     "We look into why the driver did not start by itself."),
            write("+30m", "yuki", "Confirmed, all gates work."),
            reply("+10m", "kenji", "Thank you. The driver now starts with the gate.", then=Status.SOLVED),
        ],
    ),
    Story(
        "5d 15:00", "priya", P4, "Shortcut to the lost-device page",
        "Is there a shortcut to report a lost device?",
        product=VAULT, channel=Channel.EMAIL,
        acts=[close("4d 09:20", "priya")],
    ),
    Story(
        "4d 14:30", "yuki", P3, "Storage report counts in the wrong unit",
        "The storage report says GB but counts in GiB.",
        acts=[
            reply("+80m", "kenji", "Hello Yuki,\n\nYou are right. We change the heading, not the numbers."),
            check_in("3d 16:30", "kenji", "The change is written.", "It waits for the next release.",
                     "We install it with you on the day.", then=Status.ON_HOLD),
            skip("150w", "kenji", "Nothing new before the release; Yuki agreed to hear then."),
        ],
    ),
    Story(
        "3d 09:50", "tom", P2, "Cabin tablets drain overnight",
        "Cabin tablets lose half their charge overnight since the last update.",
        acts=[
            reply("+60m", "lea", "Hello Tom,\n\nThe position service stays awake. We test a profile that lets it "
                                 "sleep."),
            check_in("+110w", "lea", "Three tablets have the new profile.", "It holds so far.",
                     "They run through the night."),
            check_in("2d 10:30", "lea", "Good results overnight: 4 % instead of 50 %.",
                     "The profile is right.", "Twenty more tablets today."),
            assign("2d 17:00", "lea", "sam"),
            check_in("1d 10:20", "sam", "Twenty tablets are fine.", "Ready for all of them.",
                     "May we roll it out?", then=Status.WAITING),
        ],
    ),
    Story(
        "2d 11:10", "tom", P3, "Old catering app still listed",
        "The old catering app is still in the catalogue.",
        product=CATALOG, private=True,
        acts=[
            reply("+55m", "lea", "Hello Tom,\n\nTwo devices still use it. Shall I move them?", then=Status.WAITING),
            write("1d 09:40", "tom", "Yes, move them."),
            reply("+45m", "lea", "Both are moved, and the app is gone from the catalogue.", then=Status.SOLVED),
        ],
    ),
    Story(
        "1d 10:15", "yuki", P2, "Lounge displays show yesterday's flights",
        "Lounge displays in Haneda and Narita show the flights of yesterday.",
        acts=[
            reply("+35m", "kenji", "Hello Yuki,\n\nTheir clock is a day behind. I set it and look for the cause."),
            priority("+45m", "kenji", P3, "The displays are right again; only the cause is open."),
        ],
    ),
    Story(
        "100w", "tom", P1, "Flight bags do not load charts",
        "Electronic flight bags do not load the charts of this cycle. Departures wait.",
        acts=[
            reply("85w", "lea", "Hello Tom,\n\nThe chart server refuses our certificate. We renew it with the maker "
                                "now."),
            workaround("83w", "lea", "Crews can load the charts of this cycle from the printed QR codes at the gates: "
                                     "they lead to the maker's second server, which has a valid certificate."),
            # Three quarters of the two business hours are nearly used.
            check_in("80w", "lea", "The new certificate is signed.", "The first tablets load charts again.",
                     "We renew it on the others today."),
        ],
    ),
    Story(
        "185m", "tom", P2, "Vending tablets sell without a receipt",
        "Tablets of the on-board shop print no receipt.",
        acts=[assign("150m", "nadia", "sam")],
    ),
    Story(
        "12m", "yuki", P1, "Nobody can sign in at the Narita desk",
        "No sign-in works at the Narita desk since a quarter of an hour. Two flights board soon.",
        product=CONNECT,
    ),
    Story(
        "30m", "priya", P3, "Name of a device after a change of owner",
        "Does a device keep its name when it gets another owner?",
    ),
    Story(
        "40m", "aiko", P3, "Keyboard layout resets after restart",
        "After a restart the tablets in Osaka fall back to the English keyboard.",
        acts=[ask("15m", "aiko", P2, "All counters are concerned now.")],
    ),
]  # fmt: skip
