"""What templates of apps can do, and that they cannot do more, or for long."""

import time

import pytest

from slotkeeper.notifications.sandbox import LENGTH_MAX, Unusable, check, fill_html, fill_line

FACTS = {
    "customer": {"name": "<Marty> & Co", "email": "marty@example.com", "age": 17},
    "event": {"description": "one\r\ntwo <b>"},
    "meta": {"guests": ["Doc", "<i>Einstein</i>"]},
    "message": None,
}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<p>{{customer.name}}</p>", "<p>&lt;Marty&gt; &amp; Co</p>"),
        ("{{ customer['email'] | upper }}", "MARTY@EXAMPLE.COM"),
        ("{{event.description}}", "one<br>\ntwo &lt;b&gt;"),
        ("[{{message}}][{{nobody.knows.this}}][{{customer.shoe}}]", "[][][]"),
        ("{% if customer.age > 16 and not message %}yes{% else %}no{% endif %}", "yes"),
        ("{% for each in meta.guests %}{{each}};{% endfor %}", "Doc;&lt;i&gt;Einstein&lt;/i&gt;;"),
        ("{% for each in nothing.here %}x{% endfor %}", ""),
        ("{{ customer.shoe | default('barefoot') }}", "barefoot"),
        ("{{ 'a' ~ customer.age }}{# said to nobody #}", "a17"),
        ("{{customer.__class__}}{{customer.name.__class__.__mro__}}", ""),
        ("{{customer.items}}", ""),
        ("{% raw %}{{customer.name}}{% endraw %}", "{{customer.name}}"),
    ],
)
def test_a_template_is_filled_in(text: str, html: str) -> None:
    check(text)
    assert fill_html(text, FACTS) == html


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<p>{{customer.name</p>", "line 1"),
        ("one\ntwo\n{% if %}", "line 3"),
        ("\n{% if customer %}", "line 2"),
        ("{% for i in range(999999999) %}x{% endfor %}", "nothing can be called (line 1)"),
        ("{{ customer.name.format(customer) }}", "nothing can be called (line 1)"),
        ("{{ cycler('a').__init__.__globals__ }}", "nothing can be called (line 1)"),
        (
            "{% for a in meta.guests %}\n{% for b in meta.guests %}x{% endfor %}{% endfor %}",
            "a loop within a loop is not possible (line 2)",
        ),
        ("{% set x = 'a' %}", "assign is not possible (line 1)"),
        ("{{ 9 ** 9 ** 9 }}", "pow is not possible (line 1)"),
        ("{{ 'a' * 999999999 }}", "mul is not possible (line 1)"),
        ("{% macro m() %}{% endmacro %}", "macro is not possible (line 1)"),
        ("{% include 'layout.html' %}", "include is not possible (line 1)"),
        ("{% extends 'layout.html' %}", "extends is not possible (line 1)"),
        ("{{ customer.name | safe }}", "there is no filter named safe (line 1)"),
        ("{{ customer.name | replace('a', 'aaaa') }}", "there is no filter named replace (line 1)"),
        ("{{ customer.name | truncate(customer.age) }}", "the filter truncate takes plain values"),
        ("{% if customer is callable %}{% endif %}", "there is no test named callable (line 1)"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "it is nested too deeply"),
        ("{% if a %}" * 500 + "{% endif %}" * 500, "it is nested too deeply"),
        ("{{ " + "9" * 5000 + " }}", "line 1"),
    ],
)
def test_what_cannot_be_filled_in_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(Unusable) as refusal:
        check(text)
    assert reason in str(refusal.value)
    with pytest.raises(Unusable):
        fill_html(text, FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "{% for each in customer.age %}x{% endfor %}",
        "{% if customer.name < 5 %}x{% endif %}",
        "{% if 'a' in customer.age %}x{% endif %}",
        "{{ customer.name | round }}",
        "{{ customer.name | truncate('b') }}",
    ],
)
def test_a_value_that_does_not_fit_is_named_with_its_line(text: str) -> None:
    check(text)
    with pytest.raises(Unusable, match=r"does not fit .* \(line 3\)"):
        fill_html(f"one\ntwo\n{text}", FACTS)
    with pytest.raises(Unusable):
        fill_line(text, FACTS)


def test_the_longest_loop_ends_soon_and_its_text_is_cut() -> None:
    facts = {"meta": {"many": list(range(60_000))}}
    text = "{% for each in meta.many %}" + "x" * 19_000 + "{% endfor %}"
    check(text)
    begun = time.monotonic()
    assert len(fill_html(text, facts)) == LENGTH_MAX
    assert time.monotonic() - begun < 1


def test_a_subject_is_one_line_whatever_it_is_made_of() -> None:
    facts = {"event": {"what": "Tea\r\nBcc: everybody@example.com\x00\u2028x"}}
    assert fill_line("About {{event.what}} & more", facts) == (
        "About Tea Bcc: everybody@example.com x & more"
    )
