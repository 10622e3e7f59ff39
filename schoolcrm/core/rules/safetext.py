"""Text from data is shown as text: nothing in it may steer a terminal, hide, or start a formula.

Every function is quick on ordinary text: one look by ``str.isprintable`` and the text itself is returned.
The patterns are compiled (and kept, by ``re``) only when a text needs them.
"""

import re

_BREAKS = "\r\n|[\t\n\v\f\r\x85\u2028\u2029]"
_LINE_ENDS = "\r\n|[\v\f\r\x85\u2028\u2029]"

# Controls (C0, DEL, C1), soft hyphen, direction marks and overrides, zero-width and other invisible format
# characters. The two joiners (U+200C, U+200D) stay: they change letters and emoji, not the reading order.
_INVISIBLE = (
    "\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f"
)
_UNSAFE = f"[{_INVISIBLE}]"
_UNSAFE_IN_BLOCK = f"(?![\t\n])[{_INVISIBLE}]"
_LONE_SURROGATE = "[\ud800-\udfff]"
_UNSAFE_OR_SEPARATOR = f"[{_INVISIBLE}\u2028\u2029\ud800-\udfff]"

FORMULA_STARTS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the wide ones: Excel folds them


def one_line(text: str) -> str:
    """Return the text as one line: breaks become spaces, control and direction characters go."""
    if text.isprintable():
        return text
    return re.sub(_LONE_SURROGATE, "\ufffd", re.sub(_UNSAFE, "", re.sub(_BREAKS, " ", text)))


def printable(text: str) -> str:
    """Return the text without control and direction characters; line breaks (as ``\\n``) and tabs stay."""
    if text.isprintable():
        return text
    return re.sub(_LONE_SURROGATE, "\ufffd", re.sub(_UNSAFE_IN_BLOCK, "", re.sub(_LINE_ENDS, "\n", text)))


def escape_json(encoded: str) -> str:
    """Return the JSON with control and direction characters as ``\\uXXXX``; the meaning is the same."""
    if encoded.isprintable():
        return encoded
    return re.sub(_UNSAFE_OR_SEPARATOR, _as_escape, encoded)


def starts_formula(text: str) -> bool:
    """Tell whether a spreadsheet would take the text for a formula, spaces before it left aside."""
    return text[:1] in FORMULA_STARTS if text[:1] != " " else text.lstrip(" ")[:1] in FORMULA_STARTS


def guard_formula(text: str) -> str:
    """Return the text with an apostrophe before it when a spreadsheet would take it for a formula."""
    return f"'{text}" if text and starts_formula(text) else text


def _as_escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
