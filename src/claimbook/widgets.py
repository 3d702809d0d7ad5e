"""`quiz("08")`: a widget in Jupyter, data for the built book, text anywhere else.

The widget is an anywidget (an ipywidgets widget): the page's own script as an ES module, with the
answers synced to Python, where they are judged anew.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from claimbook.display import Shown, golden
from claimbook.questions import Quiz, load_quiz
from claimbook.rendering import compile_quiz, static_html
from claimbook.verdicts import Verdict, verdict

STATIC = Path(__file__).parent / "static"
EXPORT = "\nexport default { render: globalThis.ClaimbookQuiz.render };\n"  # makes the page's script a module


@cache
def _widget_class() -> Any:
    """The widget's class; made when first needed, since anywidget takes a while to import."""
    import anywidget
    import traitlets

    class QuizWidget(anywidget.AnyWidget):
        _esm = (STATIC / "quiz.js").read_text(encoding="utf-8") + EXPORT
        _css = (STATIC / "quiz.css").read_text(encoding="utf-8")
        quiz = traitlets.Dict().tag(sync=True)
        answers = traitlets.Dict().tag(sync=True)

    return QuizWidget


class ShownQuiz(Shown):
    """A quiz in a notebook. `answers`, `results()` and `score` tell what has been answered in it."""

    def __init__(self, quiz: Quiz):
        self.quiz = quiz
        plain = (
            f"Quiz {quiz.quiz}: {quiz.title}, {len(quiz.items)} questions. "
            "Answer it in the built book, or run this cell in JupyterLab."
        )
        super().__init__({"kind": "quiz", "id": quiz.quiz}, plain, self._bundle)
        self.widget = None if golden() else _widget_class()(quiz=compile_quiz(quiz))

    def _bundle(self) -> dict:
        assert self.widget is not None  # `_repr_mimebundle_` asks for this outside golden mode only
        view = {**self.widget._repr_mimebundle_()[0], "text/plain": self.plain}
        return {"text/html": static_html(self.quiz), **view}

    @property
    def answers(self) -> dict:
        """Answers by item id, in the form that `claimbook.questions` describes; only what was answered."""
        stored = self.widget.answers if self.widget else {}
        records = {item.id: stored.get(item.id) for item in self.quiz.items}
        return {key: record["a"] for key, record in records.items() if isinstance(record, dict) and "a" in record}

    def results(self) -> dict[str, Verdict]:
        """Verdicts by item id, for the items that were answered; judged here, whatever the page said."""
        answers = self.answers
        return {item.id: verdict(item, answers[item.id]) for item in self.quiz.items if item.id in answers}

    @property
    def score(self) -> tuple[int, int]:
        """(items answered correctly, items of the quiz)."""
        return sum(v.status == "correct" for v in self.results().values()), len(self.quiz.items)


def quiz(chapter: str) -> ShownQuiz:
    """Show the quiz of a chapter.

    Args:
        chapter: `"08"` or the slug.

    Returns:
        An object that shows itself; its `answers`, `results()` and `score` can be read in later cells.

    Raises:
        ContentError: no such quiz, or a quiz file that breaks a rule.
    """
    return ShownQuiz(load_quiz(chapter))
