"""From a submission to a report: read, run in the sandbox, judge here.

`grade_bytes` is the whole job for one file, and what a cluster runs. It never raises for what a student
handed in: a broken file is a report that says why.
"""

from __future__ import annotations

import hashlib
import json
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from claimbook import __version__
from claimbook.content import BOOK, EDITION, ContentError, chapter_slug, root
from claimbook.grading.confinement import Limits
from claimbook.grading.program import read_program
from claimbook.grading.sandbox import NoSandbox, Run, Sandbox
from claimbook.grading.submissions import Submission
from claimbook.judging import judge
from claimbook.questions import load_quiz
from claimbook.rendering import key_hash
from claimbook.tasks import load_exercise
from claimbook.verdicts import verdict

CONNECT = "10s"  # for how long a dask scheduler is called before it counts as not there
CHANGED = "This question has changed since you answered it. Answer it again in the book, and save your progress anew."
SAID = {
    "timeout": "The notebook ran longer than its time limit and was stopped. Answers given before that count.",
    "died": "The notebook ended its own Python process before the last cell. Answers given before that count.",
    "flood": "The notebook wrote more than may come out of it and was stopped. Answers given before that count.",
    "broken": "The sandbox itself failed on this notebook. Run it again; if it fails again, look at it by hand.",
}


@dataclass
class TaskReport:
    """Verdict on one task or quiz item. `points` is None until a person has marked a free text."""

    id: str
    title: str
    status: str
    points: float | None
    of: float
    reason: str
    misconception: str | None = None
    hint: str = ""
    text: str = ""  # the student's words, for free-text tasks


@dataclass
class Report:
    """All that is known about one submitted file. `problem` says why it could not be graded, if so."""

    student: str
    student_id: str
    path: str
    digest: str = ""  # of the file and of all that the report depends on; set by `grade_all`
    late: bool = False
    submitted: str = ""
    kind: str = "exercise"  # exercise or quiz
    number: str = ""
    problem: str = ""
    status: str = ""
    tasks: list[TaskReport] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0
    memory: int = 0
    sandboxed: bool = True

    @property
    def key(self) -> str:
        return self.student_id or self.student

    @classmethod
    def from_data(cls, data: dict) -> Report:
        return cls(**{**data, "tasks": [TaskReport(**task) for task in data["tasks"]]})


@cache  # as tasks and quizzes are: files that change under a worker of a cluster don't change what it judges by
def edition_digest(limits: Limits) -> str:
    """What every report depends on besides the file: tasks, quizzes, this program, the limits."""
    parts = hashlib.sha256(f"{__version__} {limits}".encode())
    for path in sorted((root() / "exercises").glob("*.tasks.yml")) + sorted((root() / "chapters").glob("*.quiz.yml")):
        parts.update(path.read_bytes())
    return parts.hexdigest()


def grade_bytes(submission: Submission, sandbox: Sandbox) -> Report:
    """Grade one file. Never raises for its content.

    Raises:
        NoSandbox: submissions cannot be run on this machine at all.
    """
    report = Report(
        submission.student,
        submission.student_id,
        submission.path,
        late=submission.late,
        submitted=submission.submitted.isoformat() if submission.submitted else "",
        sandboxed=not sandbox.unsafe,
    )
    try:
        if submission.path.lower().endswith(".json"):
            _grade_quiz(submission.data, report)
        else:
            _grade_notebook(submission, sandbox, report)
    except NoSandbox:
        raise
    except ContentError as error:
        report.problem = str(error)
    return report


def _grade_notebook(submission: Submission, sandbox: Sandbox, report: Report) -> None:
    program = read_program(submission.data, submission.path)
    if program.edition and program.edition != EDITION:
        raise ContentError(
            f"The notebook belongs to edition {program.edition} of the course, this grader to {EDITION}. "
            "Grade it with the claimbook of that edition, or ask for the exercise of this one."
        )
    run = sandbox.run(program)
    if run.status == "broken":
        run = sandbox.run(program)
    report.number, report.status = program.exercise, run.status
    report.seconds, report.memory = run.seconds, run.memory
    report.notes = [*program.notes, *([SAID[run.status]] if run.status in SAID else [])]
    report.errors = [f"Code cell {cell + 1}: {error}" for cell, error in sorted(run.errors.items())]
    report.tasks = judge_run(program.exercise, run)


def judge_run(number: str, run: Run) -> list[TaskReport]:
    """Judge the answers of a run, task by task."""
    reports = []
    for task in load_exercise(number).tasks:
        answer = run.answers.get(task.variable, {"type": "missing"})
        try:
            result = judge(task, answer)
            status, reason, misconception = result.status, result.reason, result.misconception
        except Exception as error:  # an answer in a shape nobody thought of is a wrong answer, and a bug to report
            status, misconception = "wrong", None
            reason = f"The answer could not be compared ({type(error).__name__})."
        report = TaskReport(task.id, task.title, status, 0, task.points, reason, misconception)
        if status == "correct":
            report.points = task.points
        elif status == "recorded":
            report.points, report.text, report.reason = None, answer["value"], "A person marks this one, by the rubric."
        elif status in ("close", "wrong"):
            report.hint = task.hints[0]
        if status == "not attempted":
            report.reason = "No answer was found."
        reports.append(report)
    return reports


def _grade_quiz(data: bytes, report: Report) -> None:
    """Judge quiz answers that a student exported from the progress page, from the bank alone."""
    report.kind = "quiz"
    try:
        stored = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ContentError(f"The file is not JSON ({str(error)[:80]}). Ask for the export again.") from None
    if not isinstance(stored, dict) or stored.get("book") != BOOK or not isinstance(stored.get("quizzes"), dict):
        raise ContentError("The file is JSON, but no export of this book's progress page.")
    if stored.get("edition") != EDITION:
        raise ContentError(
            f"The answers belong to edition {stored.get('edition')!r} of the book, this grader to {EDITION}."
        )
    for number, answers in sorted(stored["quizzes"].items()):
        try:
            quiz = load_quiz(number)
        except ContentError:
            report.notes.append(f"There is no quiz {number!r}.")
            continue
        for item in quiz.items:
            record = answers.get(item.id) if isinstance(answers, dict) else None
            given = record if isinstance(record, dict) else {}
            found = verdict(item, given.get("a"))
            reason = next((message.why for message in found.messages if message.why), "")
            status = "not attempted" if record is None else found.status
            if given and given.get("h") != key_hash(item):  # options are stored by their place: it may be another now
                status, reason = "not attempted", CHANGED
                report.notes.append(f"{item.id} was answered when the question was another one. It does not count.")
            report.tasks.append(
                TaskReport(item.id, item.stem.split("\n")[0], status, float(status == "correct"), 1, reason)
            )
    report.number, report.status = "quiz", "finished"


# ---------------------------------------------------------------- many submissions


class Pool:
    """Grades on this machine, `jobs` at a time, with a warm sandbox for each."""

    def __init__(self, limits: Limits, jobs: int = 1, unsafe: bool = False):
        self.limits, self.jobs, self.unsafe = limits, jobs, unsafe

    def map(self, submissions: Iterable[Submission]) -> Iterable[Report]:
        """Reports in the order in which they are done."""
        sandboxes, own = [], threading.local()
        lock = threading.Lock()

        def one(submission: Submission) -> Report:
            if not hasattr(own, "sandbox"):
                own.sandbox = Sandbox(self.limits, self.unsafe)
                with lock:
                    sandboxes.append(own.sandbox)
            return grade_bytes(submission, own.sandbox)

        try:
            with ThreadPoolExecutor(self.jobs) as threads:
                for done in as_completed([threads.submit(one, submission) for submission in submissions]):
                    yield done.result()
        finally:
            for sandbox in sandboxes:
                sandbox.__exit__(None, None, None)


class Cluster:
    """Grades on a dask.distributed cluster; a job whose worker dies is given to another one."""

    def __init__(self, address: str, limits: Limits):
        try:
            from distributed import Client
        except ImportError:
            raise ContentError(
                "`--scheduler` needs the package distributed: pip install 'claimbook[cluster]'"
            ) from None
        try:
            self.client = Client(address, timeout=CONNECT, set_as_default=False)
        except (OSError, TimeoutError) as error:
            raise ContentError(f"No dask scheduler answers at {address} ({error}).") from None
        self.limits = limits

    def map(self, submissions: Iterable[Submission]) -> Iterable[Report]:
        """Reports in the order in which they are done."""
        from distributed import as_completed as done_first

        with self.client:
            course = edition_digest(self.limits)
            futures = [
                self.client.submit(grade_remotely, one, self.limits, course, pure=False, retries=3)
                for one in submissions
            ]
            for future in done_first(futures, loop=self.client.loop):
                yield future.result()


_here = threading.local()


def grade_remotely(submission: Submission, limits: Limits, course: str) -> Report:
    """What a worker of a cluster runs: like `grade_bytes`, with a sandbox that the worker's thread keeps warm.

    Raises:
        ContentError: the worker would judge by other tasks than the one who sent the job (`course`: its digest).
    """
    if edition_digest(limits) != course:
        raise ContentError(
            f"A worker of the cluster has another course, edition or claimbook: it reads {root()}. Start all workers "
            "with the same files, and with CLAIMBOOK_COURSE naming the course."
        )
    if getattr(_here, "limits", None) != limits:
        _here.sandbox, _here.limits = Sandbox(limits), limits
    return grade_bytes(submission, _here.sandbox)


def grade_all(
    submissions: list[Submission],
    runner: Pool | Cluster,
    store: Path | None = None,
    tell: Callable[[int, int, Report], None] = lambda done, total, report: None,
) -> list[Report]:
    """Grade all submissions; take up where an earlier run stopped.

    Args:
        submissions: what `find_submissions` found.
        runner: a `Pool` or a `Cluster`.
        store: folder in which each report is kept as JSON as soon as it is done; reports there that
            belong to the same bytes, tasks and limits are used again.
        tell: called after each report with (number done, number in all, report).

    Returns:
        Reports in the order of the submissions.
    """
    course = edition_digest(runner.limits)
    digests = {s.path: hashlib.sha256(course.encode() + s.data).hexdigest()[:16] for s in submissions}
    reports = {}
    if store is not None:
        store.mkdir(parents=True, exist_ok=True)
        for path in store.glob("*.json"):
            try:
                report = Report.from_data(json.loads(path.read_text(encoding="utf-8")))
            except (ValueError, TypeError, KeyError):
                continue  # cut off in the middle of writing: it is made again
            if report.digest == digests.get(report.path) and report.status != "broken":
                reports[report.path] = report
    waiting = [submission for submission in submissions if submission.path not in reports]
    for report in runner.map(waiting) if waiting else ():
        report.digest = digests[report.path]
        reports[report.path] = report
        if store is not None:
            name = hashlib.sha256(report.path.encode()).hexdigest()[:16]
            part = store / f"{name}.part"
            part.write_text(json.dumps(asdict(report), ensure_ascii=False, indent=1), encoding="utf-8")
            part.replace(store / f"{name}.json")
        tell(len(reports), len(submissions), report)
    return [reports[submission.path] for submission in submissions]


def show_progress(done: int, total: int, report: Report) -> None:
    """One line on standard error that counts up."""
    print(
        f"\r{done} of {total}  {report.path[-60:]:<60}", end="\n" if done == total else "", file=sys.stderr, flush=True
    )


def title_of(report: Report) -> str:
    """`Exercise 08: The warrant`."""
    if report.kind == "quiz":
        return "Quiz answers"
    return (
        f"Exercise {report.number}: {load_exercise(chapter_slug(report.number)).title}"
        if report.number
        else "Unknown exercise"
    )
