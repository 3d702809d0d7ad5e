"""The same grading on a cluster: a real scheduler, two workers on loopback, one killed in the middle, nothing lost."""

import re
import signal
import subprocess
import sys

import pytest

from claimbook import cli
from claimbook.content import ContentError
from claimbook.grading import engine
from claimbook.grading.engine import Cluster, Pool, grade_all
from claimbook.grading.submissions import Submission

from .conftest import QUICK

pytestmark = pytest.mark.xdist_group("cluster")  # one worker of pytest starts the cluster, once


def start(*words):
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def cluster():
    """(address of a scheduler, its two worker processes); one of them is killed by the first test."""
    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")
    address = None
    for line in scheduler.stderr:
        if found := re.search(r"tcp://127\.0\.0\.1:\d+", line):
            address = found[0]
            break
    workers = [
        start("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        for _ in range(2)
    ]
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.communicate()


def short(reports):
    return sorted((r.student, r.problem, [(t.id, t.status, t.points) for t in r.tasks]) for r in reports)


def test_a_killed_worker_loses_nothing(cluster, solved):
    address, workers = cluster
    submissions = [Submission(f"s{n}", f"s{n}.ipynb", solved if n % 3 else b"broken") for n in range(16)]
    done = []

    def kill_one(number, total, report):
        done.append(report.path)
        if number == 4:
            workers[0].send_signal(signal.SIGKILL)

    found = grade_all(submissions, Cluster(address, QUICK), None, kill_one)
    assert sorted(done) == sorted(s.path for s in submissions), "each exactly once"
    assert short(found) == short(grade_all(submissions, Pool(QUICK)))
    assert workers[0].wait(10) == -signal.SIGKILL and workers[1].poll() is None


def test_the_command_line_takes_a_scheduler(cluster, solved, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/anna.ipynb").write_bytes(solved)
    assert cli.main(["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--scheduler", cluster[0]]) == 0
    assert "anna" in (tmp_path / "out/gradebook.csv").read_text(encoding="utf-8-sig")


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setattr(engine, "CONNECT", "0.2s")
    with pytest.raises(ContentError, match=r"127\.0\.0\.1:9"):
        Cluster("tcp://127.0.0.1:9", QUICK)
