"""The top of the project holds what every reader must find there, and nothing that somebody left behind."""

import runpy
import subprocess
from pathlib import Path

import pytest

TOP = runpy.run_path(str(Path(__file__).parents[2] / ".ci" / "top.py"))


@pytest.fixture
def project(tmp_path):
    """A repository with one file of ours."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / "manage.py").touch()
    return tmp_path


def test_a_file_that_the_project_does_not_know_is_refused_with_a_way_out(project, capsys):
    (project / "NOTICE").touch()

    assert TOP["main"](project) == 1
    assert capsys.readouterr().out == (
        "“NOTICE” has no place at the top of the project. Move it into the folder it belongs to, remove it, or add "
        "it to .ci/top.py if every reader must find it there.\n"
    )


def test_so_is_a_folder_whether_or_not_it_was_committed_already(project, capsys):
    (project / "scratch").mkdir()
    (project / "scratch" / "a.txt").touch()
    subprocess.run(["git", "add", "scratch"], cwd=project, check=True)

    assert TOP["main"](project) == 1
    assert capsys.readouterr().out.startswith("“scratch” has no place")


def test_what_belongs_there_passes_without_a_word(project, capsys):
    (project / "tests").mkdir()
    (project / "tests" / "test_a.py").touch()

    assert (TOP["main"](project), capsys.readouterr().out) == (0, "")


def test_outside_of_a_repository_the_check_says_that_it_was_left_out(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    assert TOP["main"](tmp_path) == 0
    assert capsys.readouterr().out == "The top level is not checked: there is no git repository to ask.\n"
