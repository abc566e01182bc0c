"""Sign-in and the way back in: allauth's views behind our limits."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from math import ceil
from typing import Any

from allauth.account import views as allauth_views
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from accounts.identity.domain import sign_in
from accounts.identity.domain.sign_in import TooManyAttempts
from portal.lib import clock
from portal.lib.limits import Limit, give_back, hit, network_of

View = Callable[..., HttpResponse]
PASSWORD_FIELDS = ("password", "oldpassword", "password1")


def too_many(request: HttpRequest, wait: timedelta) -> HttpResponse:
    """429: when to try again, for people and for programs."""
    response = render(request, "429.html", {"words": sign_in.too_many_words(wait)}, status=429)
    response["Retry-After"] = str(ceil(wait.total_seconds()))
    return response


def no_endless_passwords(view: View) -> View:
    """A password of a megabyte is refused before anything is done with it."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if any(len(request.POST.get(name, "")) > sign_in.LONGEST_PASSWORD for name in PASSWORD_FIELDS):
            return render(request, "400.html", status=400)
        return view(request, *args, **kwargs)

    return checked


def limited(limit: Limit, key: Callable[[HttpRequest], str]) -> Callable[[View], View]:
    """Count every POST; what is over the limit is answered with 429 and does nothing."""

    def wrap(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                wait = hit(limit, key(request), now=clock.machine_now())
                if wait:
                    return too_many(request, wait)
            return view(request, *args, **kwargs)

        return counted

    return wrap


class SignIn(allauth_views.LoginView):
    def form_invalid(self, form: Form) -> HttpResponse:
        for error in form.non_field_errors().as_data():
            if isinstance(error, TooManyAttempts):
                return too_many(self.request, error.wait)
        return super().form_invalid(form)


class AskForReset(allauth_views.PasswordResetView):
    def form_valid(self, form: Form) -> HttpResponse:
        """Whatever the address, the same answer."""
        sign_in.ask_for_reset(form.cleaned_data["email"], now=clock.now())
        return HttpResponseRedirect(self.get_success_url())


class ChangePassword(allauth_views.PasswordChangeView):
    def form_valid(self, form: Form) -> HttpResponse:
        give_back(sign_in.TRIES_OF_OLD_PASSWORD, str(self.request.user.pk), now=clock.machine_now())
        return super().form_valid(form)


login = no_endless_passwords(SignIn.as_view())
logout = allauth_views.logout
inactive = allauth_views.account_inactive
reset = limited(sign_in.RESETS_OF_NETWORK, network_of)(AskForReset.as_view())
reset_done = allauth_views.password_reset_done
new_password = no_endless_passwords(
    limited(sign_in.LINKS_OF_NETWORK, network_of)(allauth_views.password_reset_from_key)
)
new_password_done = allauth_views.password_reset_from_key_done
change_password = no_endless_passwords(
    limited(sign_in.TRIES_OF_OLD_PASSWORD, lambda request: str(request.user.pk))(ChangePassword.as_view())
)
