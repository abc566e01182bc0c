"""A real IMAP server on loopback, with one user and a folder of its own for each test."""

import contextlib
import imaplib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")

CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
mail_max_userip_connections = 50
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""


class ImapServer:
    def __init__(self, port):
        self.port = port

    def url(self, folder, *, password="secret"):
        return f"imap://box:{password}@127.0.0.1:{self.port}/{folder}"

    @contextlib.contextmanager
    def session(self):
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        client.login("box", "secret")
        try:
            yield client
        finally:
            client.logout()

    def fresh(self, folder):
        """An empty folder of this name; one that was there gets another validity."""
        with self.session() as client:
            client.delete(folder)
            assert client.create(folder)[0] == "OK"

    def put(self, folder, *mails):
        with self.session() as client:
            for raw in mails:
                assert client.append(folder, None, None, raw)[0] == "OK"

    def seen(self, folder):
        """How many mails of the folder are flagged as read, of how many."""
        with self.session() as client:
            client.select(folder, readonly=True)
            return tuple(len(client.search(None, what)[1][0].split()) for what in ("SEEN", "ALL"))


@contextlib.contextmanager
def running():
    if DOVECOT is None:
        pytest.skip("dovecot is not installed: apt-get install dovecot-imapd")
    folder = Path(tempfile.mkdtemp(prefix="punctual-imap-"))
    folder.chmod(0o755)
    me = pwd.getpwuid(os.getuid())
    owner = pwd.getpwnam("mail") if me.pw_uid == 0 else me
    names = {"internal": "dovecot", "group": "dovecot", "login": "dovenull"}
    if me.pw_uid:
        names = {"internal": me.pw_name, "group": str(me.pw_gid), "login": me.pw_name}
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    for name in ("mail", "home"):
        (folder / name).mkdir()
        os.chown(folder / name, owner.pw_uid, owner.pw_gid)
    config = folder / "dovecot.conf"
    config.write_text(CONFIG.format(folder=folder, uid=owner.pw_uid, gid=owner.pw_gid, port=port, **names))
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(config)], stderr=subprocess.PIPE)
    try:
        _wait(port, process, folder / "log")
        yield ImapServer(port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(port, process, log):
    for _attempt in range(100):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.05)
    said = (process.stderr.read().decode() if process.poll() is not None else "") + (
        log.read_text() if log.exists() else ""
    )
    raise RuntimeError(f"dovecot did not start: {said[-2000:]}")
