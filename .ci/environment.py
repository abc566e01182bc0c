"""Prepares .venv with the pinned packages, and only when they have changed. Uses nothing but the standard library.

Called by .ci/setup, which has found a Python for it. Whatever stops it is said in one sentence with the way out.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"
COLLECTING = re.compile(r"^Collecting ([A-Za-z0-9_.-]+)")
NO_INDEX = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|SSLError|MaxRetryError"
    r"|Connection (?:refused|broken|reset)|Temporary failure in name resolution|from versions: none",
    re.IGNORECASE,
)


def stop(sentence: str) -> NoReturn:
    sys.exit(f"Punctual can't be set up: {sentence}")


def say(text: str) -> None:
    print(text, flush=True)


def needs_work(names: list[str]) -> bool:
    """A copy of each installed list lies in the environment; it is current when the copies equal the lists."""
    return not PYTHON.exists() or any(
        not (VENV / name).exists() or (VENV / name).read_bytes() != (ROOT / name).read_bytes() for name in names
    )


def usable() -> bool:
    """False for an environment whose Python was moved, removed or is too old."""
    command = [str(PYTHON), "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def create() -> None:
    version = ".".join(str(part) for part in sys.version_info[:3])
    say(f"Creating the environment .venv with Python {version} …")
    shutil.rmtree(VENV, ignore_errors=True)
    base = getattr(sys, "_base_executable", sys.executable)  # never the Python inside the folder just removed
    made = subprocess.run([base, "-m", "venv", str(VENV)], check=False, capture_output=True, text=True)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        said = made.stdout + made.stderr
        if "ensurepip" in said or "No module named venv" in said:
            package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
            stop(
                f"this Python has no working venv module; install it (on Debian and Ubuntu: apt install {package}) "
                "and run the command again."
            )
        stop(f"the folder {VENV} can't be created ({last_line(said)}); make room or allow writing there.")


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"


def install(name: str) -> None:
    """Let pip install one list, with a line per package so that one sees it move."""
    total = sum("==" in line for line in (ROOT / name).read_text().splitlines())
    say(f"Installing {total} packages of {name} …")
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-input", "--disable-pip-version-check",
               "--progress-bar", "off", "--retries", "2", "-r", str(ROOT / name)]  # fmt: skip
    said: list[str] = []
    count = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            said.append(line)
            if found := COLLECTING.match(line):
                count += 1
                say(f"  {min(count, total)}/{total} {found[1]}")
            elif line.startswith("Installing collected"):
                say("  putting them in place …")
    if pip.returncode:
        explain("".join(said))
    (VENV / name).write_bytes((ROOT / name).read_bytes())


def explain(said: str) -> NoReturn:
    if "do not match the hashes" in said.lower():
        stop("a package of the index differs from the one pinned in requirements.txt; check which index pip uses.")
    if NO_INDEX.search(said):
        stop("the package index can't be reached; check the network, or name a mirror in PIP_INDEX_URL.")
    if "No space left" in said:
        stop("the disk is full; make room (about 600 MB for tests, 200 MB to run) and run the command again.")
    sys.stderr.write("".join(f"  {line}\n" for line in said.splitlines()[-15:]))
    stop("pip failed, its last lines stand above; run the command again once that is mended.")


def main() -> None:
    names = [RUNTIME, DEVELOPMENT] if "dev" in sys.argv[1:] else [RUNTIME]
    if not needs_work(names):
        return
    if not usable():
        create()
    os.environ["PIP_REQUIRE_VIRTUALENV"] = "0"
    for name in names:
        if needs_work([name]):
            install(name)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped; run the command again to go on.")
