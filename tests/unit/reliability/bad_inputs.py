# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a wrong input is, and the texts that are wrong wherever an ID, a name or a number is asked for."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

Options = dict[str, t.Any]


class Bad(t.NamedTuple):
    """One wrong input.

    :param option: what the message must name.
    :param says: a word of the rule, as a regular expression.
    :param args: laid over the module's good options; None takes an option away.
    :param looks: whether only a look at the service shows that it is wrong; all else sends no request at all.
    """

    module: str
    option: str
    says: str
    args: Options
    looks: bool = False


class Wrong(t.NamedTuple):
    """A wrong way to reach the service: all the options and the environment that a task has."""

    option: str
    says: str
    args: Options
    environ: dict[str, str] = {}  # noqa: RUF012 # never changed


# No ID, and each would change an address if nothing stopped it.
NULL = "|'None' is not a string and conversion is not allowed"
"""What ansible-core before 2.18 says by itself about null among texts, beside the rule."""

NO_IDS = {
    "nothing": "",
    "a blank": " ",
    "blanks around": " id ",
    "a blank inside": "i d",
    "the folder above": "../cloudbackups",
    "two dots": "..",
    "one dot": ".",
    "an encoded slash": "..%2fjobs",
    "encoded dots": "%2e%2e",
    "a path": "a/b",
    "a backslash": "..\\jobs",
    "a query": "id?limit=1",
    "a fragment": "id#part",
    "a parameter": "id;v=1",
    "an ampersand": "id&force=true",
    "a NUL": "id\0",
    "a line end": "id\n",
    "a header": "id\r\nX-Evil: 1",
    "65 characters": "x" * 65,
    "10,000 characters": "x" * 10000,
    "full-width digits": "\uff11\uff12\uff13",
    "a Cyrillic letter": "b\u0430ckup",
    "a combining mark": "backupe\u0301",
    "a blank without width": "id\u200b",
    "right to left": "\u202edi",
    "an emoji": "\U0001f4be",
    "a template that was not filled": "{{ backup_id }}",
    "a list as text": "['id']",
}

# Nothing that could be looked up. (Half of a surrogate pair can come only from the environment: Ansible lets none in.)
NO_REFERENCES = {
    "nothing": "",
    "blanks alone": "   ",
    "blanks of another script": "\u3000\u00a0",
    "a line end": "data-01\n",
    "a header": "data-01\r\nHost: evil.example.com",
    "a tab": "data\t01",
    "a NUL": "data\0",
    "a delete": "data\x7f",
    "an old line end": "data\x85",
    "a line separator": "data\u2028x",
    "a blank without width": "data\u200b-01",
    "a byte order mark": "\ufeffdata-01",
    "right to left": "\u202e10-atad",
    "256 characters": "x" * 256,
    "10,000 characters": "x" * 10000,
}

# No name that VBS allows (F §4.1, §6.1).
NO_NAMES = {
    "nothing": "",
    "a blank": " ",
    "a blank inside": "a b",
    "a dot": "v1.0",
    "65 characters": "x" * 65,
    "10,000 characters": "x" * 10000,
    "a slash": "a/b",
    "the folder above": "../a",
    "markup": "<b>",
    "an apostrophe": "it's",
    "a line end": "nightly\n",
    "a header": "a\r\nX-Evil: 1",
    "a NUL": "a\0",
    "an accent": "\u00e9t\u00e9",
    "a combining mark": "e\u0301te",
    "a Cyrillic letter": "nightl\u0443",
    "full-width digits": "backup-\uff11",
    "a full-width hyphen": "a\uff0db",
    "a long dash": "a\u2014b",
    "a blank without width": "night\u200bly",
    "a joiner": "night\u200dly",
    "right to left": "\u202eylthgin",
    "an emoji": "nightly\U0001f319",
    "a list as text": ["nightly"],
    "a dictionary": {"name": "nightly"},
    "a decimal number": 1.5,
}

# No name in the OpenStack form, where the service judges what can be seen.
NO_NATIVE_NAMES = {
    "nothing": "",
    "blanks alone": "  ",
    "256 characters": "x" * 256,
    "a line end": "a\nb",
    "a NUL": "a\0",
    "an old line end": "a\x85b",
    "a paragraph's end": "a\u2029b",
    "right to left": "\u202eb-a",
    "a blank without width": "a\u200b",
}

# No whole number.
NO_NUMBERS: dict[str, t.Any] = {
    "a word": "often",
    "nothing": "",
    "half of one": 1.5,
    "half of one as text": "1.5",
    "true": True,
    "false": False,
    "infinite": float("inf"),
    "infinite as text": "inf",
    "no number": float("nan"),
    "in powers of ten": "1e3",
    "in hexadecimal": "0x10",
    "with a unit": "1h",
    "with a comma": "1,000",
    "full-width": "\uff15",
    "Arabic digits": "\u0665",
    "a list": [1],
    "a dictionary": {"value": 1},
    "longer than Python reads": "9" * 5000,
}

# No duration.
NO_DURATIONS: dict[str, t.Any] = {
    "without a unit": "26",
    "half of one": "1.5h",
    "below zero": "-1h",
    "nothing": "",
    "a unit alone": "h",
    "a blank inside": "1 h",
    "a large letter": "26H",
    "years": "1y",
    "two units": "1h30m",
    "full-width": "\uff12\uff16h",
    "a line end": "26h\n",
    "ten digits": "9" * 10 + "h",
}

# Neither true nor false.
NO_BOOLEANS: dict[str, t.Any] = {"a word": "maybe", "two": 2, "a list": [True], "full-width": "\uff59\uff45\uff53"}

# What no tag can be when it is set: the tags, and a word of the rule.
NO_TAGS: dict[str, tuple[t.Any, str]] = {
    "an empty key": ({"": "v"}, "36"),
    "a key of 37": ({"k" * 37: "v"}, "36"),
    "a key of 10,000": ({"k" * 10000: "v"}, "36"),
    "a value of 44": ({"k": "v" * 44}, "43"),
    "an equals sign in the key": ({"a=b": "c"}, "none of"),
    "a slash in the key": ({"a/b": "c"}, "none of"),
    "a comma in the value": ({"a": "b,c"}, "none of"),
    "a bar in the value": ({"a": "b|c"}, "none of"),
    "a backslash in the value": ({"a": "b\\c"}, "none of"),
    "markup in the value": ({"a": "<b>"}, "none of"),
    "a line end in the value": ({"a": "b\nc"}, "none of"),
    "a line end in the key": ({"a\n": "b"}, "none of"),
    "a NUL in the key": ({"a\0": "b"}, "none of"),
    "half of a surrogate pair": ({"a": "\ud800"}, "none of"),
    "a boolean": ({"a": True}, "quotes"),
    "a decimal number": ({"a": 1.5}, "quotes"),
    "a list": ({"a": ["b"]}, "list"),
    "a dictionary": ({"a": {"b": "c"}}, "dictionary"),
    "null": ({"a": None}, "null"),
    "eleven": ({f"k{number}": "v" for number in range(11)}, "10"),
    "a list in place of a dictionary": (["a", "b"], "dict"),
    "a text without a value": ("production", "dict"),
    "a number in place of a dictionary": (5, "dict"),
}


def each(module: str, option: str, values: dict[str, t.Any], says: str, **more: t.Any) -> Iterator[Bad]:
    """One row for each of these values of an option."""
    for value in values.values():
        yield Bad(module, option, says, {option: value, **more})


def each_in_list(module: str, option: str, values: dict[str, t.Any], says: str, **more: t.Any) -> Iterator[Bad]:
    """The same for an option that is a list: each value after a good one."""
    for value in values.values():
        yield Bad(module, option, says, {option: ["good-01", value], **more})
