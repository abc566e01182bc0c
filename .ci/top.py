"""What may stand at the top of the project: `make check` refuses everything else and says where it could go."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# What is the product, what shows and proves it, what builds, ships and explains it.
PRODUCT = {"portal", "tickets", "sla", "accounts", "templates", "static", "manage.py"}
PROOFS = {"tests", "bench"}
TOOLS = {
    ".ci", ".editorconfig", ".env.example", ".gitattributes", ".github", ".gitignore", ".pre-commit-config.yaml",
    "Makefile", "clients", "deploy", "pyproject.toml", "requirements-dev.txt", "requirements.txt",
}  # fmt: skip
WORDS = {"README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs"}
KNOWN = PRODUCT | PROOFS | TOOLS | WORDS


def strangers(paths: list[str]) -> list[str]:
    """The files and folders at the top of `paths` that the project does not know."""
    return sorted({path.split("/", 1)[0] for path in paths} - KNOWN)


def listed(root: Path) -> list[str] | None:
    """Every file that git keeps or would keep; None outside of a repository (an archive of the sources)."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return [path for path in done.stdout.split("\0") if path] if done.returncode == 0 else None


def main(root: Path = ROOT) -> int:
    paths = listed(root)
    if paths is None:
        print("The top level is not checked: there is no git repository to ask.")
        return 0
    found = strangers(paths)
    for name in found:
        print(
            f"“{name}” has no place at the top of the project. Move it into the folder it belongs to, remove it, or "
            "add it to .ci/top.py if every reader must find it there."
        )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
