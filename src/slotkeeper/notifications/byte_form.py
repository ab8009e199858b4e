"""JSON byte for byte as PHP prints it, so that both ways of checking a signature succeed.

Some receivers hash what they got. Others, after the sample of the API documentation, decode it
with PHP, encode it again and hash that; what is sent must come out of that as it went in.
"""

import re
from collections.abc import Mapping
from json.encoder import encode_basestring_ascii

_INT_MAX = 2**63
_WORDS: Mapping[bool | None, str] = {None: "null", True: "true", False: "false"}

# Delete is the only character that Python escapes and PHP does not. An escaped backslash must
# be passed over as a whole, or what follows it would count as its end.
_ESCAPED = re.compile(r"\\(u007f|.)")


def php_json(value: object) -> str:
    r"""Return a JSON value as ``json_encode`` of PHP 7.1 and later prints it, all ASCII.

    No spaces, ``/`` escaped, other than ASCII as ``\u`` and lower-case hex, floats as short as
    they can be read back. An object without members stays one. Texts that are no Unicode, and
    numbers that are no numbers, do not occur in values that were read from JSON.

    >>> php_json({"zone": "Europe/Paris", "meta": {}, "numbers": [1.50, 2.0, 1.5e-7, None]})
    '{"zone":"Europe\\/Paris","meta":{},"numbers":[1.5,2,1.5e-7,null]}'
    """
    match value:
        case str():
            return _text(value)
        case None | bool():
            return _WORDS[value]
        case int() if -_INT_MAX <= value < _INT_MAX:
            return str(value)
        case int() | float():
            return _float(float(value))
        case list() | tuple():
            return "[" + ",".join(map(php_json, value)) + "]"
        case dict() | Mapping():
            members = [f"{_text(key)}:{php_json(each)}" for key, each in value.items()]
            return "{" + ",".join(members) + "}"
        case _:
            raise TypeError(f"no JSON value: {type(value).__name__}")


def _text(text: str) -> str:
    escaped = encode_basestring_ascii(text).replace("/", "\\/")
    if "\x7f" not in text:
        return escaped
    return _ESCAPED.sub(lambda found: "\x7f" if found[1] == "u007f" else found[0], escaped)


def _float(number: float) -> str:
    """Return a float in PHP's form; a whole one as the integer that PHP would print.

    Written ``-0`` or ``2.0`` it would not come back: PHP reads and prints these as 0 and 2.
    """
    if number.is_integer() and abs(number) < 1e17:
        return str(int(number))
    digits, mark, exponent = repr(number).partition("e")
    if not mark:
        return digits
    whole = digits if "." in digits else f"{digits}.0"
    return f"{whole}e{int(exponent):+d}"
