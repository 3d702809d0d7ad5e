"""Words that the book leaves to those whom it quotes, each with the reason that SOURCING.md gives.

A word stands in somebody else's mouth if it is quoted, in “…”, "..." or the role {quote}. A word in italics is
talked about, not used (*regime* has two senses). Anywhere else it is the book's own, and refused.
"""

import re

RULES = {
    # Two clocks: a statement is true at the time of the text or at this edition.
    "vague time": r"now|nowadays|currently|recently|at present|at the moment|these days|today",
    # Plain words.
    "stock phrase": r"delve|underscores?|in today's world|it is important to note|ever-changing|geopolitical landscape",
    # Three labels: no advocacy. What ought to be done, and praise or blame for what was, is said by others.
    "advocacy": r"shamefully?|heinous|barbaric|outrageous|rightly|wrongly|unprovoked|aggressor state"
    r"|(?:must|should|ought to) (?:condemn|denounce|punish|surrender|give in|be punished|be ashamed)",
    # Three labels: each side's position in the words of those who hold it. These words deny the other side its standing.
    "takes a side": r"so-called|regimes?|puppets?|junta|clique|propaganda|terrorist state|Nazis?|collective West",
    # Three labels: "said" reports. These verbs tell the reader whom to believe (chapter 7 takes them apart).
    "verb of saying that judges": r"claimed that|admitted|conced(?:es|ed)|confess(?:es|ed)|boast(?:s|ed)"
    r"|parrot(?:s|ed)|lash(?:es|ed) out|slam(?:s|med)|blast(?:s|ed)|gloat(?:s|ed)",
    # Legal words: law in its own words, and nobody is guilty of what no court has decided.
    "not the law's word": r"indict(?:s|ed|ments?)?|war criminals?|kidnap\w*|abduct\w*|stolen children"
    r"|forced(?: transportation|ly transported)|illegal(?:ly)?",
    # Names: a state's own term for what it does is given as its term.
    "one side's name": r"special military operation|reunif\w+|liberat(?:ed|ion of) (?:territor\w+|regions?)"
    r"|(?:Donetsk|Luhansk|Lugansk) People's Republics?|new (?:Russian )?(?:regions|territories)"
    r"|(?:breakaway|renegade|rebel) (?:province|republics?|regions?)",
    # Names: cities are spelled as in English-language documents of the United Nations.
    "spelling of a city": r"Kiev|Kharkov|Lugansk|Odessa|Nikolaev|Zaporozhye|Peking(?! University)",
}  # fmt: skip
CASE = ("spelling of a city",)  # "kiev" in a key of a source is not prose; all other words are refused in any case
PATTERNS = {rule: re.compile(rf"\b(?:{words})\b", 0 if rule in CASE else re.I) for rule, words in RULES.items()}


def without_quotations(text: str) -> str:
    """Text without what somebody else said: {quote} roles, “…”, "...", code, roles and addresses."""
    text = re.sub(r"\{quote\}`[^`]*`|`[^`]*`|“[^”]*”|\"(?:[^\"\n]|\n(?!\n))*\"|https?://\S+", " ", text)
    return re.sub(r"```.*?```", lambda m: m[0] if "admonition" in m[0] else " ", text, flags=re.S)


def section(text: str, title: str) -> str:
    """Body of a section of a page, without its heading; empty if there is none."""
    match = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", text, re.M | re.S)
    return match[1] if match else ""


def words_of(content) -> str:
    """All texts of a quiz, one a paragraph, so that no quotation mark of YAML is taken for one of the prose."""
    if isinstance(content, str):
        return content
    parts = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return "\n\n".join(words_of(part) for part in parts)


def wording_problems(text: str) -> list[str]:
    """Words of the book's own that it leaves to others: "rule: word, in its surroundings"."""
    plain = without_quotations(text)
    used = re.sub(r"(?<![\w*])\*[^*\n]+(?:\n[^*\n]+)?\*(?![\w*])", lambda m: " " * len(m[0]), plain)
    return [
        f"{rule}: {match[0]!r} in {' '.join(plain[max(0, match.start() - 40) : match.end() + 40].split())!r}"
        for rule, pattern in PATTERNS.items()
        for match in pattern.finditer(used)
    ]
