"""The last step before a page is written: languages, tables, roles."""

import pytest

from claimbook.accessible import accessible, language, mark_languages, name_tables


@pytest.mark.parametrize(
    "words, before, tag",
    [
        ("Первая поездка", "", "ru"),
        ("Запорізька область", "", "uk"),
        ("Крим", "In Ukrainian: ", "uk"),
        ("王毅", "In Ukrainian: ", "zh-Hans"),
    ],
)
def test_words_get_the_language_that_they_are_in(words, before, tag):
    assert language(words, before) == tag


def test_russian_and_chinese_in_english_text_are_marked():
    assert mark_languages("<p>Said АТЭС, then 王毅同欧盟 (in Chinese).</p>") == (
        '<p>Said <span lang="ru">АТЭС</span>, then <span lang="zh-Hans">王毅同欧盟</span> (in Chinese).</p>'
    )


@pytest.mark.parametrize(
    "page",
    [
        '<p lang="ru">слово <b>и</b> слово</p>',
        '<script>const x = "слово";</script>',
        "<!-- слово -->",
        "<p>Nothing foreign here: café.</p>",
    ],
)
def test_what_is_marked_or_no_text_stays_as_it_is(page):
    assert mark_languages(page) == page


def test_the_mark_of_one_element_does_not_reach_its_neighbour():
    page = mark_languages('<p><i lang="ru">слово</i><br> слово</p>')
    assert page == '<p><i lang="ru">слово</i><br> <span lang="ru">слово</span></p>'


def test_a_title_that_cannot_say_its_language_is_dropped():
    assert mark_languages('<a href="#x" title="王毅">1</a>') == '<a href="#x">1</a>'


def test_a_table_is_named_by_its_heading_and_its_header_cells_say_what_they_head():
    table = '<table><thead><tr><th>A</th></tr></thead><tbody><tr><th>x</th></tr><tr><th rowspan="2">y</th></tr></tbody></table>'
    page = name_tables(f'<h2>Votes &amp; seats<a class="headerlink" href="#v">#</a></h2>{table}{table}')
    assert page.count('<table aria-label="Votes &amp; seats">') == 1
    assert page.count('<table aria-label="Votes &amp; seats, table 2">') == 1
    assert (
        page.count('<th scope="col">A')
        == page.count('<th scope="row">x')
        == page.count('<th scope="rowgroup" rowspan')
        == 2
    )


def test_a_table_with_a_name_of_its_own_keeps_it():
    named = '<table aria-label="Mine"><thead></thead></table><table><caption>Mine</caption></table>'
    assert name_tables(named) == named


def test_a_table_in_a_box_or_a_figure_is_named_by_that():
    box = '<div class="cb-scroll" aria-label="Fields of x"><table></table></div>'
    figure = '<figcaption>Trade, 2023 <span class="cb-limit">Limit</span></figcaption><div class="cb-scroll" aria-label="Numbers of the figure"><table></table></div>'
    assert '<table aria-label="Fields of x">' in name_tables(box)
    assert '<table aria-label="Numbers: Trade, 2023">' in name_tables(figure)


def test_the_empty_corner_of_a_table_heads_nothing():
    assert "<td></td>" in accessible("<table><thead><tr><th></th><th>A</th></tr></thead></table>")
