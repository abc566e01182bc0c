"""Everything that can be judged without running the suite: `make check`. All of it runs; the end names what failed."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SHOWN = 60

# A server as docs/operations.md describes it: the settings must be clean under these.
PRODUCTION = {
    "DEMO": "0",
    "DEBUG": "0",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "ALLOWED_HOSTS": "support.example.com",
    "SITE_URL": "https://support.example.com",
    "DATABASE_URL": "postgres://punctual@localhost:5432/punctual",
    "REDIS_URL": "redis://localhost:6379/0",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.com:587",
}
MANAGE = [sys.executable, "manage.py"]
CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("top level", [sys.executable, ".ci/top.py"], {}),
    ("format", [str(BIN / "ruff"), "format", "--check", "."], {}),
    ("lint", [str(BIN / "ruff"), "check", "."], {}),
    ("import contracts", [str(BIN / "lint-imports")], {}),
    ("types", [str(BIN / "mypy")], {}),
    ("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], {}),
    ("messages", [*MANAGE, "check_messages"], {}),
    ("settings of a server", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
]


def run(command: list[str], environment: dict[str, str]) -> tuple[bool, str]:
    done = subprocess.run(command, cwd=ROOT, check=False, env=environment, capture_output=True, text=True)
    return done.returncode == 0, (done.stdout + done.stderr).strip()


def audit(environment: dict[str, str]) -> tuple[bool | None, str]:
    """Known weaknesses in what is pinned; None when no index with advisories could be asked."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [str(BIN / "pip-audit"), "--disable-pip", "--require-hashes", "--progress-spinner", "off",
                   "--timeout", "10", "-f", "json", "-o", str(report)]  # fmt: skip
        _, said = run([*command, "-r", "requirements.txt"], environment)
        if not report.exists() or not report.read_text().strip():
            return None, "not audited: " + (said.splitlines() or ["no index with advisories answered"])[-1]
        packages = json.loads(report.read_text())["dependencies"]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    weak = [
        f"{package['name']} {package['version']}: {weakness['id']}, mended in {weakness['fix_versions']}"
        for package in packages
        for weakness in package.get("vulns", [])
    ]
    if weak:
        return False, "\n".join(weak)
    if skipped:
        return None, f"the index says nothing about weaknesses of {len(skipped)} packages, {skipped[0]} among them"
    return True, ""


def show(name: str, passed: bool | None, said: str, started: float) -> None:
    word = {True: "ok", False: "FAILED", None: "left out"}[passed]
    print(f"{name:<22}{word:<10}{time.monotonic() - started:5.1f} s", flush=True)
    if passed is not True or "not checked" in said:
        print("\n".join(f"    {line}" for line in said.splitlines()[-SHOWN:]), flush=True)


def main() -> int:
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as var:
        (Path(var) / "static").mkdir()
        own = {"VAR_DIR": var, "DEMO": "1", "DATABASE_URL": f"sqlite:///{var}/check.sqlite3", "REDIS_URL": ""}
        base = os.environ | own
        for name, command, extra in CHECKS:
            started = time.monotonic()
            passed, said = run(command, base | extra)
            show(name, passed, said, started)
            failed += [] if passed else [name]
        started = time.monotonic()
        safe, said = audit(base)
        show("dependency audit", safe, said, started)
        failed += ["dependency audit"] if safe is False else []
    print(f"\n{'failed: ' + ', '.join(failed) if failed else 'All checks passed.'}")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Stopped.")
