"""The ASGI entry for uvicorn: the live stream first, every other address is Django's."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
# A request runs in a thread of its own here and leaves it: a connection that is kept would stay with nobody.
os.environ["CONN_MAX_AGE"] = "0"

pages = get_asgi_application()

from portal.checks import refuse_unsafe  # noqa: E402 - reads the settings
from portal.live.stream import PATH, stream  # noqa: E402 - needs the models

refuse_unsafe()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "http" and scope["path"] == PATH:
        await stream(scope, receive, send)
    else:
        await pages(scope, receive, send)
