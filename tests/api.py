"""A program that calls the API: one token, JSON in and out, at a moment that stands still."""

import json
from datetime import timedelta
from typing import Any

import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.identity.domain.tokens import create_token
from accounts.models import Agent
from tests.factories import MONDAY_9AM

V1 = "/api/v1"


class Caller:
    """`Caller(person).get("/me")`; `person` is a contact or an agent. `later()` moves the moment."""

    def __init__(self, person=None, *, scopes=("read", "write"), now=MONDAY_9AM, **headers: str) -> None:
        cache.clear()
        self.now, self.headers, self.secret, self.token = now, headers, "", None
        self.client = Client(raise_request_exception=False)
        if person is not None:
            contact = None if isinstance(person, Agent) else person
            self.token, self.secret = create_token(
                user=person.user, contact=contact, name="Tests", scopes=list(scopes), days=30, now=now
            )

    def later(self, **by: float) -> "Caller":
        self.now += timedelta(**by)
        return self

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: Any = None,
        content_type="application/json",
        **headers: str,
    ):
        sent = {**self.headers, **headers}
        if self.secret:
            sent = {"Authorization": f"Bearer {self.secret}"} | sent
        data = raw if raw is not None else (json.dumps(body) if body is not None else "")
        kind = content_type if (data or raw is not None) else "application/octet-stream"
        with time_machine.travel(self.now, tick=False):
            return self.client.generic(method, V1 + path, data, content_type=kind, headers=sent)

    def get(self, path: str, **headers: str):
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str):
        return self.call("POST", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any, **headers: str):
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str):
        return self.call("DELETE", path, **headers)

    def upload(self, file: Any, **more: Any):
        headers = {"Authorization": f"Bearer {self.secret}"}
        with time_machine.travel(self.now, tick=False):
            return self.client.post(f"{V1}/attachments", {"file": file, **more}, headers=headers)


def reason(response) -> tuple[int, str]:
    """Status and reason of a refusal, which must be problem details."""
    assert response["Content-Type"] == "application/problem+json", response.content[:300]
    body = response.json()
    assert body["status"] == response.status_code
    return response.status_code, body["reason"]


def wrong(response) -> list[tuple[str, str]]:
    """Pointer and code of each wrong field."""
    return [(error["pointer"], error["code"]) for error in response.json()["errors"]]
