"""The environment of the suite, set before the settings are read; pytest loads this first (`-p tests.environment`).

A bare `pytest` runs on SQLite with nothing else around; `.ci/suite.py` names PostgreSQL and Redis through TEST_….
Nothing of the person's own .env or var/ is touched.
"""

import atexit
import gc
import os
import shutil
import tempfile
from pathlib import Path

from portal.catalogues import compile_catalogues

ROOT = Path(__file__).resolve().parent.parent
ROOM = 500_000_000

# A seventh of the suite's time went into looking for circles among the objects of requests that were over.
gc.set_threshold(100_000, 20, 100)
worker = os.environ.get("PYTEST_XDIST_WORKER", "")

if not worker:
    # In memory, where there is such a folder: the databases live no longer than the run.
    memory = Path("/dev/shm")
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix="punctual-tests-", dir=memory if roomy else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "static").mkdir()
    os.environ["VAR_DIR"] = str(folder)
    compile_catalogues([ROOT / "portal" / "locale"])

# One Redis database for each worker, so that one may empty its cache without surprising another.
redis_urls = os.environ.get("TEST_REDIS_URLS", "").split()
number = int(worker.removeprefix("gw") or 0)

os.environ |= {
    "DEMO": "1",
    "DEBUG": "0",
    "SECRET_KEY": "only-for-the-suite-" + "0123456789abcdef" * 3,
    "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1],testserver",
    "SITE_URL": "http://localhost:8000",
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{os.environ['VAR_DIR']}/suite.sqlite3",
    "REDIS_URL": redis_urls[number % len(redis_urls)] if redis_urls else "",
    "EMAIL_URL": "memorymail://",
    "MAIL_HELD": "0",
    "IMAP_URL": "",
    "MAIL_AUTHSERV_ID": "",
    "MAIL_TRUST_SENDER": "1",
    "MAIL_ALIASES": "",
    "MAIL_WEBHOOK": "",
    "TRUSTED_PROXY_COUNT": "0",
    "ATTACHMENT_MAX_MB": "20",
    "LOG_LEVEL": "INFO",
    "CSRF_TRUSTED_ORIGINS": "",
    "MEDIA_ROOT": f"{os.environ['VAR_DIR']}/files",
    # Playwright keeps an event loop in the test's thread, where Django would refuse the ORM.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
}
