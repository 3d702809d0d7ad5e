"""Pages load what they have a use for, and nothing else."""

import pytest
from sphinx.builders.html._assets import _JavaScript

from claimbook import light

ICONS = (
    '@font-face{font-family:Font Awesome\\ 6 Free;src:url(../fa-solid-900.woff2) format("woff2")}'
    '.fa-bath:before,.fa-bathtub:before{content:"\\f2cd"}'
)


@pytest.mark.parametrize("file", ["clipboard.min.js", "copybutton.js", "pygments.css", "copybutton.css"])
def test_what_copies_and_colours_code_is_loaded_only_with_code(file):
    assert light.used([file], '<div class="highlight-default"></div>') == [file]
    assert light.used([file], "<p>words</p>") == []


def test_what_no_page_uses_is_loaded_by_none():
    body = '<div class="highlight"></div><div class="cell"></div>'
    assert light.used(["thebe.js", "book.css", "design-tabs.js"], body) == ["book.css"]


def test_scripts_wait_but_for_the_one_that_others_ask_at_once_and_those_without_a_file():
    scripts = [
        _JavaScript("_static/documentation_options.js"), _JavaScript("a.js", priority=7),
        _JavaScript("b.js", **{"async": "async"}), _JavaScript(None, body="1"),
    ]  # fmt: skip
    waiting = light.deferred(scripts)
    assert ["defer" in script.attributes for script in waiting] == [False, True, False, False]
    assert (waiting[1].filename, waiting[1].priority) == ("a.js", 7)
    assert not scripts[1].attributes, "the search page gets the same object, and its scripts can't wait"


def test_the_icon_font_and_its_signs_go_and_every_other_rule_stays():
    kept = '@font-face{font-family:Mine;src:url(a.woff2)}.fa-lg{font-size:1.2em}p .fa-x:before{content:"a"}b{color:red}'
    assert light.without_icons(ICONS + kept) == kept


def test_a_built_book_loses_the_files_of_the_icon_font_once(tmp_path):
    for name in ("styles/pydata-sphinx-theme.css", "scripts/fontawesome.js.map", "scripts/bootstrap.js", "vendor/fontawesome/a.ttf"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(ICONS)
    for _ in range(2):
        light.strip_theme(tmp_path)
        assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["bootstrap.js", "pydata-sphinx-theme.css"]
        assert (tmp_path / "styles/pydata-sphinx-theme.css").read_text() == ""
