"""What somebody is writing, kept on the server until an act has taken it: it outlives a session, a browser, a machine.

A draft belongs to one person acting for one account, and to one place: the address of the form, and which form there.
Nobody else ever reads it. The act that takes the words deletes it in its own transaction (OnceMiddleware).
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.lib.errors import DomainError

KEPT_FOR = timedelta(days=30)
MAX_CHARS = 200_000
MAX_FIELDS = 40
MAX_PLACE_CHARS = 200
# Of one person for one account; beyond it the oldest goes.
MAX_DRAFTS = 100
# Fields of a form that are no words.
_NO_WORDS = frozenset({"csrfmiddlewaretoken", "submission", "draft", "seen", "seen_note", "key", "back", "was"})


class Draft(models.Model):
    """The words in one form, by the names of its fields."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey("accounts.Contact", on_delete=models.CASCADE, null=True, related_name="+")
    place = models.CharField(max_length=MAX_PLACE_CHARS)
    fields = models.JSONField(default=dict)
    updated_at = models.DateTimeField(db_index=True)  # serves forget_old()

    class Meta:
        app_label = "portal"
        constraints = [
            models.UniqueConstraint(name="portal_draft_one_a_place", fields=["user", "contact", "place"]),
            models.UniqueConstraint(
                name="portal_draft_one_a_place_on_the_desk", fields=["user", "place"], condition=Q(contact=None)
            ),
        ]

    def __str__(self) -> str:
        return self.place


def draft_values(values: Any) -> dict[str, str]:
    """What a posted form says, without the fields that are no words."""
    return {name: values[name] for name in values if name not in _NO_WORDS and values[name].strip()}


@transaction.atomic
def save(user: Any, contact: Any, place: str, fields: dict[str, str], *, now: datetime) -> Draft | None:
    """Keep the words of one form; without any, there is no draft any more. Raises DomainError for too many."""
    if not is_place(place):
        raise DomainError(_("This page does not save drafts."), code="no_place")
    if not fields:
        forget(user, contact, place)
        return None
    length = sum(len(text) for text in fields.values())
    if length > MAX_CHARS or len(fields) > MAX_FIELDS:
        raise DomainError(
            ngettext(
                "A draft can have %(limit)d character; this one has %(length)d.",
                "A draft can have %(limit)d characters; this one has %(length)d.",
                MAX_CHARS,
            )
            % {"limit": MAX_CHARS, "length": length},
            code="too_long",
        )
    draft, _new = Draft.objects.update_or_create(
        user=user, contact=contact, place=place,
        defaults={"fields": {name: text.replace("\x00", "") for name, text in fields.items()}, "updated_at": now},
    )  # fmt: skip
    own = Draft.objects.filter(user=user, contact=contact).order_by("-updated_at", "-pk")
    Draft.objects.filter(pk__in=list(own.values_list("pk", flat=True)[MAX_DRAFTS : MAX_DRAFTS + 50])).delete()
    return draft


def is_place(place: str) -> bool:
    return place.startswith("/") and place.isprintable() and len(place) <= MAX_PLACE_CHARS


def of(user: Any, contact: Any, places: list[str]) -> dict[str, Draft]:
    """One's own drafts at these places."""
    wanted = [place for place in places[:MAX_FIELDS] if is_place(place)]
    found = Draft.objects.filter(user=user, contact=contact, place__in=wanted) if wanted else []
    return {draft.place: draft for draft in found}


def draft_at(request: Any, place: str) -> dict[str, str]:
    """What the reader has written there and not sent; nothing in the answer to a form, which has its own words."""
    if request.method != "GET":
        return {}
    found = of(request.user, request.contact, [place])
    return dict(found[place].fields) if place in found else {}


def forget(user: Any, contact: Any, place: str) -> None:
    """The words were taken, or given up."""
    if is_place(place):
        Draft.objects.filter(user=user, contact=contact, place=place).delete()


def forget_sent(request: Any) -> None:
    """The act that is being done takes the words of this form."""
    if request.user.is_authenticated:
        forget(request.user, request.contact, request.POST.get("draft", ""))


def forget_old(*, now: datetime) -> int:
    """Remove drafts that nobody went back to; return how many."""
    gone, _rows = Draft.objects.filter(updated_at__lt=now - KEPT_FOR).delete()
    return gone
