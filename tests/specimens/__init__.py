"""One row of everything that a route can name, for the walks over all routes.

A module here has `specimens(world)`: it makes its rows and returns, for each beginning of a route's name (the longest
that fits counts), the values of the parameters in that route's address:

    def specimens(world):
        call = ask_for_call(world["contact"], …)
        return {"phone:": {"pk": call.pk}, "admin:tickets_call_": {"object_id": call.pk}, "api:call-": {"pk": call.pk}}

`world` has `people` (role → User), `ticket`, `account`, `seat` and `contact` (of the account, a member).
"""

import importlib
import pkgutil


def collect(world):
    found = {}
    for name in sorted(module.name for module in pkgutil.iter_modules(__path__)):
        found |= importlib.import_module(f"{__name__}.{name}").specimens(world)
    return found


def values_for(route, found):
    """The parameters for `route`, or nothing when no specimen fits."""
    fitting = [beginning for beginning in found if route.startswith(beginning)]
    return found[max(fitting, key=len)] if fitting else {}
