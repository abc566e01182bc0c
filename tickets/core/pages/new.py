"""Opening a ticket: the form with the live promise, its fragment, and the receipt."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.core.enums import Basis, ContactRole
from accounts.models import Contact, Region
from accounts.seats.domain.seats import seat_plan
from portal.lib import drafts
from portal.lib.clock import now
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest
from sla.core.domain.terms import NoTarget
from sla.core.enums import Priority
from tickets.core.domain.opening import OpenTicket, open_ticket
from tickets.core.domain.preview import Outlook, outlook
from tickets.core.enums import Channel, LanguageChoice
from tickets.core.forms import NewTicketForm
from tickets.core.models import Ticket
from tickets.core.pages.cards import cards, how_counted
from tickets.core.pages.clock_box import clock_box
from tickets.core.pages.find import ticket_or_404
from tickets.core.pages.on_now import on_now
from tickets.core.pages.uploads import Uploads, add_refusal, read_uploads

DEFAULT_PRIORITY = Priority.MEDIUM
# What a link may fill in: /tickets/new/?priority=2&subject=…
PREFILLED = ("subject", "product", "body", "region", "language_choice")


@require_http_methods(["GET", "POST"])
def new_ticket(request: PortalRequest) -> HttpResponse:
    """The form. "Preview times" shows it again with the promises of what was chosen; "Create ticket" opens one."""
    at = now()
    if request.method == "GET":
        return render(request, "tickets/new.html", _page(request, _form(request, initial=_prefilled(request)), at=at))
    uploads = read_uploads(request, now=at)
    if "preview" in request.POST:
        form = _form(request, initial=_as_written(request.POST))
        return render(request, "tickets/new.html", _page(request, form, at=at, uploads=uploads))
    form = _form(request, data=request.POST)
    if uploads.errors:
        for error in uploads.errors:
            form.add_error("files", error)
    if form.is_valid():
        try:
            ticket_number = _open(request, form, uploads, at=at)
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            return redirect("tickets:receipt", ticket_number)
    return render(request, "tickets/new.html", _page(request, form, at=at, uploads=uploads), status=422)


@require_GET
def promise(request: PortalRequest) -> HttpResponse:
    """Only what is reckoned, for the priority, region and language that are chosen now."""
    at = now()
    context = _promises(request, request.GET, at=at)
    # The minute hand moves the moments all the time; only a choice is worth announcing.
    context["announce"] = getattr(request.htmx, "trigger", None) != "promise-tick"
    return render(request, "tickets/_promise.html", context)


@require_GET
def receipt(request: PortalRequest, number: str) -> HttpResponse:
    """What the customer may print and keep: the number, what happens next and when."""
    at = now()
    ticket = ticket_or_404(request, number)
    box = clock_box(ticket, now=at, zone_name=request.user.time_zone)
    return render(request, "tickets/receipt.html", {"ticket": ticket, "box": box, "now": at})


@transaction.atomic
def _open(request: PortalRequest, form: NewTicketForm, uploads: Uploads, *, at: datetime) -> str:
    data = form.cleaned_data
    new = OpenTicket(
        requester=request.contact,
        subject=data["subject"],
        body=data["body"],
        priority=data["priority"],
        channel=Channel.PORTAL,
        language_choice=LanguageChoice(data.get("language_choice") or LanguageChoice.ENGLISH),
        product=data["product"],
        region=data["region"],
        followers=list(data["followers"]),
        attachments=uploads.kept,
        is_private=data["is_private"],
    )
    return open_ticket(new, by=request.user, now=at).number


def _form(
    request: PortalRequest, *, data: QueryDict | None = None, initial: dict[str, Any] | None = None
) -> NewTicketForm:
    contact = request.contact
    colleagues = Contact.objects.active().filter(account=contact.account_id).exclude(pk=contact.pk)
    return NewTicketForm(
        data,
        initial=initial,
        colleagues=colleagues.select_related("user").order_by("user__name", "pk"),
        regions=regions_of(contact),
        may_choose_language=contact.user.language != "en",
    )


def regions_of(contact: Contact) -> QuerySet[Region]:
    """Where a ticket of this person can be: the regions of the account and of the person that have opening hours."""
    account = contact.account
    ours = Q(pk=account.home_region_id) | Q(pk__in=account.regions.values("pk")) | Q(pk=contact.region_id)
    ours |= Q(pk__in=contact.seats.taken().values("region"))
    return Region.objects.filter(ours, calendar__isnull=False).order_by("name_en")


def _page(
    request: PortalRequest, form: NewTicketForm, *, at: datetime, uploads: Uploads | None = None
) -> dict[str, Any]:
    chosen = form.data if form.is_bound else form.initial
    context = _promises(request, chosen, at=at)
    reckoned: Outlook | None = context["outlook"]
    if reckoned is None or not reckoned.may_choose_language:
        form.fields.pop("language_choice", None)
    else:
        context["on_now"] = on_now(request.user, now=at)
    return context | {
        "form": form,
        "uploads": uploads or Uploads(),
    }


def _promises(request: PortalRequest, chosen: Any, *, at: datetime) -> dict[str, Any]:
    """What is reckoned from the present choices; a choice that makes no sense counts as none."""
    contact = request.contact
    priority = _priority(chosen.get("priority")) or DEFAULT_PRIORITY
    region_pk = str(chosen.get("region") or "")
    regions = list(regions_of(contact))
    region = next((r for r in regions if str(r.pk) == region_pk), None)
    own = chosen.get("language_choice") == LanguageChoice.OWN
    try:
        reckoned = outlook(
            contact, now=at, region=region, language_choice=LanguageChoice.OWN if own else LanguageChoice.ENGLISH
        )
    except NoTarget:
        # A gap in the desk's settings: the page stays usable and says that no times can be told.
        return {"outlook": None, "cards": [], "chosen": priority, "now": at, "regions": regions}
    zone_name = request.user.time_zone
    plan = seat_plan(contact.account, at)
    return {
        "outlook": reckoned,
        "promise": reckoned.promises[priority],
        "cards": cards(reckoned, chosen=priority, zone_name=zone_name),
        "counted": how_counted(reckoned.promises[priority], zone_name=zone_name),
        "chosen": priority,
        "plan": plan,
        "regions": regions,
        "helpers": _helpers(contact) if _lacks_seat(reckoned) else [],
        "now": at,
    }


def _lacks_seat(reckoned: Outlook) -> bool:
    """The account has seats, and this person holds none that counts: somebody can change that."""
    return reckoned.entitlements.basis in {Basis.NO_SEAT, Basis.OVER_LIMIT}


def _helpers(contact: Contact) -> list[str]:
    """The names of those who can give a seat: the account's administrators."""
    admins = Contact.objects.active().filter(account=contact.account_id, role=ContactRole.ADMIN)
    return list(admins.order_by("user__name").values_list("user__name", flat=True)[:5])


def _priority(value: Any) -> Priority | None:
    text = str(value or "")
    return Priority(int(text)) if text in {"1", "2", "3", "4"} else None


def _prefilled(request: PortalRequest) -> dict[str, Any]:
    """What the link filled in, then one's draft; the product is that of the last ticket unless the link names one."""
    values: dict[str, Any] = {name: request.GET[name] for name in PREFILLED if name in request.GET}
    values["priority"] = _priority(request.GET.get("priority")) or DEFAULT_PRIORITY
    if "product" not in values:
        named = Ticket.objects.requested_by(request.contact).exclude(product="").order_by("-pk")
        values["product"] = named.values_list("product", flat=True).first() or ""
    values.setdefault("language_choice", LanguageChoice.ENGLISH.value)
    kept = drafts.draft_at(request, request.path)
    for name in ("subject", "body"):
        values.setdefault(name, kept.get(name, ""))
    return values


def _as_written(data: QueryDict) -> dict[str, Any]:
    """The form as it was sent, not judged: nothing is lost, nothing is marked as wrong."""
    values: dict[str, Any] = {name: data.get(name, "") for name in PREFILLED}
    values["priority"] = _priority(data.get("priority")) or DEFAULT_PRIORITY
    values["followers"] = data.getlist("followers")
    values["is_private"] = "is_private" in data
    return values
