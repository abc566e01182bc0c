"""The shapes of accounts in the API: …In is what a program sends, …Out what it gets. No rules here."""

from typing import Any

from rest_framework import serializers

from accounts.core.domain.entitlements import Entitlements
from accounts.core.enums import Basis, ContactRole, SeatState, Segment, Tier
from accounts.core.models import Contact, Region, Seat
from accounts.identity.domain.tokens import MAX_DAYS, SCOPES
from accounts.identity.models import ApiToken
from portal.lib.access import Role
from portal.lib.rest.moments import stamp
from portal.lib.rest.shapes import NamedOut, Shape
from portal.lib.rest.strict import StrictInteger, StrictSerializer, StrictText


class RegionOut(Shape):
    code = serializers.CharField()
    name = serializers.CharField()
    time_zone = serializers.CharField(help_text="IANA name.")


class TokenIn(StrictSerializer):
    email = StrictText(max_length=254)
    password = StrictText(max_length=128, trim_whitespace=False)
    account = StrictInteger(required=False, help_text="Which account to act for, when you are a contact of several.")
    name = StrictText(max_length=80, required=False, help_text="What the token is for.")
    scopes = serializers.ListField(child=serializers.ChoiceField(SCOPES), min_length=1, max_length=2, required=False)
    days = StrictInteger(min_value=1, max_value=MAX_DAYS, required=False, help_text="How long it works; 30 by default.")


class TokenOut(Shape):
    name = serializers.CharField()
    begins_with = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(SCOPES))
    account = NamedOut(allow_null=True, help_text="null for staff.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class NewTokenOut(TokenOut):
    token = serializers.CharField(help_text="The secret. Shown here and never again.")


class EntitlementOut(Shape):
    tier = serializers.ChoiceField(Tier.choices, help_text="What applies to you.")
    account_tier = serializers.ChoiceField(Tier.choices, help_text="What the account has bought.")
    basis = serializers.ChoiceField(Basis.choices)
    reason = serializers.CharField(help_text="Why, as a sentence.")
    seat = serializers.IntegerField(allow_null=True, help_text="Number of your seat.")


class MeOut(Shape):
    id = serializers.IntegerField(allow_null=True, help_text="Your id as a contact; null for staff.")
    name = serializers.CharField()
    email = serializers.EmailField()
    language = serializers.ChoiceField(["en", "fr"])
    time_zone = serializers.CharField()
    role = serializers.ChoiceField([role.value for role in Role])
    account = NamedOut(allow_null=True)
    region = RegionOut(allow_null=True)
    entitlement = EntitlementOut(allow_null=True)
    token = TokenOut()


class ContractOut(Shape):
    tier = serializers.ChoiceField(Tier.choices)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="Last day, included, in the home region.")
    premium_contacts = serializers.IntegerField()
    professional_services_hours = serializers.IntegerField()
    price_usd = serializers.CharField(allow_null=True, help_text="Per year; for account administrators only.")


class AccountOut(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    segment = serializers.ChoiceField(Segment.choices)
    home_region = RegionOut()
    regions = RegionOut(many=True)
    contract = ContractOut(allow_null=True, help_text="The one in force today; null means Standard.")


class ContactOut(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    role = serializers.ChoiceField(ContactRole.choices)
    region = serializers.CharField(help_text="Code of the region whose hours count for this person.")
    is_active = serializers.BooleanField()


class SeatOut(Shape):
    number = serializers.IntegerField()
    contact = NamedOut()
    region = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(SeatState.choices)
    over_limit = serializers.BooleanField(help_text="The contract has fewer seats: Standard targets apply.")
    nominated_at = serializers.DateTimeField()
    validated_at = serializers.DateTimeField(allow_null=True)


class SeatPlanOut(Shape):
    limit = serializers.IntegerField()
    used = serializers.IntegerField()
    free = serializers.IntegerField()
    seats = SeatOut(many=True)


class SeatIn(StrictSerializer):
    contact = StrictInteger(help_text="Id of a contact of the account.")
    region = StrictText(max_length=30, required=False, help_text="Code of a region, for Gold and Platinum.")


class SeatRegionIn(StrictSerializer):
    region = StrictText(max_length=30, help_text="Code of a region of the account.")


# --- From rows to shapes ----------------------------------------------------------------------------------------


def region_out(region: Region) -> dict[str, Any]:
    return {"code": region.code, "name": region.name, "time_zone": region.time_zone}


def token_out(token: ApiToken) -> dict[str, Any]:
    account = token.contact.account if token.contact else None
    return {
        "name": token.name,
        "begins_with": token.hint,
        "scopes": list(token.scopes),
        "account": {"id": account.pk, "name": account.name} if account else None,
        "created_at": stamp(token.created_at),
        "expires_at": stamp(token.expires_at),
        "last_used_at": stamp(token.last_used_at),
    }


def entitlement_out(entitlements: Entitlements) -> dict[str, Any]:
    return {
        "tier": entitlements.tier.value,
        "account_tier": entitlements.account_tier.value,
        "basis": entitlements.basis.value,
        "reason": entitlements.reason,
        "seat": entitlements.seat.number if entitlements.seat else None,
    }


def contact_out(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.pk,
        "name": contact.name,
        "role": contact.role,
        "region": contact.own_region.code,
        "is_active": contact.is_active,
    }


def seat_out(seat: Seat, *, limit: int) -> dict[str, Any]:
    return {
        "number": seat.number,
        "contact": {"id": seat.contact_id, "name": seat.contact.name},
        "region": seat.region.code if seat.region else None,
        "state": seat.state,
        "over_limit": seat.number > limit,
        "nominated_at": stamp(seat.nominated_at),
        "validated_at": stamp(seat.validated_at),
    }
