"""Each limit says itself: whoever writes too much reads how much is possible, in their language, and loses nothing."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from portal.lib.errors import DomainError
from portal.lib.typed import within
from tests import factories
from tests.html_forms import posts_of

OURS = ("accounts.", "portal.", "sla.", "tickets.")


def every_form(found=forms.BaseForm):
    for form in found.__subclasses__():
        yield form
        yield from every_form(form)


FIELDS = sorted(
    {
        (f"{form.__module__}.{form.__name__}.{name}", field.max_length)
        for form in every_form()
        if form.__module__.startswith(OURS)
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.CharField) and field.max_length
    }
)


def field_of(path):
    module, form, name = path.rsplit(".", 2)
    return next(f for f in every_form() if (f.__module__, f.__name__) == (module, form)).base_fields[name]


def test_there_are_limits_to_look_at():
    assert len(FIELDS) > 40


@pytest.mark.parametrize(("path", "limit"), FIELDS)
def test_a_text_that_is_too_long_reads_the_limit_in_both_languages(path, limit):
    said = {}
    for language in ("en", "fr"):
        with translation.override(language):
            with pytest.raises(ValidationError) as refused:
                field_of(path).run_validators("x" * (limit + 1))
            said[language] = [sentence for sentence in refused.value.messages if str(limit) in sentence]

    assert said["en"]
    assert said["fr"]
    assert said["en"] != said["fr"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Enter at most 5 characters; you entered 6."),
     ("fr", "Saisissez au plus 5 caractères\xa0; vous en avez saisi 6.")],
)  # fmt: skip
def test_a_verb_names_its_limit_and_cuts_nothing(language, sentence):
    with translation.override(language), pytest.raises(DomainError) as refused:
        within("Words!", most=5, field="reason")

    assert (str(refused.value), refused.value.code, refused.value.field) == (sentence, "too_long", "reason")
    assert within("Words", most=5, field="reason") == "Words"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("act", "field", "limit"), [("reply", "body", 50_000), ("note", "note", 50_000), ("skip_check_in", "reason", 500)]
)
@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Enter at most {limit} characters; you entered {length}."),
     ("fr", "Saisissez au plus {limit} caractères\xa0; vous en avez saisi {length}.")],
)  # fmt: skip
def test_what_an_agent_writes_too_long_says_so_and_is_kept(
    act, field, limit, language, sentence, client_for, agent, requester
):
    agent.user.language = language
    agent.user.save()
    ticket = factories.make_ticket(requester)
    client, words = client_for(agent), "x" * (limit + 1)

    page = client.post(reverse(f"admin:tickets_ticket_{act}", args=[ticket.number]), {field: words})

    text = page.content.decode()
    assert page.status_code == 422
    assert sentence.format(limit=limit, length=limit + 1) in text
    assert "choices" not in text
    assert (ticket.messages.count(), ticket.notes.count()) == (1, 0)
    if act != "skip_check_in":
        assert any(form.data().get(field) == [words] for form in posts_of(text))
