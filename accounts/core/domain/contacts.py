"""The people of an account: invited, changed and deactivated by its administrators. Nobody is ever deleted."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.core.domain.people import admins_of
from accounts.core.enums import ContactRole
from accounts.core.models import Account, Contact, Region, User
from accounts.core.models.user import normal_email
from portal.lib import outbox
from portal.lib.errors import DomainError


class LastAdmin(DomainError):
    """An account always keeps one administrator who can sign in."""

    code = "last_admin"


class NotInvitable(DomainError):
    """This address cannot become a contact; why is not told, because that would say who it belongs to."""

    code = "not_invitable"


def regions_of(account: Account) -> QuerySet[Region]:
    """The regions an account lives in."""
    ours = Q(pk=account.home_region_id) | Q(pk__in=account.regions.values("pk"))
    return Region.objects.filter(ours).order_by("name_en")


@transaction.atomic
def invite(
    account: Account,
    *,
    email: str,
    name: str,
    language: str,
    role: ContactRole,
    region: Region | None,
    by: User,
    now: datetime,
) -> Contact:
    """Make the person behind `email` a contact of `account` and write to them how to sign in.

    Somebody we know already keeps their name, language and password, and chooses from now on which account they act
    for; whether we knew them is not told. Raises DomainError for an address that is none, is a contact here already,
    or cannot be invited.
    """
    email, name = normal_email(email), " ".join(name.split())
    try:
        validate_email(email)
    except ValidationError:
        raise DomainError(
            _("Enter an email address such as name@example.com."), code="bad_email", field="email"
        ) from None
    if not name:
        raise DomainError(_("Enter a name."), code="empty", field="name")
    check_region(account, region)
    person = User.objects.select_related("agent").filter(email=email).first()
    if person is None:
        person = _new_person(email, name=name, language=language, time_zone=(region or account.home_region).time_zone)
    elif person.staff_role is not None or not person.is_active:
        raise NotInvitable(_("This address cannot be invited. Enter another one, or contact us."), field="email")
    if Contact.objects.filter(account=account, user=person).exists():
        raise DomainError(
            _("%(email)s is already a contact of %(account)s.") % {"email": email, "account": account.name},
            code="already_contact", field="email",
        )  # fmt: skip
    try:
        with transaction.atomic():
            contact = Contact.objects.create(account=account, user=person, role=role, region=region)
    except IntegrityError:
        # The unique key decided: somebody invited the same person a moment ago.
        raise DomainError(
            _("%(email)s is already a contact of %(account)s.") % {"email": email, "account": account.name},
            code="already_contact", field="email",
        ) from None  # fmt: skip
    outbox.write(
        "welcome",
        key=f"welcome:{contact.pk}",
        recipients=[person.pk],
        data={"account": account.name, "by": by.name},
        now=now,
    )
    return contact


@transaction.atomic
def change(
    contact: Contact, *, role: ContactRole, region: Region | None, phone: str, is_active: bool, by: User, now: datetime
) -> Contact:
    """Change what the account decides about a contact. Raises LastAdmin when nobody could administer it any more."""
    # The account first: two administrators who demote each other at once stand in line.
    account = Account.objects.select_for_update(of=("self",)).get(pk=contact.account_id)
    check_region(account, region)
    loses_admin = contact.is_admin and contact.is_active and (role != ContactRole.ADMIN or not is_active)
    others = Contact.objects.active().filter(account=account, role=ContactRole.ADMIN).exclude(pk=contact.pk)
    if loses_admin and not others.exists():
        raise LastAdmin(
            _("%(name)s is the only administrator of %(account)s. Make another contact administrator first.")
            % {"name": contact.name, "account": account.name}
        )
    if contact.user_id == by.pk and not is_active:
        raise DomainError(
            _("You cannot remove your own access. Ask another administrator."), code="yourself", field="is_active"
        )
    was_admin, was_active = contact.is_admin, contact.is_active
    contact.role, contact.region, contact.phone, contact.is_active = role, region, " ".join(phone.split()), is_active
    contact.save(update_fields=["role", "region", "phone", "is_active"])
    if was_active != is_active:
        _notify_changed(contact, "access_given" if is_active else "access_ended", by=by, now=now)
    if was_admin != contact.is_admin and is_active:
        _notify_changed(contact, "role_given" if contact.is_admin else "role_taken", by=by, now=now)
    return contact


def _notify_changed(contact: Contact, what: str, *, by: User, now: datetime) -> None:
    """The person, and those who administer the account, but not whoever did it."""
    people = [contact.user_id, *admins_of(contact.account_id)]
    outbox.write(
        "contact_changed",
        key=f"contact_changed:{contact.pk}:{what}:{now.isoformat()}",
        recipients=[user for user in people if user != by.pk],
        data={"what": what, "account": contact.account.name, "contact": contact.name, "user": contact.user_id},
        now=now,
    )


def _new_person(email: str, *, name: str, language: str, time_zone: str) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(email, None, name=name, language=language, time_zone=time_zone)
    except IntegrityError:
        return User.objects.select_related("agent").get(email=email)


def check_region(account: Account, region: Region | None) -> None:
    """Raise DomainError unless `region` (None: the home region) is one the account lives in."""
    if region and region.pk != account.home_region_id and not account.regions.filter(pk=region.pk).exists():
        raise DomainError(_("Choose a region of the account."), code="foreign_region", field="region")
