"""Live charts: asked for, from this host alone, for pointer and keyboard, and with the drawing as what stays."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from claimbook import load
from claimbook.content import root

from .test_pages import serious

VOTES = "chapters/04-china-and-the-war.html"


def explorable_pages():
    """Chapters with a chart that has inputs or tooltips, told from the notebooks."""
    from claimbook.explore import explorable

    from ..test_chapters import figures

    for path in sorted((root() / "chapters").glob("*.ipynb")):
        if any(explorable(data["spec"]) for data in figures(path)):
            yield f"chapters/{path.stem}.html"


PAGES = list(explorable_pages())


def explore(page, number=0):
    """Ask for the live view of a figure; returns the figure."""
    figure = page.locator("figure:has(claim-chart)").nth(number)
    figure.get_by_role("button", name="Explore this chart").click()
    figure.locator(".cbc-live svg").wait_for()
    return figure


def said(figure):
    return figure.get_by_role("status").inner_text()


def listen(page):
    """Addresses of the scripts that the page asks for from here on."""
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.resource_type == "script" else None)
    return asked


def test_chapters_on_votes_trips_prices_members_and_outcomes_have_a_live_chart():
    assert {path[9:11] for path in PAGES} >= {"02", "03", "04", "05", "06", "09", "11"}


def test_vega_is_loaded_once_when_asked_for_and_from_this_host(visit):
    page = visit(VOTES)
    assert page.evaluate("performance.getEntriesByType('resource').filter(r => r.name.includes('vega')).length") == 0
    asked = listen(page)
    explore(page, 0)
    explore(page, 1)
    assert [address.rsplit("/", 1)[1] for address in asked] == ["vega.js"]
    assert page.foreign == [] and page.complaints == []


def test_the_button_says_what_it_loads_and_the_size_is_true(visit):
    page = visit(VOTES)
    stated = re.search(r"about (\d+) kB", page.locator(".cbc-note").first.inner_text())
    script = page.request.get(page.url.replace(VOTES, "_static/claimbook/vega.js"), headers={"Accept-Encoding": "gzip"})
    assert int(stated[1]) == round(int(script.headers["content-length"]) / 1000)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme,width", [("light", 1280), ("dark", 390)])
def test_live_charts_are_accessible_and_fit_the_page(visit, path, scheme, width):
    page = visit(path, scheme=scheme, width=width)
    figures = [explore(page, number) for number in range(page.locator("claim-chart").count())]
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(Axe().run(page)) == []
    for figure in figures:
        name = figure.locator(".cbc-live").get_attribute("aria-label")
        assert name == figure.locator(".cb-drawing svg").first.get_attribute("aria-label")  # the drawing's alt text
        assert said(figure).startswith("Interactive chart loaded.")
        for control in figure.locator(".cbc-inputs :is(select, input)").all():
            assert control.evaluate("c => c.labels.length") == 1
        told = figure.locator("claim-chart").evaluate("c => c.marks().flatMap(mark => Object.values(mark.tooltip))")
        assert told and not {"", "null", "undefined", "NaN"} & set(told)


def test_a_chosen_region_is_counted(visit):
    figure = explore(visit(VOTES))
    figure.get_by_label("Count the votes of").select_option(label="Oceania")
    figure.get_by_role("status").filter(has_text="has changed").wait_for()
    marks = int(re.search(r"shows (\d+) marks", said(figure))[1])
    live, counts = figure.locator(".cbc-live"), []
    live.focus()
    for _ in range(marks):
        live.press("ArrowRight")
        counts.append(int(re.search(r"Members: (\d+)", said(figure))[1]))
    oceania = load("countries").query("region == 'Oceania' and un_member")
    assert sum(counts) == 6 * len(oceania)


def test_a_chosen_member_shows_its_votes(visit):
    figure = explore(visit(VOTES))
    figure.get_by_label("Below the bars, the vote of").select_option(label="Kenya")
    texts = figure.locator(".cbc-live svg text").filter(has_text="Kenya")
    texts.first.wait_for()
    votes = load("unga_votes").query("iso3 == 'KEN' and resolution.str.startswith('ES-11/')").astype(str)
    votes = votes.sort_values("resolution")["vote"].head(6)
    assert texts.all_text_contents() == [f"Kenya: {vote}" for vote in votes]


def test_the_keyboard_alone_explores_reads_and_goes_back(visit):
    page = visit("chapters/09-where-can-putin-travel.html")
    figure = page.locator("figure:has(claim-chart)").first
    button = figure.locator(".cbc-button")
    button.focus()
    page.keyboard.press("Enter")
    figure.locator(".cbc-live svg").wait_for()
    drawn = figure.locator(".cbc-live .mark-symbol path").count()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.labels[0].innerText").startswith("Host on the day")
    page.keyboard.press("ArrowDown")
    figure.get_by_role("status").filter(has_text="has changed").wait_for()
    assert figure.locator(".cbc-live .mark-symbol path").count() < drawn
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "application"
    page.keyboard.press("ArrowRight")
    assert "State Party" in said(figure) and figure.locator(".cbc-here").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert figure.locator(".cb-drawing svg[role=img]").is_visible() and not figure.locator(".cbc-live").is_visible()
    assert button.inner_text() == "Explore this chart" and button.evaluate("b => b === document.activeElement")


def test_pointing_at_a_mark_tells_its_values_in_words_that_stay(visit):
    page = visit("chapters/11-after-the-forum.html")
    figure = explore(page)
    figure.locator(".cbc-live .mark-rect path").first.hover()
    figure.get_by_role("status").filter(has_text="Claims:").wait_for()
    told = said(figure)
    page.mouse.move(5, 5)
    assert said(figure) == told and "Outcome:" in told


def test_a_finger_reads_values_too(chromium, book):
    context = chromium.new_context(viewport={"width": 390, "height": 900}, has_touch=True)
    page = context.new_page()
    page.goto(book + "chapters/09-where-can-putin-travel.html")
    figure = explore(page)
    figure.locator(".cbc-live .mark-symbol.role-mark path").first.tap()
    figure.get_by_role("status").filter(has_text="Host:").wait_for()
    context.close()


def test_colours_follow_the_theme_when_it_switches(visit):
    page = visit(VOTES)
    figure = explore(page)
    bar = figure.locator(".cbc-live .mark-rect path").first
    colours = []
    for theme in ("light", "dark"):
        page.evaluate("theme => (document.documentElement.dataset.theme = theme)", theme)
        colours.append(bar.evaluate("mark => getComputedStyle(mark).fill"))
    assert colours[0] != colours[1] and "none" not in colours


def test_without_the_script_of_vega_the_drawing_stays_and_words_say_so(visit):
    page = visit(VOTES)
    page.route("**/vega.js", lambda route: route.abort())
    figure = page.locator("figure:has(claim-chart)").first
    button = figure.get_by_role("button", name="Explore this chart")
    button.click()
    figure.get_by_role("status").filter(has_text="could not be loaded").wait_for()
    assert figure.locator(".cb-drawing svg[role=img]").is_visible()
    page.unroute("**/vega.js")
    explore(page)  # a second click tries again


def test_live_charts_run_where_evaluated_code_is_forbidden(chromium, book):
    context = chromium.new_context()
    page = context.new_page()

    def forbid(route):
        answer = route.fetch()
        policy = "script-src 'self' 'unsafe-inline'"
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": policy})

    page.route("**/*.html", forbid)
    page.add_init_script(
        "window.refused = []; addEventListener('securitypolicyviolation', event => refused.push(event.blockedURI))"
    )
    page.goto(book + VOTES)
    explore(page)
    assert page.evaluate("refused") == []
    page.evaluate("void setTimeout(() => eval('1'))")  # later, since what playwright runs itself may evaluate
    page.wait_for_function("refused.includes('eval')")
    context.close()


def test_live_charts_work_from_a_folder_without_a_server(chromium, book):
    context = chromium.new_context()
    page = context.new_page()
    page.goto((root() / "_build/html" / VOTES).as_uri())
    figure = explore(page)
    assert figure.get_by_label("Count the votes of").is_visible()
    context.close()


def test_without_scripts_no_button_promises_what_cannot_be(visit):
    page = visit(VOTES, scripts=False)
    assert page.locator("figure svg[role=img]").count() == 2 and page.locator("figure button").count() == 0
