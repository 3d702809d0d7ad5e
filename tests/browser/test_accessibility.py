"""WCAG 2.2 AA beyond what a checker of rules sees: keyboard, focus, names, zoom, targets, motion."""

import re

import pytest

from claimbook.questions import load_quiz

KINDS = {  # the main kinds of page
    "first": "chapters/index.html", "chapter": "chapters/08-the-warrant.html", "exercise": "exercises/08-the-warrant.html",
    "progress": "chapters/progress.html", "source": "chapters/source.html", "chart": "chapters/09-where-can-putin-travel.html", "search": "search.html",
}  # fmt: skip
every_kind = pytest.mark.parametrize("path", KINDS.values(), ids=KINDS)


@pytest.fixture
def visit(visit):
    """A page as the others visit it, with its explorable charts open."""

    def open_page(path, **options):
        page = visit(path, **options)
        if path == KINDS["chart"]:
            for figure in page.locator("claim-chart").all():
                figure.scroll_into_view_if_needed()
                figure.get_by_role("button", name="Explore this chart").click()
                figure.get_by_role("button", name="Back to the drawing").wait_for()
            page.evaluate(
                "scrollTo(0, 0); document.body.tabIndex = -1; document.body.focus()"
            )  # Tab starts at the top again
        return page

    return open_page


# The element with the focus: who it is, whether a ring or a line shows it, whether it can be seen where it stands.
STOP = r"""() => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  const c = window.probe ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const channels = (colour) => { c.clearRect(0, 0, 1, 1); c.fillStyle = colour; c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data]; };
  const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255).map((v) => (v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)).reduce((sum, v, n) => sum + v * [.2126, .7152, .0722][n], 0);
  let ground = e.parentElement;
  while (ground.parentElement && channels(getComputedStyle(ground).backgroundColor)[3] < 255) ground = ground.parentElement;
  const contrast = (colour) => { const rgb = channels(colour); if (rgb[3] < 200) return 0; const [a, b] = [light(rgb), light(channels(getComputedStyle(ground).backgroundColor))].sort((x, y) => y - x); return (a + .05) / (b + .05); };
  const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1.5 ? contrast(style.outlineColor) : 0;
  const shadow = style.boxShadow === "none" ? 0 : contrast(style.boxShadow.match(/^(rgba?\([^)]*\)|color\([^)]*\)|[a-z]+)/)?.[0] ?? "transparent");
  const lines = [...e.getClientRects()];
  const seen = lines.some((line) => [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].some(([x, y]) => {
    const top = document.elementFromPoint(line.left + line.width * x, line.top + line.height * y);
    return top && (e.contains(top) || top.contains(e) && !["fixed", "sticky"].includes(getComputedStyle(top).position) || top.closest("label")?.control === e);
  }));
  e.dataset.stop ??= String(window.stops = (window.stops ?? 0) + 1);
  return { number: e.dataset.stop, body: e === document.body, html: e.cloneNode(false).outerHTML.slice(0, 140), contrast: Math.max(outline, shadow), seen, width: box.width, height: box.height };
}"""


def walk(page, limit=900):
    """Stops of the Tab key from the top of the page until it leaves it (or comes round again)."""
    page.emulate_media(reduced_motion="reduce")
    stops = []
    for _ in range(limit):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop["body"] or (stops and stop["number"] in (stops[0]["number"],)):
            return stops
        assert not stops or stop["number"] != stops[-1]["number"], f"the focus is caught in {stop['html']}"
        stops.append(stop)
    raise AssertionError(f"{limit} stops and no end: {stops[-1]['html']}")


@pytest.mark.parametrize("path, scheme", [*((path, "light") for path in KINDS.values()), (KINDS["exercise"], "dark")])
def test_each_stop_of_the_tab_key_shows_where_it_is(visit, path, scheme):
    page = visit(path, scheme=scheme)
    stops = walk(page)
    assert "skip" in stops[0]["html"].lower() or "#main-content" in stops[0]["html"]
    assert page.evaluate(
        "getComputedStyle(document.querySelector('#pst-skip-link a')).color !== getComputedStyle(document.body).color"
    )
    assert [s["html"] for s in stops if s["contrast"] < 3] == [], "focus is not visible"
    assert [s["html"] for s in stops if not s["seen"]] == [], "focus is covered"
    out = page.evaluate(
        "() => [...document.querySelectorAll('a[href], button, input, select, summary')].filter(e => e.checkVisibility({ visibilityProperty: true })"
        " && !e.disabled && e.tabIndex >= 0 && e.type !== 'radio' && !('stop' in e.dataset)).map(e => e.outerHTML.slice(0, 120))"
    )
    assert out == [], "the Tab key never reaches these"


def test_a_stop_that_cannot_be_seen_would_be_noticed(visit):
    page = visit(KINDS["progress"])
    page.add_style_tag(content=":focus:not(#a#b#c) { outline: none !important; box-shadow: none !important }")
    assert all(stop["contrast"] == 0 for stop in walk(page))
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<div style=\"position: fixed; inset: 0; z-index: 9999\"></div>')"
    )
    assert not any(stop["seen"] for stop in walk(page))


def tab_until(page, what, limit=400):
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
    raise AssertionError(f"{limit} steps of the Tab key do not lead to {what}")


def test_from_the_top_of_a_chapter_to_its_quiz_and_the_next_page_by_keyboard_alone(visit):
    page = visit(KINDS["chapter"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the first stop skips to the text
    assert page.evaluate("location.hash") == "#main-content"
    item = next(item for item in load_quiz("08").items if item.kind == "single")
    tab_until(page, f'[data-item="{item.id}"] input')
    right = next(n for n, option in enumerate(item.options) if option.correct)
    page.keyboard.press("Space")
    for _ in range(right):
        page.keyboard.press("ArrowDown")
    tab_until(page, f'[data-item="{item.id}"] .cbq-check', 5)
    page.keyboard.press("Enter")
    page.locator(f'[data-item="{item.id}"]').get_by_text("Correct.").wait_for()
    tab_until(page, "a.right-next")
    page.keyboard.press("Enter")
    page.wait_for_url("**/exercises/08-the-warrant.html")


def test_search_and_the_switch_of_colours_work_by_keyboard(visit):
    page = visit(KINDS["first"])
    tab_until(page, ".theme-switch-button", 60)
    before = page.evaluate("document.documentElement.dataset.mode")
    page.keyboard.press("Enter")
    assert page.evaluate("document.documentElement.dataset.mode") != before
    page = visit(KINDS["first"])
    tab_until(page, ".search-button__button, .search-button-field, .search-button", 60)
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.type === 'search'")
    page.keyboard.type("warrant")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=warrant*")


WIDTHS = {"200 percent": 640, "400 percent": 320}


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@every_kind
def test_a_page_can_be_zoomed_without_scrolling_sideways_or_losing_words(visit, path, width):
    page = visit(path, width=width)
    assert sideways(page) == []


def sideways(page):
    """Surplus width of the page, and words cut off by a box that can't be scrolled."""
    return page.evaluate(
        """() => {
      const surplus = document.documentElement.scrollWidth - innerWidth, found = surplus > 0 ? [`the page is ${surplus} pixels too wide`] : [];
      for (const e of document.querySelectorAll("main :is(p, li, h1, h2, h3, td, th, a, button, label, summary, legend)")) {
        if (!e.checkVisibility() || e.closest(".cbq-hidden, .onlyprint, .bd-sidebar-secondary, svg")) continue;
        const box = e.getBoundingClientRect();
        const scrolled = e.closest(".cb-scroll, .pst-scrollable-table-container, .cb-drawing, pre, .text_html, .highlight");
        if (!scrolled && box.right > innerWidth + 1) found.push(e.outerHTML.slice(0, 120));
        const style = getComputedStyle(e);
        if (style.overflowX === "hidden" && e.scrollWidth > e.clientWidth + 1) found.push("cut: " + e.outerHTML.slice(0, 120));
      }
      return found.slice(0, 8);
    }"""
    )


def test_words_that_are_lost_would_be_noticed(visit):
    page = visit(KINDS["progress"], width=320)
    page.evaluate("document.querySelector('main article p').style.cssText = 'white-space: nowrap'")
    assert sideways(page)


@every_kind
def test_targets_are_large_enough_or_stand_apart(visit, path):
    page = visit(path)
    assert small_targets(page) == []


def small_targets(page):
    """WCAG 2.5.8: less than 24 pixels and closer to another target than its circle of 24 allows; links in text are exempt."""
    return page.evaluate(
        """() => {
      for (const d of document.querySelectorAll("main details")) d.open = true;
      const all = [...document.querySelectorAll("a[href], button, input, select, summary")].filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".cbq-hidden"));
      const inText = (e) => e.tagName === "A" && getComputedStyle(e).display === "inline";
      const boxes = all.filter(e => !inText(e)).map(e => [e, (["radio", "checkbox"].includes(e.type) && e.closest("label") || e).getBoundingClientRect()]).filter(([, b]) => b.width > 1 && b.height > 1);
      const small = boxes.filter(([, b]) => b.width < 23.9 || b.height < 23.9);
      const centre = (b) => [b.left + b.width / 2, b.top + b.height / 2];
      const far = (b, o, isSmall) => { const [x, y] = centre(b); if (isSmall) { const [u, v] = centre(o); return Math.hypot(x - u, y - v) >= 24; }
        return Math.hypot(Math.max(o.left - x, 0, x - o.right), Math.max(o.top - y, 0, y - o.bottom)) >= 12; };
      return small.filter(([e, b]) => boxes.some(([f, o]) => f !== e && !f.contains(e) && !e.contains(f) && !far(b, o, small.some(([g]) => g === f)))).map(([e, b]) => `${b.width}x${b.height} ${e.outerHTML.slice(0, 120)}`);
    }"""
    )


def test_a_small_target_would_be_noticed(visit):
    page = visit(KINDS["progress"])
    page.evaluate(
        "document.querySelector('main article').insertAdjacentHTML('beforeend', '<div style=\"display:flex\"><button style=\"width:9px;height:9px;padding:0;min-height:0\">a</button><button style=\"width:9px;height:9px;padding:0;min-height:0\">b</button></div>')"
    )
    assert len(small_targets(page)) == 2


ROLES = {
    "button",
    "link",
    "textbox",
    "searchbox",
    "checkbox",
    "radio",
    "combobox",
    "table",
    "group",
    "region",
    "DisclosureTriangle",
    "image",
}


def plain(text):
    """Letters and digits alone: an arrow on a button is no word."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def unnamed(page):
    """Controls, tables, groups and pictures without a name in the tree that screen readers get, and names that lack the seen words."""
    session = page.context.new_cdp_session(page)
    found = []
    for node in session.send("Accessibility.getFullAXTree")["nodes"]:
        if node.get("ignored") or node.get("role", {}).get("value") not in ROLES:
            continue
        name = " ".join(str(node.get("name", {}).get("value", "")).split())
        element = session.send("DOM.resolveNode", {"backendNodeId": node["backendDOMNodeId"]})["object"]["objectId"]
        seen = session.send("Runtime.callFunctionOn", {"objectId": element, "returnByValue": True, "functionDeclaration":
            
            "function () { let words = this.matches('a, button, summary') ? this.innerText : '';"
            " for (const key of this.querySelectorAll('.search-button__kbd-shortcut')) words = words.replace(key.innerText, '');"
            " return [words, this.outerHTML.slice(0, 140)]; }"})["result"]["value"]  # fmt: skip
        words = plain(seen[0])
        if (not name and node["role"]["value"] != "group") or words not in plain(name):
            found.append((node["role"]["value"], name, seen))
    return found


@every_kind
def test_every_control_has_a_name_that_holds_the_words_on_it(visit, path):
    page = visit(path)
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert unnamed(page) == []


def test_a_control_without_a_name_would_be_noticed(visit):
    page = visit(KINDS["progress"])
    page.evaluate(
        "document.querySelector('main article').insertAdjacentHTML('beforeend', '<button></button><button aria-label=\"Other\">Word</button>')"
    )
    assert len(unnamed(page)) == 2


@every_kind
def test_nothing_moves_for_those_who_asked_for_it(visit, path):
    page = visit(path)
    page.emulate_media(reduced_motion="reduce")
    assert moving(page) == []


def moving(page):
    return page.evaluate(
        """() => [...document.querySelectorAll("*")].flatMap(e => [e, ...["::before", "::after"].map(p => [e, p])].map(one => {
      const [element, pseudo] = Array.isArray(one) ? one : [one, null], s = getComputedStyle(element, pseudo);
      const still = (durations) => durations.split(",").every(d => parseFloat(d) < .01);
      return s.scrollBehavior === "smooth" || (s.animationName !== "none" && !still(s.animationDuration)) || !still(s.transitionDuration) ? element.outerHTML.slice(0, 100) : null;
    }).filter(Boolean)).slice(0, 6)"""
    )


def test_what_moves_would_be_noticed(visit):
    page = visit(KINDS["progress"])
    page.add_style_tag(content="main { transition: all 1s }")
    assert moving(page)
