"""The rule which tests run on PostgreSQL and Redis too sees what it is about, and nothing is left out by hand."""

import ast
from pathlib import Path

import pytest

from tests import servers

MODULE = """
import pytest

@pytest.fixture
def swept():
    sweep(now=NOW)

def twice(act):
    Thread(target=act).start()

def test_plain(client): assert client.get("/").status_code == 200
def test_with_a_job(): {job}(now=NOW)
def test_with_a_fixture(swept): assert swept
def test_with_a_helper(): twice(print)
def test_of_a_refusal():
    with pytest.raises(IntegrityError): pass
def test_of_a_column(): make("x" * 201)

@pytest.mark.servers
@pytest.mark.parametrize("a", [1])
def test_marked(a): assert a

class TestMore:
    def test_in_a_class(self): CaptureQueriesContext(connection)
"""


@pytest.mark.parametrize("job", sorted(servers.jobs()))
def test_the_rule_sees_every_job_and_whoever_uses_it(tmp_path, job):
    file = tmp_path / "test_it.py"
    file.write_text(MODULE.format(job=job))

    assert {name for name in servers.telling(file) if name.startswith("test_")} == {
        "test_with_a_job", "test_with_a_fixture", "test_with_a_helper", "test_of_a_refusal", "test_of_a_column",
        "test_marked", "test_in_a_class",
    }  # fmt: skip


def test_a_module_that_says_it_runs_there_whole(tmp_path):
    file = tmp_path / "test_it.py"
    file.write_text("pytestmark = [pytest.mark.django_db, pytest.mark.servers]\n")

    assert servers.telling(file) == {"*"}


def test_the_rule_knows_the_verb_of_every_task():
    tasks = [
        node
        for file in servers.task_files()
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef) and "shared_task" in ast.unparse(node.decorator_list[0])
    ]

    assert len(tasks) >= 15
    assert [task.name for task in tasks if not servers.verbs(task)] == []


def test_every_file_that_commits_or_races_runs_there():
    commits = [path for path in Path(__file__).parent.rglob("test_*.py") if "transaction=True" in path.read_text()]

    named = {servers.ROOT / file for file in servers.files()}
    assert {path for path in commits if path.parent.name != "browser"} <= named
