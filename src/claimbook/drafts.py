"""A first draft of a course from any text: sentences, claims, quiz. Pure: text in, plain data out.

Nothing here understands the text. Whatever is asked is right by construction: counts, order, words that
stand in one sentence and in no other. An author replaces it piece by piece.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

from claimbook.content import ContentError
from claimbook.source import literal

MAX_SENTENCES = 200  # one chapter shows them all; a longer text is a book, not an article
WITHOUT_SPACES = ("zh", "ja", "th", "lo", "km", "my")  # languages whose words no space divides
# English words that limit a claim; "may" in small letters, since May is a month. A list knows no meaning.
HEDGES = (
    "may", "might", "could", "perhaps", "possibly", "probably", "apparently", "reportedly", "allegedly", "likely",
    "seems", "seem", "seemed", "appears", "appear", "appeared", "suggests", "is expected to", "are expected to",
    "was expected to", "were expected to", "Perhaps", "Possibly", "Probably", "Apparently", "Reportedly", "Allegedly",
)  # fmt: skip
SAYING = ("said", "says", "say", "told", "announced", "according to", "According to", "stated", "claimed", "claims")
MISQUOTED, COMPUTED, UNKNOWABLE = "quotation-from-memory", "worked-out-as-stated", "unstated-as-unknowable"


def split(text: str, language: str = "en") -> list[list[str]]:
    """Paragraphs of a text, each a list of its sentences.

    Paragraphs end at blank lines; where there is none, at line ends, if every line ends a sentence. The
    sentences come from `sentencex` (Wikimedia's splitter, some 300 languages), with two repairs of ours.

    Raises:
        ContentError: fewer than two sentences that differ, or more than a course can show.
    """
    from sentencex import segment

    blocks = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n").strip())
    lines = blocks[0].split("\n")
    if len(blocks) == 1 and all(re.search(r"[.!?…。!?‽][\"'”’»)」』]*\s*$", line) for line in lines):
        blocks = lines
    glue = "" if language.split("-")[0] in WITHOUT_SPACES else " "
    paragraphs = []
    for block in blocks:
        words = glue.join(line.strip() for line in block.split("\n") if line.strip())
        sentences: list[str] = []
        for part in (re.sub(r"\s+", " ", part).strip() for part in segment(language.split("-")[0], words)):
            if not part:
                continue
            torn = sentences and (not re.search(r"\w", part) or (part[0].islower() and sentences[-1].endswith(".")))
            if torn:  # a mark that was left over, or a cut behind an abbreviation
                sentences[-1] += ("" if not re.search(r"\w", part) else " ") + part
            else:
                sentences.append(part)
        if sentences:
            paragraphs.append(sentences)
    found = [sentence for paragraph in paragraphs for sentence in paragraph]
    if len(set(found)) < 2:
        raise ContentError(
            f"The text has {len(found)} sentence{'s' * (len(found) != 1)} to work with; a course needs at least two that differ."
        )
    if len(found) > MAX_SENTENCES or max(map(len, paragraphs)) > 99:
        raise ContentError(
            f"The text has {len(found)} sentences; a course reads one text of at most {MAX_SENTENCES}, with at most 99 in a "
            "paragraph. Take a part of it."
        )
    return paragraphs


def sentence_rows(paragraphs: list[list[str]]) -> list[dict[str, str]]:
    """Rows of data/source/sentences.csv: all sentences, read in chapter 01."""
    return [
        {"sentence": f"P{p}S{s}", "paragraph": str(p), "number": str(s), "chapters": "01", "text": words}
        for p, paragraph in enumerate(paragraphs, 1)
        for s, words in enumerate(paragraph, 1)
    ]


def claim_rows(sentences: list[dict[str, str]], language: str) -> list[dict[str, str]]:
    """Rows of data/source/claims.csv: one claim a sentence, in the text's own words, judged by nobody."""
    return [
        {
            "claim": f"{row['sentence']}a", "sentence": row["sentence"], "quote": row["text"],
            "statement": f"The text says: {row['text']}", "type": "asserts", "speaker": "the text",
            "hedge": hedge(row["text"]) if language.startswith("en") else "",
            "time": "", "checkable": "", "verdict": "", "reason": "", "later": "", "sources": "the-text", "confidence": "",
        }
        for row in sentences
    ]  # fmt: skip


def hedge(sentence: str) -> str:
    """First hedge of an English sentence, letter for letter; empty if there is none."""
    found = re.search(rf"\b(?:{'|'.join(HEDGES)})\b", sentence)
    return found[0] if found else ""


# ---------------------------------------------------------------- the quiz


def quiz(sentences: list[dict[str, str]], language: str, title: str) -> dict:
    """The quiz of chapter 01 as data for its YAML file; every answer is right by construction.

    Args:
        sentences: what `sentence_rows` gave.
        language: of the text, a BCP 47 tag.
        title: of the chapter.
    """
    spaced = language.split("-")[0] not in WITHOUT_SPACES
    text = {row["sentence"]: row["text"] for row in sentences}
    chance = random.Random("\n".join(text.values()))  # the same text gives the same quiz
    items = [
        _count(sentences), _locate(text, spaced), _misquotation(text, spaced, chance), _order(text, spaced),
        _not_stated(text, spaced, chance), _match(text, spaced), _next_word(text) if spaced else None,
    ]  # fmt: skip
    kept = [item for item in items if item]
    return {
        "quiz": "01",
        "title": title,
        "items": [{"id": f"Q1.{number}", **item} for number, item in enumerate(kept, 1)],
    }


def _item(objective: str, skill: str, anchors: list[str], kind: str, stem: str, **more: Any) -> dict:
    return {
        "objective": objective, "skill": skill, "anchors": anchors, "as_of": "source", "kind": kind, "stem": stem, **more
    }  # fmt: skip


def _count(sentences: list[dict[str, str]]) -> dict:
    size, paragraphs = len(sentences), len({row["paragraph"] for row in sentences})
    near = {
        "value": paragraphs,
        "why": "That is the number of paragraphs. The number after S counts the sentences in each.",
    }
    return _item(
        "O1.3", "apply", [row["sentence"] for row in sentences], "number", "How many sentences does the text have?",
        answer=size, why=f"The numbers run from {sentences[0]['sentence']} to {sentences[-1]['sentence']}: {size} in all.",
        **({"near": [near]} if paragraphs != size else {}),
    )  # fmt: skip


def _marks(text: dict[str, str], spaced: bool) -> Iterator[tuple[str, str]]:
    """(sentence, words) for words that stand in this sentence and in no other: numbers first, then long words."""
    spans = [r"\d+(?:[.,:]\d+)*", r"\w{7,}", r"\w{4,}"] if spaced else [r"\d+(?:[.,:]\d+)*", r"\w{4}", r"\w{2}"]
    for span in spans:
        for key, words in text.items():
            for match in re.finditer(span, words):
                mark = match[0]
                if sum(mark.casefold() in other.casefold() for other in text.values()) == 1:
                    yield key, mark


def _locate(text: dict[str, str], spaced: bool) -> dict:
    keys = list(text)
    middle = keys[len(keys) // 2]
    marks = list(_marks(text, spaced))
    number = [mark for mark in marks if mark[1][0].isdigit()]
    key, mark = next((m for m in number or marks if m[0] == middle), next(iter(number or marks), ("", "")))
    if not key:  # sentences that share all their words: ask for the place instead
        passage = keys[:5]
        why = {k: f"{k} is the {'first' if n == 1 else 'next'} sentence of the text." for n, k in enumerate(passage, 1)}
        return _item("O1.1", "remember", passage, "sentence", "Which sentence opens the text?",
                     passage=passage, answer=passage[:1], why=why)  # fmt: skip
    start = max(0, min(keys.index(key) - 2, len(keys) - 5))
    passage = keys[start : start + 5]
    said = f"the number {mark}" if mark[0].isdigit() else f"“{literal(mark)}”"
    return _item(
        "O1.1", "apply", passage, "sentence", f"Which sentence of this passage holds {said}?",
        passage=passage, answer=[key],
        why={k: f"Here it stands: {said}." if k == key else f"{said[:1].upper()}{said[1:]} does not stand here." for k in passage},
    )  # fmt: skip


def opening(words: str, spaced: bool, length: int = 9) -> str:
    """First words of a sentence (characters, in a language without spaces)."""
    if not spaced:
        return words if len(words) <= 2 * length else words[: 2 * length] + " …"
    parts = words.split()
    return words if len(parts) <= length + 1 else " ".join(parts[:length]) + " …"


def _distinct(text: dict[str, str], spaced: bool) -> dict[str, str]:
    """Openings of the sentences that can be told apart by them."""
    openings = {key: opening(words, spaced) for key, words in text.items()}
    plain = [words.casefold() for words in openings.values()]
    return {key: words for key, words in openings.items() if plain.count(words.casefold()) == 1}


def _order(text: dict[str, str], spaced: bool) -> dict | None:
    chosen = dict(list(_distinct(text, spaced).items())[:4])
    if len(chosen) < 3:
        return None
    return _item(
        "O1.1", "remember", list(chosen), "order", "Put these sentences in the order of the text.",
        items=[{"text": literal(words), "why": f"This is {key}."} for key, words in chosen.items()],
        why=f"{', '.join(chosen)}: so they stand in the text.",
    )  # fmt: skip


def _match(text: dict[str, str], spaced: bool) -> dict | None:
    chosen = dict(list(_distinct(text, spaced).items())[-4:])
    if len(chosen) < 2:
        return None
    return _item(
        "O1.1", "apply", list(chosen), "match", "Which number belongs to which sentence?",
        pairs=[{"left": key, "right": literal(words), "why": "P counts the paragraphs, S the sentences in one."}
               for key, words in chosen.items()],
    )  # fmt: skip


def _misquotation(text: dict[str, str], spaced: bool, chance: random.Random) -> dict:
    """Three quotations, and one that joins the beginning of a sentence to the end of another."""
    whole = _plain("\n".join(text.values()))
    halves = {}
    for key, words in text.items():
        parts = (words.split() if spaced else list(words))[: 8 if spaced else 16]
        half = max(1, len(parts) // 2)
        halves[key] = [(" " if spaced else "").join(part) for part in (parts[:half], parts[half:] or parts[:half])]
    glue = " " if spaced else ""
    pairs = [(a, b) for a in halves for b in halves if a != b]
    chance.shuffle(pairs)
    made = [(a, b, halves[a][0] + glue + halves[b][1]) for a, b in pairs]
    made += [(a, b, text[b] + glue + text[a]) for a, b in pairs]
    a, b, false = next((one for one in made if _plain(one[2]) not in whole), ("", "", ""))
    if not false:
        raise ContentError("The sentences of the text differ too little to ask about them. Take a longer text.")
    true = [key for key in halves if key not in (a, b)] or [a]
    chance.shuffle(true)
    options: list[dict[str, object]] = [
        {
            "text": literal(quoted),
            "why": f"It stands in {key}, letter for letter.",
            "misconception": MISQUOTED,
        }
        for key in sorted(true[:3], key=list(text).index)
        for quoted in [halves[key][0] if halves[key][1] == halves[key][0] else glue.join(halves[key])]
    ]
    right = {
        "text": literal(false), "correct": True,
        "why": f"It begins like {a} and ends like {b}. No sentence of the text reads so.",
    }  # fmt: skip
    options.insert(chance.randrange(len(options) + 1), right)
    return _item("O1.2", "analyse", [a, b, *[key for key in true[:3] if key not in (a, b)]], "single",
                 "One of these quotations does not stand in the text. Which one?", options=options)  # fmt: skip


def _plain(words: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", words.casefold()).split())


def _not_stated(text: dict[str, str], spaced: bool, chance: random.Random) -> dict:
    """The text does not say how long it is: that can be worked out, which is something else."""
    whole = "\n".join(text.values())
    counts = {"letters": sum(map(str.isalpha, whole))} if spaced else {}
    counts["characters"] = len(re.sub(r"\s", "", whole))
    unit = next((unit for unit in counts if str(counts[unit]) not in whole), "characters")
    number = counts[unit]
    options: list[dict[str, object]] = [
        {"text": f"{number}.", "misconception": COMPUTED,
         "why": "That is how many there are, if you count. No sentence says it: you worked it out."},
        {"text": f"About {round(number, -1) if number > 20 else number + 5}.", "misconception": COMPUTED,
         "why": "A rounded count is still a count of yours, and no statement of the text."},
        {"text": "It cannot be known.", "misconception": UNKNOWABLE,
         "why": f"It can: whoever counts gets {number}. That the text does not state a thing does not make it unknowable."},
    ]  # fmt: skip
    right = {
        "text": "The text does not say.", "correct": True,
        "why": f"No sentence states it. It can be worked out ({number}), but then it is your statement, and you answer for it.",
    }  # fmt: skip
    options.insert(chance.randrange(4), right)
    return _item("O1.4", "understand", list(text), "single",
                 f"How many {unit} long is the text, according to the text?", options=options)  # fmt: skip


def _next_word(text: dict[str, str]) -> dict | None:
    """Which word follows three others? Only where the three stand once in the text."""
    whole = "\n".join(text.values())
    for key in sorted(text, key=lambda key: -len(text[key])):
        for match in re.finditer(r"(?<!\S)([^\W\d_]+ [^\W\d_]+ [^\W\d_]+) ([^\W\d_]{4,})", text[key]):
            if len(re.findall(rf"(?<!\w){re.escape(match[1])}(?!\w)", whole, re.IGNORECASE)) == 1:
                return _item(
                    "O1.2", "remember", [key], "text", f"Which word follows “{literal(match[1])}” in {key}?",
                    accept=[match[2]], why=f"The sentence reads “{literal(match[0])}”.",
                )  # fmt: skip
    return None
