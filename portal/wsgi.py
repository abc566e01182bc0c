"""The WSGI entry for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from portal.checks import refuse_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

refuse_unsafe()
application = get_wsgi_application()
