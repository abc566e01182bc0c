"""The description of the API is complete, valid, and served from our own house."""

import re

import pytest
from django.core.management import call_command
from django.urls import get_resolver

from portal.lib.permissions import API
from tests.api import Caller


@pytest.fixture(scope="module")
def description():
    return Caller().get("/schema").json()


def operations(description):
    return [(path, method, op) for path, methods in description["paths"].items() for method, op in methods.items()]


def test_the_description_is_valid_without_a_warning(capsys, tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))


@pytest.mark.django_db
def test_every_operation_of_the_table_is_described(description):
    patterns = next(p for p in get_resolver().url_patterns if getattr(p, "namespace", "") == "api").url_patterns
    paths = {f"api:{p.name}": "/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(p.pattern)) for p in patterns}
    paths = {name: path.replace("{pk}", "{id}") for name, path in paths.items()}
    expected = {
        (paths[name], method.lower())
        for name, rule in API.items()
        for method in rule
        if name not in {"api:schema", "api:docs", "api:missing"}
    }
    assert {(path, method) for path, method, _op in operations(description)} == expected


@pytest.mark.django_db
def test_every_operation_has_a_name_a_summary_and_examples(description):
    names = [op["operationId"] for _path, _method, op in operations(description)]
    assert len(set(names)) == len(names)
    for path, method, op in operations(description):
        assert op["summary"], (path, method)
        for status, answer in op["responses"].items():
            for kind, content in answer.get("content", {}).items():
                if kind != "application/octet-stream":
                    assert content.get("examples"), (path, method, status)
        for kind, content in op.get("requestBody", {}).get("content", {}).items():
            if kind != "multipart/form-data":
                assert content.get("examples"), (path, method, "body")


@pytest.mark.django_db
def test_every_operation_tells_its_refusals(description):
    for path, method, op in operations(description):
        told = set(op["responses"])
        wanted = {"400", "429"} | ({"401", "403"} if path != "/api/v1/token" else set())
        wanted |= {"404"} if "{" in path else set()
        assert wanted <= told, (path, method, wanted - told)
        for status in told & {"400", "401", "403", "404", "409", "412", "422", "429"}:
            assert list(op["responses"][status]["content"]) == ["application/problem+json"]


@pytest.mark.django_db
def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline():
    page = Caller().get("/docs")
    html = page.content.decode()
    assert page.status_code == 200
    assert re.findall(r'(?:src|href)="(?:https?:)?//', html) == []
    assert re.findall(r"<style|style=|<script(?![^>]* src=)|\son\w+=", html) == []
    assert page["Content-Security-Policy"].startswith("default-src 'self'")
    assert 'id="error-not-found"' in html
