"""What every resource of the API shares: problem details, pages, rights, throttles, strict input.

The framework's settings name the classes of this package, so nothing here imports `rest_framework.views` at the top
(the import would be circular); the base view is in `resource.py` and is imported from there.
"""

from portal.lib.rest.pages import Cursor
from portal.lib.rest.problems import problem
from portal.lib.rest.rights import TablePermission
from portal.lib.rest.throttles import TokenThrottle

__all__ = ["Cursor", "TablePermission", "TokenThrottle", "problem"]
