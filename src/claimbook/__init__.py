"""A book of claims: six verbs for chapters and exercises.

    from claimbook import sentence, claims, load, quiz, check, hint

    sentence("P3S1")        one sentence of the source, shown with its claims
    claims("P3S1")          its claims as a DataFrame; all of them without an argument
    load("icc_warrants")    a typed DataFrame from the data package
    quiz("08")              a quiz: a widget in Jupyter, an HTML element in the built book
    check("T8.1", answer)   a Result: correct, close, wrong or not attempted, with a reason
    hint("T8.1")            the next hint of a task

Nothing here reads the network. The verbs are imported when they are first used (PEP 562), so that
`import claimbook` costs a few milliseconds and pandas is paid for only by those who load a table.
"""

from importlib import import_module
from typing import Any

__version__ = "2026.11.1"

_VERBS = {
    "sentence": "source",
    "claims": "source",
    "load": "tables",
    "quiz": "widgets",
    "check": "checking",
    "hint": "checking",
}
__all__ = ["check", "claims", "hint", "load", "quiz", "sentence"]


def __getattr__(name: str) -> Any:
    if name in _VERBS:
        return getattr(import_module(f"claimbook.{_VERBS[name]}"), name)
    raise AttributeError(f"module 'claimbook' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_VERBS])
