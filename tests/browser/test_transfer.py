"""What readers pay for a page, in bytes: a budget for every page, for the search and for the fonts."""

import pytest

from .. import transfer
from .test_pages import pages

PAGE, SEARCH_INDEX, FONT = 300_000, 500_000, 25_000
ALL = [*pages(), "search.html"]


@pytest.mark.parametrize("path", ALL)
def test_a_first_visit_stays_below_300_kilobytes(built, path):
    paid = transfer.transferred(built / path)
    heaviest = sorted(transfer.files((built / path).resolve()), key=transfer.weight)[-4:]
    assert 50_000 < paid < PAGE, f"{path}: {paid} bytes; heaviest: {[(f.name, transfer.weight(f)) for f in heaviest]}"


@pytest.mark.parametrize("path", ["chapters/04-china-and-the-war.html", "exercises/09-where-can-putin-travel.html"])
def test_a_browser_counts_what_the_files_say(chromium, built, book, path):
    context = chromium.new_context()
    page = context.new_page()
    loaded = []
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    page.goto(book + path)
    page.wait_for_load_state("networkidle")
    context.close()
    assert sum(loaded) == pytest.approx(transfer.transferred(built / path), rel=0.1)


def test_the_search_index_stays_below_500_kilobytes(built):
    assert transfer.weight(built / "searchindex.js") < SEARCH_INDEX
    assert built / "searchindex.js" in transfer.files(built / "search.html")
    assert not [path for path in pages() if built / "searchindex.js" in transfer.files((built / path).resolve())]


def test_fonts_are_subsets_in_the_packed_format_and_each_is_used(built):
    fonts = set((built / "_static/claimbook/fonts").glob("*.woff2"))
    assert fonts and not [font.name for font in fonts if transfer.weight(font) > FONT]
    loaded = set().union(*(transfer.files((built / path).resolve()) for path in ALL))
    assert {path for path in loaded if path.suffix in (".woff", ".woff2", ".ttf", ".otf")} == fonts


def test_the_script_of_the_live_charts_stands_where_a_chart_is_and_vega_waits_to_be_asked(built):
    for path in ALL:
        names = {file.name for file in transfer.files((built / path).resolve())}
        assert ("chart.js" in names) == ("<claim-chart" in (built / path).read_text(encoding="utf-8")), path
        assert "vega.js" not in names, path


@pytest.mark.parametrize("page, files, error", [
    ("<script src=a.js></script>", {}, FileNotFoundError), ("<img src='https://example.org/a.png'>", {}, ValueError),
    ("<link rel=stylesheet href=a.css>", {"a.css": "b { background: url(b.png) }"}, FileNotFoundError),
])  # fmt: skip
def test_what_is_missing_or_elsewhere_is_refused(tmp_path, page, files, error):
    (tmp_path / "a.html").write_text(page)
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(error):
        transfer.transferred(tmp_path / "a.html")


def test_a_heavy_script_a_picture_of_a_style_and_a_font_count_and_a_font_for_other_letters_does_not(tmp_path):
    noise = bytes(range(256)) * 4
    for name in ("a.woff2", "b.woff2", "c.png"):
        (tmp_path / name).write_bytes(noise)
    face = "@font-face { font-family: F; src: url(%s) format('woff2'), url(x.ttf); unicode-range: U+%s }\n"
    (tmp_path / "a.css").write_text(
        face % ("a.woff2", "0-FF") + face % ("b.woff2", "400-4FF") + "p { background: url('c.png') }"
    )
    (tmp_path / "first.css").write_text('@import "a.css";')
    (tmp_path / "a.html").write_text("<link rel=stylesheet href=first.css><p>word</p>")
    names = sorted(path.name for path in transfer.files((tmp_path / "a.html").resolve()))
    assert names == ["a.css", "a.html", "a.woff2", "c.png", "first.css"]
    assert transfer.transferred(tmp_path / "a.html") > 2 * len(noise)
    (tmp_path / "b.html").write_text("<link rel=stylesheet href=a.css><p>word слово</p>")
    assert tmp_path / "b.woff2" in transfer.files((tmp_path / "b.html").resolve())
