"""The look of mails: styles go onto the tags, because many programs read no sheet."""

import re
from collections.abc import Mapping

LOOKS: Mapping[str, str] = {
    "h1": "margin:0 0 20px;font-size:24px;line-height:1.25;font-weight:700;color:#1d2226",
    "h2": "margin:24px 0 12px;font-size:18px;line-height:1.3;font-weight:700;color:#1d2226",
    "p": "margin:0 0 16px",
    "ul": "margin:0 0 16px;padding-left:24px",
    "ol": "margin:0 0 16px;padding-left:24px",
    "blockquote": "margin:0 0 16px;padding:12px 16px;border-left:3px solid #0b6b58;"
    "background:#e5f1ed",
    "a": "color:#0b6b58;text-decoration:underline",
    "table": "margin:0 0 20px;border-collapse:collapse",
    "table.facts": "margin:4px 0 20px;border-collapse:collapse;width:100%;"
    "border-top:1px solid #dddcd5",
    "th": "padding:10px 16px 10px 0;border-bottom:1px solid #dddcd5;text-align:left;"
    "vertical-align:top;font-weight:400;color:#59626b;width:88px;word-break:normal",
    "td": "padding:10px 0;border-bottom:1px solid #dddcd5;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere;word-break:break-word",
    "p.small": "margin:0 0 16px;font-size:14px;line-height:1.7;color:#59626b",
    "a.small": "display:inline-block;margin:0 14px 0 0;color:#0b6b58;text-decoration:underline",
    "span.label": "margin:0 10px 0 0",
    "p.buttons": "margin:24px 0 8px",
    "a.button": "display:inline-block;margin:0 8px 12px 0;padding:11px 21px;border-radius:8px;"
    "border:1px solid #0b6b58;background:#0b6b58;color:#ffffff;font-weight:600;"
    "text-decoration:none",
    "a.button quiet": "display:inline-block;margin:0 8px 12px 0;padding:11px 21px;"
    "border-radius:8px;border:1px solid #85898c;background:#ffffff;color:#1d2226;"
    "font-weight:600;text-decoration:none",
}
"""How a tag looks, or one with a class."""

_TAG = re.compile(r"""<([a-z][a-z0-9]*)((?:\s(?:[^<>"']|"[^"]*"|'[^']*')*)?)(/?)>""", re.IGNORECASE)
_CLASS = re.compile(r"""\sclass\s*=\s*["']([^"']*)["']""", re.IGNORECASE)
_STYLE = re.compile(r"\sstyle\s*=", re.IGNORECASE)


def styled(html: str) -> str:
    """Return HTML in which each tag that has a look wears it; one with a style keeps its own.

    >>> styled('<p style="color:red">a</p><ul class="x"></ul>')
    '<p style="color:red">a</p><ul class="x" style="margin:0 0 16px;padding-left:24px"></ul>'
    """
    return _TAG.sub(_with_look, html)


def _with_look(found: re.Match[str]) -> str:
    tag, attributes, end = found.groups()
    name = tag.casefold()
    of_class = _CLASS.search(attributes)
    look = LOOKS.get(f"{name}.{of_class[1]}" if of_class else name, LOOKS.get(name))
    if look is None or _STYLE.search(attributes):
        return found[0]
    return f'<{tag}{attributes.rstrip()} style="{look}"{end}>'
