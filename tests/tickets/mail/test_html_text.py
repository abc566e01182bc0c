"""An HTML mail as plain text: what stays, what is left behind, and how deep it may go."""

import pytest

from tickets.mail.domain.html_text import MOST, html_to_text

LONG = "https://x.test/" + "q" * 1985


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>a</div><div>b</div>c", "a\nb\nc"),
        ("a\n   b&nbsp;c", "a b c"),
        ("a<br>b<br><br><br><br>c", "a\nb\n\nc"),
        ("<h1>a</h1>b<hr>c", "a\n\nb\n---\nc"),
        ("<p>a</p> <p> </p><blockquote> </blockquote>", "a"),
        ("<pre>a  b\n  c</pre>d", "a  b\n  c\n\nd"),
        ("</pre>a   b", "a b"),
        ("<pre>a<pre>b</pre>  c</pre>  d", "a\n\nb\n\n  c\n\nd"),
        ("<table><tr><td>1</td><th>2</th></tr><tr><td>3</td></tr></table>x", "1 | 2\n3\n\nx"),
    ],
)
def test_paragraphs_lines_and_cells_stay(html, text):
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ul><li>a</li><li>b</li></ul>c", "- a\n- b\n\nc"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<p>x</p><ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul>y", "x\n\n- a\n  - b\n  - c\n- d\n\ny"),
        ("<ol><li>a<ol><li>b<ul><li>c</li></ul></li></ol></li><li>d</li></ol>", "1. a\n  1. b\n    - c\n2. d"),
        ("<li>a</li></ul></ol>b", "- a\n\nb"),
        ("<ul><li>a<p>b</p></li></ul>", "- a\n\nb"),
    ],
)
def test_lists_keep_their_numbers_and_what_stands_within_an_item_is_indented(html, text):
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<blockquote>q</blockquote>t", "> q\n>\nt"),
        ("<blockquote>q<blockquote>r</blockquote>s</blockquote>t", "> q\n>\n> > r\n> >\n> s\n>\nt"),
        ("</blockquote>a<blockquote>b</blockquote>", "a\n\n> b"),
        (f"{'<blockquote>' * 25}deep", f"{'> ' * 20}deep"),
    ],
)
def test_quotes_keep_their_depth_up_to_twenty(html, text):
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="https://x.test/a">See</a> it', "See (https://x.test/a) it"),
        ('<a href="HTTP://x.test">See</a>', "See (HTTP://x.test)"),
        ('<a href="https://x.test/">x.test</a>', "x.test"),
        ('<a href="http://x.test">x.test/</a>', "x.test/"),
        ('<a href="https://x.test/a">https://x.test/a/</a>', "https://x.test/a/"),
        ('<a href="https://x.test/a"></a>', "https://x.test/a"),
        ('<a href="mailto:a@b.test">a@b.test</a>', "a@b.test"),
        ('<a href="MAILTO:a@b.test">Write</a>', "Write (a@b.test)"),
        ('<a href="javascript:x">k</a><a href="data:,x">l</a><a>m</a>', "klm"),
        (f'<a href="{LONG}">long</a>', f"long ({LONG})"),
        (f'<a href="{LONG}q">long</a>', "long"),
        ("</a>a", "a"),
    ],
)
def test_a_link_has_its_address_beside_it_unless_its_words_say_it(html, text):
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<script>x</script>y", "y"),
        ("<style>x<br>y</style>z", "z"),
        ("<svg><svg>a</svg>b</svg>c", "c"),
        ("<div style='display:none'>a<div>b</div>c</div>d", "d"),
        ("<div hidden>a<br>b<span>c</span></div>d", "d"),
        ("<p style='visibility : HIDDEN'>a</p>b", "b"),
        ("<p style='mso-hide:all'>a</p>b", "b"),
        ("<span style='font-size:0'>a</span><span style='font-size:0.5em'>b</span>", "b"),
        # What has no end hides nothing behind it.
        ("<img hidden><br style='display:none'>z", "z"),
        ("<div hidden>a", ""),
    ],
)
def test_what_nobody_was_to_see_is_left_behind(html, text):
    assert html_to_text(html) == text


def test_what_is_nested_beyond_measure_and_longer_than_the_limit_ends():
    assert html_to_text("<div hidden>" * 300 + "a" + "</div>" * 300 + "b") == "b"
    assert html_to_text("<ul>" * 300 + "<li>a").strip() == "- a"
    assert html_to_text("a" * MOST + "b") == "a" * 1_000_000
