"""What each tier includes and costs."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.core.enums import PhoneModel, Segment, Tier
from accounts.core.models import TierPrice, TierTerms
from portal.lib.rest.resource import ApiRequest, Resource
from portal.lib.rest.shapes import Shape
from portal.lib.rest.strict import parameters

FIGURES = (
    "premium_contacts", "level_3_support", "phone_model", "round_the_clock", "enhanced_check_ins",
    "professional_services_hours", "p1_root_cause_analysis", "designated_engineer", "executive_sponsor",
    "regional_premium_contacts",
)  # fmt: skip
_GOLD = {
    "tier": "gold", "premium_contacts": 3, "level_3_support": True, "phone_model": "priority", "round_the_clock": True,
    "enhanced_check_ins": True, "professional_services_hours": 8, "p1_root_cause_analysis": False,
    "designated_engineer": False, "executive_sponsor": False, "regional_premium_contacts": True,
    "prices": [{"segment": "enterprise", "usd_per_year": "28000.00"}],
}  # fmt: skip


class PriceOut(Shape):
    segment = serializers.ChoiceField(Segment.choices)
    usd_per_year = serializers.CharField(help_text="US dollars for a contract year, as a decimal.")


class TierOut(Shape):
    tier = serializers.ChoiceField(Tier.choices)
    premium_contacts = serializers.IntegerField()
    level_3_support = serializers.BooleanField()
    phone_model = serializers.ChoiceField(PhoneModel.choices)
    round_the_clock = serializers.BooleanField(help_text="24/7, in English.")
    enhanced_check_ins = serializers.BooleanField()
    professional_services_hours = serializers.IntegerField(help_text="For a contract year.")
    p1_root_cause_analysis = serializers.BooleanField()
    designated_engineer = serializers.BooleanField()
    executive_sponsor = serializers.BooleanField()
    regional_premium_contacts = serializers.BooleanField(help_text="Whether a seat names a region.")
    prices = PriceOut(
        many=True, allow_null=True,
        help_text="null: not for you. Account administrators see the price of their segment, staff all of them.",
    )  # fmt: skip


class TiersOut(Shape):
    results = TierOut(many=True)


class Tiers(Resource):
    """The tiers, from the least to the most."""

    route, tag = "tier-list", "Targets"

    @extend_schema(
        operation_id="tiers", summary="What each tier includes and costs", responses=TiersOut,
        description="A contract keeps the figures with which it was signed; these are those of today.",
        examples=[OpenApiExample("One of four", response_only=True, value={"results": [_GOLD]})],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        terms = {row.tier: row for row in TierTerms.objects.all()}
        prices = self._prices()
        return Response({
            "results": [
                {
                    "tier": tier.value,
                    **{name: getattr(terms[tier], name) for name in FIGURES},
                    "prices": None if prices is None else [price_out(price) for price in prices if price.tier == tier],
                }
                for tier in Tier
                if tier in terms
            ]
        })  # fmt: skip

    def _prices(self) -> list[TierPrice] | None:
        prices = TierPrice.objects.order_by("segment", "pk")
        if self.actor is None:
            return list(prices)
        return list(prices.filter(segment=self.actor.account.segment)) if self.actor.is_admin else None


def price_out(price: TierPrice) -> dict[str, Any]:
    return {"segment": price.segment, "usd_per_year": str(price.usd_per_year)}
