"""The quiz in the page: for keyboard, phone, screen reader and reader without scripts, with nothing lost or leaked."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from claimbook.content import BOOK, EDITION, root
from claimbook.questions import load_quiz
from claimbook.rendering import key_hash, markdown
from claimbook.verdicts import verdict

from ..test_questions import KINDS, key, plain
from .test_pages import serious

PAGE = "chapters/08-the-warrant.html"
ITEMS = load_quiz("08").items
STORE = f"{BOOK}:{EDITION}:quiz:08"


def first(kind: str):
    return next(item for item in ITEMS if item.kind == kind)


def wrong(item):
    """An answer that is judged wrong."""
    candidates = {
        "single": lambda: range(len(item.options)),
        "multiple": lambda: [[n for n, option in enumerate(item.options) if not option.correct]],
        "number": lambda: ["-99"],
        "text": lambda: ["xyz"],
        "order": lambda: [list(range(len(item.items)))[::-1]],
        "match": lambda: [[(n + 1) % len(item.pairs) for n in range(len(item.pairs))]],
        "sentence": lambda: [[s] for s in item.passage],
    }[item.kind]()
    return next(answer for answer in candidates if verdict(item, answer).status == "wrong")


def listen(page):
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


@pytest.fixture(scope="module")
def tab(chromium, book):
    """One tab for the tests that need nothing special: what it has loaded once, it keeps."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = listen(context.new_page())
    page.goto(f"{book}_static/claimbook/icon.svg")
    yield page
    context.close()


@pytest.fixture
def open_quiz(chromium, tab, book):
    """Open the page with the quiz, with empty storage or with what is `stored`; `.complaints` collects errors.

    `before` runs ahead of the page's own scripts. With it, or any other option, the page gets a window of its own.
    """
    contexts = []

    def open_page(path=PAGE, stored=None, before=None, base=book, **options):
        page = tab
        if before or options or base != book:
            contexts.append(chromium.new_context(**options))
            page = listen(contexts[-1].new_page())
            if before:
                page.add_init_script(before)
        else:
            keep = f"localStorage.setItem({json.dumps(STORE)}, text)"
            page.evaluate(f"text => {{ localStorage.clear(); if (text !== null) {keep} }}", stored)
            page.emulate_media(color_scheme="light", reduced_motion="no-preference")
            page.complaints.clear()
            page.goto("about:blank")  # else an address with # alone would not be loaded anew
        page.goto(base + path, wait_until="domcontentloaded")
        if options.get("java_script_enabled", True):
            page.wait_for_selector("claim-quiz .cbq-item")
        return page

    yield open_page
    if tab.url.startswith("about:"):  # the last test failed on its way
        tab.goto(f"{book}_static/claimbook/icon.svg")
    for context in contexts:
        context.close()


def reload(page):
    page.reload(wait_until="domcontentloaded")
    page.wait_for_selector("claim-quiz .cbq-item")


def form(page, item):
    return page.locator(f'[data-item="{item.id}"]')


def said(page, item) -> str:
    return " ".join(form(page, item).get_by_role("status").inner_text().split())


def fill(page, item, answer):
    """Put an answer in with the mouse, without checking it."""
    place = form(page, item)
    if item.kind in ("single", "multiple"):
        for box in place.locator("input").all():
            if int(box.input_value()) in (answer if isinstance(answer, list) else [answer]):
                box.check()
            elif item.kind == "multiple":
                box.uncheck()
    elif item.kind in ("number", "text"):
        place.locator("input").fill(answer)
    elif item.kind == "order":
        for target, part in enumerate(answer):
            line = place.locator(f'li[data-part="{part}"]')
            while int(line.locator(".cbq-tag").inner_text()) > target + 1:
                line.get_by_role("button", name="Move up").click()
    elif item.kind == "match":
        for line, partner in zip(place.locator("select").all(), answer, strict=True):
            line.select_option("" if partner is None else str(partner))
    else:
        for box in place.locator("input").all():
            if box.input_value() in answer:
                box.check()
            elif box.get_attribute("type") == "checkbox":
                box.uncheck()


def check(page, item):
    form(page, item).get_by_role("button", name="Check answer").click()


def give(page, item, answer):
    fill(page, item, answer)
    check(page, item)


def shown_answer(page, item):
    """What the controls of an item hold."""
    return form(page, item).evaluate(
        "f => [...f.querySelectorAll('input, select')].map(c => ['radio', 'checkbox'].includes(c.type) ? c.checked : c.value)"
        ".concat([...f.querySelectorAll('.cbq-order li')].map(l => l.dataset.part))"
    )


def progress(page) -> str:
    return page.locator(".cbq-progress").inner_text()


# By keyboard alone


def tab_to(page, selector, backwards=False):
    """Press Tab until the focus is on an element; that takes at most as many presses as an item has controls."""
    for _ in range(20):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def type_answer(page, item, answer):
    """Answer an item with Tab, Space, arrows and letters."""
    place = f'[data-item="{item.id}"]'
    press = page.keyboard.press
    radios = page.locator(f"{place} input[type=radio]").evaluate_all("all => all.map(r => r.value)")
    if radios:
        wanted = radios.index(str(answer if item.kind == "single" else answer[0]))
        tab_to(page, f"{place} input[type=radio]")
        press("Space")
        for _ in range(wanted):
            press("ArrowDown")
    elif item.kind in ("multiple", "sentence"):
        for wanted in answer:
            tab_to(page, f'{place} input[value="{wanted}"]')
            press("Space")
    elif item.kind in ("number", "text"):
        tab_to(page, f"{place} input")
        page.keyboard.type(answer)
    elif item.kind == "order":
        for target, part in enumerate(answer):
            line = f'{place} li[data-part="{part}"]'
            steps = int(page.locator(f"{line} .cbq-tag").inner_text()) - 1 - target
            if steps:
                tab_to(page, f'{line} [aria-label^="Move up"]')
            for _ in range(steps):
                press("Enter")
    else:
        for line, partner in enumerate(answer):
            tab_to(page, f'{place} li[data-part="{line}"] select')
            values = (
                page.locator(f"{place} select").nth(line).locator("option").evaluate_all("all => all.map(o => o.value)")
            )
            for _ in range(values.index(str(partner))):
                press("ArrowDown")


def test_every_kind_is_answered_by_keyboard_alone_and_judged_only_when_asked(open_quiz):
    assert {item.kind for item in ITEMS} == set(KINDS)
    page = open_quiz()
    page.evaluate("location.hash = '#quiz'")
    for number, item in enumerate(ITEMS, 1):
        region = form(page, item).get_by_role("status").element_handle()
        type_answer(page, item, key(item))
        assert form(page, item).get_attribute("data-status") is None and said(page, item) == "", (
            f"{item.id} is judged unasked"
        )
        assert progress(page).startswith(f"{number - 1} of {len(ITEMS)} answered")
        tab_to(page, ".cbq-check")
        page.keyboard.press("Enter")
        assert region.inner_text().strip().startswith("✓"), f"{item.id}: {region.inner_text()}"  # the same live region
        assert page.evaluate("document.activeElement.matches('.cbq-check')"), "the focus stays where it was"
    assert (
        progress(page) == f"{len(ITEMS)} of {len(ITEMS)} answered, {len(ITEMS)} correct, {len(ITEMS)} at the first try."
    )
    assert page.complaints == []


def test_hint_reveal_and_second_try_are_reached_by_keyboard(open_quiz):
    page = open_quiz()
    item = next(item for item in ITEMS if item.hint and item.kind == "single")
    form(page, item).locator("input").first.focus()
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    assert plain(item.hint) in form(page, item).locator(".cbq-hint").inner_text()
    give(page, item, wrong(item))
    check(page, item)
    tab_to(page, "button:not(.cbq-check)")
    page.keyboard.press("Enter")  # Show the answer
    assert page.evaluate("document.activeElement.getAttribute('role')") == "status"
    tab_to(page, "button:not(.cbq-check)", backwards=True)
    page.keyboard.press("Space")  # Try again
    assert page.evaluate("document.activeElement.type") == "radio"
    assert said(page, item) == ""


def test_enter_in_a_field_checks_the_answer(open_quiz):
    page = open_quiz()
    for item in (first("text"), first("number")):
        fill(page, item, key(item))
        form(page, item).locator("input").press("Enter")
        assert said(page, item).startswith("✓ Correct.")


def test_a_moved_line_keeps_the_focus_and_its_place_is_announced(open_quiz):
    page = open_quiz()
    item = first("order")
    line = form(page, item).locator("li").nth(2)
    words = line.locator(".cbq-text").inner_text()
    live = form(page, item).locator("[aria-live=polite]")
    line.get_by_role("button", name="Move up").focus()
    page.keyboard.press("Enter")
    assert live.inner_text() == f"{words} Place 2 of {len(item.items)}."
    assert page.evaluate("document.activeElement.ariaLabel") == f"Move up: {words}"
    page.keyboard.press("Enter")
    assert live.inner_text() == f"{words} Place 1 of {len(item.items)}."
    assert page.evaluate("document.activeElement.ariaLabel") == f"Move down: {words}", (
        "Move up is used up: the twin takes over"
    )


def test_the_focus_can_be_seen(open_quiz):
    page = open_quiz()
    page.evaluate("location.hash = '#quiz'")
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        tag, inside, outline, width = page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.tagName + (e.type ?? ''), !!e.closest('claim-quiz'), s.outlineStyle, parseFloat(s.outlineWidth)] }"
        )
        if inside:
            assert outline == "solid" and width >= 2, tag
            seen.add(tag)
    assert {
        "INPUTradio",
        "INPUTcheckbox",
        "SELECTselect-one",
        "BUTTONsubmit",
        "BUTTONbutton",
        "INPUTtext",
        "SUMMARY",
    } <= seen


# What is said


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_right_and_wrong_are_told_in_words_and_symbols_with_the_reason(open_quiz, item):
    page = open_quiz()
    for answer, opening in ((wrong(item), "✗ Not right."), (key(item), "✓ Correct.")):
        give(page, item, answer)
        assert said(page, item).startswith(opening)
        for message in verdict(item, answer).messages:
            assert plain(markdown(message.why)) in said(page, item)
    assert progress(page).startswith(f"1 of {len(ITEMS)} answered, 1 correct, 0 at the first try")


def test_close_is_a_verdict_of_its_own(open_quiz):
    page = open_quiz()
    for item, answer in (
        (first("number"), f"{first('number').near[0].value:g}"),
        (first("text"), first("text").near[0].accept[0]),
        (first("multiple"), key(first("multiple"))[:1]),
        (first("order"), [1, 0, *range(2, len(first("order").items))]),
        (first("match"), [*key(first("match"))[:-1], None]),
    ):
        give(page, item, answer)
        assert said(page, item).startswith("≈ Close."), item.id


def test_each_part_of_an_answer_is_marked_and_named(open_quiz):
    page = open_quiz()
    item = first("multiple")
    give(page, item, [0, 1])
    states = form(page, item).locator("li[data-part]").evaluate_all("all => all.map(li => li.dataset.mark)")
    assert states[:2] == [message.status for message in verdict(item, [0, 1]).messages] and not any(states[2:])
    signs = (
        form(page, item)
        .locator("li[data-part]")
        .evaluate_all("all => all.map(li => getComputedStyle(li, '::after').content)")
    )
    assert ["✓" in sign or "✗" in sign for sign in signs] == [True, True] + [False] * (len(item.options) - 2)
    lines = form(page, item).get_by_role("status").get_by_role("listitem").all_inner_texts()
    assert [("A." in lines[0]), ("B." in lines[1])] == [True, True]


def test_no_answer_is_no_try(open_quiz):
    page = open_quiz()
    item = first("single")
    for _ in range(3):
        check(page, item)
    assert said(page, item) == "○ Not answered yet. Choose one option."
    assert form(page, item).get_by_role("button", name="Show the answer").is_hidden()
    assert progress(page).startswith("0 of")


def test_a_changed_answer_is_not_shown_as_judged(open_quiz):
    page = open_quiz()
    for item in (first("single"), first("order"), first("text")):
        give(page, item, wrong(item))
        before = said(page, item)
        if item.kind == "order":
            form(page, item).get_by_role("button", name="Move down").first.click()
        else:
            fill(page, item, key(item))
        assert form(page, item).get_attribute("data-status") == ""
        assert not form(page, item).locator('[data-part][data-mark="wrong"]').count()
        assert said(page, item) == before, "the advice stays readable"
        note = form(page, item).locator(".cbq-verdict").evaluate("v => getComputedStyle(v, '::after').content")
        assert "your answer before" in note
        check(page, item)
        assert said(page, item) != before or item.kind == "order"


def test_the_answer_is_shown_after_two_tries_and_no_sooner(open_quiz):
    page = open_quiz()
    for item in (first(kind) for kind in KINDS):
        reveal = form(page, item).get_by_role("button", name="Show the answer")
        assert reveal.is_hidden()
        give(page, item, wrong(item))
        assert reveal.is_hidden()
        check(page, item)
        reveal.click()
        assert said(page, item).startswith("The answer, with its reasons.")
        assert reveal.is_hidden()
        parts = getattr(item, "options", None) or getattr(item, "items", None) or getattr(item, "pairs", None) or [item]
        assert form(page, item).locator(".cbq-reasons li").count() >= len(parts)
    assert f"{len(KINDS)} of {len(ITEMS)} answered, 0 correct" in progress(page)


@pytest.mark.parametrize(
    "typed, opening",
    [("2,0", "✓ Correct."), ("2 states", "✓ Correct."), ("２", "✓ Correct."), ("3", "≈ Close."), ("two", "○ Not answered yet. Write a number"),
     ("2,000", "○ Not answered yet. A comma can mean two things"), ("2.5", "✗ Not right.")],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(open_quiz, typed, opening):
    page = open_quiz()
    item = first("number")
    assert (item.answer, item.unit) == (2, "states")
    give(page, item, typed)
    assert said(page, item).startswith(opening)


def test_every_button_and_field_has_a_name_of_its_own(open_quiz):
    page = open_quiz()
    buttons = page.locator("claim-quiz button:visible")
    names = [button.evaluate("b => b.ariaLabel ?? b.textContent") for button in buttons.all()]
    assert len(set(names)) == len(names) > len(ITEMS)
    assert page.get_by_role("group", name="Quiz: The warrant").count() == 1
    for number, item in enumerate(ITEMS, 1):
        assert page.get_by_role("group", name=f"Question {number} ", exact=False).count() >= 1, item.id


# What is kept


def test_answers_survive_a_reload(open_quiz):
    page = open_quiz()
    for number, item in enumerate(ITEMS):
        give(page, item, key(item) if number % 2 else wrong(item))
    before = [(shown_answer(page, item), said(page, item)) for item in ITEMS], progress(page)
    reload(page)
    assert ([(shown_answer(page, item), said(page, item)) for item in ITEMS], progress(page)) == before


def test_answers_can_be_cleared(open_quiz):
    page = open_quiz()
    empty = [shown_answer(page, item) for item in ITEMS]
    for item in ITEMS:
        give(page, item, key(item))
    page.get_by_role("button", name="Clear my answers").click()
    for _ in range(2):
        assert [shown_answer(page, item) for item in ITEMS] == empty
        assert not any(said(page, item) for item in ITEMS)
        assert f"0 of {len(ITEMS)} answered, 0 correct, 0 at the first try." in progress(page)
        assert page.evaluate(f"localStorage.getItem({json.dumps(STORE)})") == "{}"
        reload(page)


def test_a_second_try_starts_empty_and_the_first_is_remembered(open_quiz):
    page = open_quiz()
    item = first("single")
    give(page, item, wrong(item))
    form(page, item).get_by_role("button", name="Try again").click()
    for _ in range(2):
        assert said(page, item) == "" and not any(shown_answer(page, item))
        assert progress(page).startswith("0 of")
        reload(page)
    give(page, item, key(item))
    assert progress(page).startswith(f"1 of {len(ITEMS)} answered, 1 correct, 0 at the first try")


def record(item, answer, **more):
    return {item.id: {"a": answer, "h": key_hash(item), "n": 1, "first": True, "shown": False, **more}}


def test_a_sound_record_is_taken_up(open_quiz):
    page = open_quiz(stored=json.dumps(record(first("single"), key(first("single")))))
    assert progress(page).startswith(f"1 of {len(ITEMS)} answered, 1 correct, 1 at the first try")


EVIL = "<img src=x onerror=\"document.title='owned'\">"
SINGLE, TEXT, ORDER = first("single"), first("text"), first("order")


@pytest.mark.parametrize(
    "stored",
    [
        "", "not json", "null", "7", '"words"', "[]", "[[1]]", '{"__proto__": {"polluted": true}}',
        json.dumps({SINGLE.id: "correct"}), json.dumps({SINGLE.id: None}), json.dumps({SINGLE.id: [1, 2]}),
        json.dumps(record(SINGLE, key(SINGLE), h="00000000")), json.dumps(record(SINGLE, key(SINGLE), h=None)),
        json.dumps(record(SINGLE, key(SINGLE), n="many")), json.dumps(record(SINGLE, key(SINGLE), n=-1)),
        json.dumps(record(SINGLE, EVIL)), json.dumps(record(SINGLE, {"__proto__": [0]})), json.dumps(record(SINGLE, 99)),
        json.dumps(record(ORDER, [0, 0, 0])), json.dumps(record(TEXT, 5)), json.dumps(record(TEXT, "x" * 10**5)),
        json.dumps({"__proto__": record(SINGLE, key(SINGLE))[SINGLE.id], "constructor": {"n": 1}, "Q8.99": {"n": 1}}),
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_whatever_is_stored_is_harmless(open_quiz, stored):
    page = open_quiz(stored=stored)
    assert page.complaints == []
    assert progress(page).startswith(f"0 of {len(ITEMS)} answered, 0 correct")
    assert not any(said(page, item) for item in ITEMS)
    assert page.evaluate("({}).polluted === undefined")
    give(page, SINGLE, key(SINGLE))
    assert said(page, SINGLE).startswith("✓ Correct.")
    assert page.complaints == []


def test_what_a_learner_typed_or_stored_never_becomes_markup(open_quiz):
    page = open_quiz(stored=json.dumps(record(TEXT, EVIL, n=2)))
    assert form(page, TEXT).locator("input").input_value() == EVIL
    give(page, TEXT, EVIL)
    form(page, TEXT).get_by_role("button", name="Show the answer").click()
    assert page.locator("claim-quiz img").count() == 0 and page.title() != "owned"


@pytest.mark.parametrize(
    "before",
    [
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } })",
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }",
        "Object.defineProperty(window, 'localStorage', { value: null })",
    ],
    ids=["blocked", "full", "absent"],
)
def test_without_storage_it_works_for_the_visit_and_says_so(open_quiz, before):
    page = open_quiz(before=before)
    note = page.locator(".cbq-note")
    assert note.is_hidden()
    give(page, SINGLE, key(SINGLE))
    assert said(page, SINGLE).startswith("✓ Correct.")
    assert "keeps nothing" in note.inner_text()
    assert [text for text in page.complaints if "quiz.js" in text] == []


# Every reader


def test_without_scripts_all_questions_and_answers_can_be_read(open_quiz):
    page = open_quiz(java_script_enabled=False)
    quiz = page.locator("claim-quiz")
    summaries = quiz.locator("summary")
    assert summaries.count() == len(ITEMS)
    for summary in summaries.all():
        summary.click()
    seen = " ".join(quiz.inner_text().split())
    for item in ITEMS:
        assert plain(markdown(item.stem.split("\n\n")[0])).replace(" ?", "?") in seen
    for option in (option for item in ITEMS for option in getattr(item, "options", [])):
        assert plain(markdown(option.text)) in seen and plain(markdown(option.why)) in seen


@pytest.mark.parametrize("scheme, rules", [("light", None), ("dark", {"runOnly": ["color-contrast"]})])
def test_quiz_is_accessible_after_answers_of_every_sort(open_quiz, scheme, rules):
    """Before any answer it is tested with its page; colours alone differ in the dark."""
    page = open_quiz()
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
    for number, item in enumerate(ITEMS):
        give(page, item, key(item) if number % 2 else wrong(item))
    for item in (first("single"), first("order")):
        give(page, item, wrong(item))
        check(page, item)
    form(page, first("single")).get_by_role("button", name="Show the answer").click()
    form(page, first("order")).get_by_role("button", name="Move down").first.click()  # changed after its verdict
    give(page, first("number"), f"{first('number').near[0].value:g}")
    for summary in page.locator("claim-quiz summary:visible").all():
        summary.click()
    assert serious(Axe().run(page, context="claim-quiz", options=rules)) == []


def test_an_inaccessible_quiz_would_be_noticed(open_quiz):
    page = open_quiz()
    page.evaluate("document.querySelector('.cbq select').id = 'lost'")
    found = Axe().run(page, context="claim-quiz", options={"runOnly": ["select-name"]})
    assert [rule for rule, *_ in serious(found)] == ["select-name"]


def test_it_works_from_a_folder_without_a_server(open_quiz):
    page = open_quiz(base=(root() / "_build/html").as_uri() + "/")
    assert page.url.startswith("file://")
    give(page, SINGLE, key(SINGLE))
    reload(page)
    assert said(page, SINGLE).startswith("✓ Correct.")


def overflow(page):
    """Elements of the quiz that stick out of it, and the page's surplus width."""
    return page.evaluate(
        "() => { const quiz = document.querySelector('claim-quiz').getBoundingClientRect();"
        " return [document.documentElement.scrollWidth - innerWidth, ...[...document.querySelectorAll('claim-quiz *')]"
        ".filter(e => !e.closest('.cbq-hidden') && e.getBoundingClientRect().right > quiz.right + 1).map(e => e.outerHTML.slice(0, 80))] }"
    )


def test_it_fits_a_phone_with_all_answers_given_and_targets_for_fingers(open_quiz):
    page = open_quiz(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    for item in ITEMS:
        give(page, item, wrong(item))
        check(page, item)
    surplus, *out = overflow(page)
    assert surplus <= 0 and out == []
    small = page.locator(
        "claim-quiz :is(button, select, .cbq-field, .cbq-options label, summary):visible"
    ).evaluate_all(
        "all => all.map(e => [e.getBoundingClientRect().height, e.outerHTML.slice(0, 90)]).filter(([height]) => height < 44)"
    )
    assert small == []


def test_it_can_be_used_at_200_percent(open_quiz):
    page = open_quiz(viewport={"width": 640, "height": 450}, device_scale_factor=2)
    page.evaluate("document.documentElement.style.fontSize = '36px'")  # and the text alone twice as large
    for item in ITEMS:
        give(page, item, wrong(item))
    _, *out = overflow(page)
    assert out == []


def test_what_sticks_out_would_be_noticed(open_quiz):
    page = open_quiz(viewport={"width": 360, "height": 740})
    page.add_style_tag(content=".cbq-check { min-width: 500px }")
    assert overflow(page)[1:]


def test_nothing_moves_for_those_who_asked_for_it(open_quiz):
    page = open_quiz()
    page.emulate_media(reduced_motion="reduce")
    give(page, SINGLE, wrong(SINGLE))
    moving = page.locator("claim-quiz *").evaluate_all(
        "all => all.map(e => getComputedStyle(e)).filter(s => s.animationName !== 'none' || !/^0s(, 0s)*$/.test(s.transitionDuration)).length"
    )
    assert moving == 0


def test_a_link_to_an_item_leads_to_it(open_quiz):
    item = ITEMS[-1]
    page = open_quiz(path=f"{PAGE}#{item.id.lower().replace('.', '-')}")
    page.wait_for_function("id => { const top = document.querySelector(id).getBoundingClientRect().top; return top >= 0 && top < innerHeight }",
                           arg=f'[data-item="{item.id}"]')  # fmt: skip


def test_only_pages_with_a_quiz_load_its_script(book):
    html = root() / "_build/html/chapters"
    assert "claimbook/quiz.js" in (html / "08-the-warrant.html").read_text(encoding="utf-8")
    assert "claimbook/quiz." not in (html / "source.html").read_text(encoding="utf-8")
