"""What every page shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def theme_of(request: HttpRequest) -> str:
    """`light`, `dark` or `system`: from the profile, else from the cookie that the switch left."""
    user = getattr(request, "user", None)
    chosen = user.theme if user is not None and user.is_authenticated else request.COOKIES.get("theme", "")
    return chosen if chosen in {"light", "dark"} else "system"


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "site_name": settings.SITE_NAME,
        "demo": settings.DEMO,
        "contact": getattr(request, "contact", None),
        "contacts": getattr(request, "contacts", []),
        "theme": theme_of(request),
        "role": getattr(request, "role", None),
    }
