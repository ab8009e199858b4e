"""What a template of an app may hold, and how it is filled in: Jinja2 with a short list.

Templates come from outside, and anybody's mail is made with them. So what they can do is
counted up instead of what they cannot: names, conditions, one level of loops over what is
known, and filters that make nothing much longer. Nothing is called and nothing is kept, so
that a template ends after as many steps as it has characters and the facts have parts.
"""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from traceback import extract_tb
from typing import Any

from jinja2 import ChainableUndefined, TemplateError, TemplateSyntaxError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

LENGTH_MAX = 200_000
"""The most characters that a template becomes; what is beyond is cut off."""

FILTERS = frozenset(
    {"capitalize", "count", "d", "default", "e", "escape", "first", "int", "last", "length"}
    | {"lower", "round", "striptags", "title", "trim", "truncate", "upper"}
)
"""The filters of Jinja2 that templates have: none makes one text many times as long."""

_NODES = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Name),
    *(nodes.Getattr, nodes.Getitem, nodes.Const, nodes.Filter, nodes.Test, nodes.Compare),
    *(nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat, nodes.Keyword),
    *(nodes.Tuple,),
)
_TESTS = frozenset({"defined", "undefined", "none", "string", "number", "true", "false"})
# What Jinja2 and Python let through when a text nests too deep or holds an endless number.
_UNREADABLE = (TemplateSyntaxError, SyntaxError, RecursionError, ValueError, OverflowError)
# What comparisons, loops and filters do with a value that they are not made for. Which values
# there are is known only when a mail is written: `meta` and the form of a customer hold anything.
_UNFIT = (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Knows what the facts hold, and nothing of the objects that hold it."""

    def getattr(self, obj: object, attribute: str) -> object:
        """Return what stands under a name, undefined where nothing does."""
        return self.getitem(obj, attribute)

    def getitem(self, obj: object, argument: object) -> object:
        """Return what stands under a name or at a place, undefined where nothing does."""
        if isinstance(obj, Mapping) and isinstance(argument, str) and argument in obj:
            return obj[argument]
        if isinstance(obj, list) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        if isinstance(obj, Undefined):
            return obj
        return self.undefined(obj=obj, name=str(argument))


class Unusable(Exception):
    """A template that cannot be filled in; ``line`` is where, counted from 1."""

    def __init__(self, reason: str, line: int) -> None:
        self.line = line
        super().__init__(f"{reason} (line {line})")


def check(text: str) -> None:
    """Refuse a text that cannot be filled in: raises Unusable, which names the line."""
    _compiled(text, is_html=True)


def fill_html(text: str, facts: Mapping[str, object]) -> str:
    """Return a template of HTML with its names filled in: escaped, and empty where unknown.

    A line break within a value is one in the mail too. Raises Unusable where a value cannot be
    used as the template does, such as a number that is looped over.
    """
    return _filled(text, facts, is_html=True)


def fill_line(text: str, facts: Mapping[str, object]) -> str:
    """Return a template of plain text with its names filled in, as one line.

    Raises Unusable as ``fill_html`` does.

    >>> fill_line("New: {{event.what}} {{event.nothing.at.all}}", {"event": {"what": "a\\r\\nb"}})
    'New: a b'
    """
    words = _filled(text, facts, is_html=False).split()
    return "".join(each for each in " ".join(words) if each.isprintable())


def _filled(text: str, facts: Mapping[str, object], *, is_html: bool) -> str:
    left, pieces = LENGTH_MAX, []
    template = _compiled(text, is_html=is_html)
    try:
        for piece in template.generate(facts):
            pieces.append(piece[:left])
            left -= len(pieces[-1])
            if left <= 0:
                break
    except _UNFIT as error:
        raise Unusable("a value does not fit what is done with it", _line_of(error)) from None
    return "".join(pieces)


def _line_of(error: Exception) -> int:
    """Return the line of the template at which filling in ended."""
    lines = [
        each.lineno for each in extract_tb(error.__traceback__) if each.filename == "<template>"
    ]
    return (lines and lines[-1]) or 1


@lru_cache(maxsize=100)
def _compiled(text: str, *, is_html: bool) -> Any:
    environment = _environment(is_html)
    try:
        tree = environment.parse(text)
        _check_nodes(tree)
        return environment.from_string(tree)
    except _UNREADABLE as error:
        line = getattr(error, "lineno", None) or 1
        reason = error.message if isinstance(error, TemplateSyntaxError) else None
        raise Unusable((reason or "it is nested too deeply").rstrip("."), line) from None


def _check_nodes(tree: nodes.Node) -> None:
    for node, loops in _walk(tree, 0):
        refused = _fault(node, loops)
        if refused:
            raise Unusable(refused, node.lineno)


def _fault(node: nodes.Node, loops: int) -> str | None:
    """Return why a node is not for templates of mails, None where it is."""
    fault = None
    match node:
        case nodes.For() if loops or node.recursive:
            fault = "a loop within a loop is not possible"
        case nodes.Filter() if node.name not in FILTERS:
            fault = f"there is no filter named {node.name[:40]}"
        case nodes.Filter() if not all(isinstance(each, nodes.Const) for each in node.args):
            fault = f"the filter {node.name} takes plain values alone"
        case nodes.Test() if node.name not in _TESTS:
            fault = f"there is no test named {node.name[:40]}"
        case nodes.Call():
            fault = "nothing can be called"
        case _ if not isinstance(node, _NODES):
            fault = f"{type(node).__name__.lower()} is not possible"
        case _:
            pass
    return fault


def _walk(node: nodes.Node, loops: int) -> Iterator[tuple[nodes.Node, int]]:
    """Yield a node and all below it, each with the number of loops around it."""
    yield node, loops
    inner = loops + isinstance(node, nodes.For)
    for child in node.iter_child_nodes():
        yield from _walk(child, inner)


@cache
def _environment(is_html: bool) -> _Sandbox:
    made = _Sandbox(
        autoescape=is_html,
        undefined=ChainableUndefined,
        finalize=_html_of if is_html else _text_of,
        cache_size=0,
        optimized=False,
    )
    made.globals.clear()
    return made


def _text_of(value: object) -> object:
    return "" if value is None else value


def _html_of(value: object) -> object:
    """Return a value as it stands in HTML: a line break in it becomes one that shows."""
    if value is None or isinstance(value, Markup) or not isinstance(value, str):
        return _text_of(value)
    return Markup("<br>\n").join(escape(line) for line in value.splitlines())
