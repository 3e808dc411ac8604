# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The limits that the services set on names, texts, tags and IDs (F §4.1, §6.1); each refusal names the option."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping, Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError

MAX_TAGS = 10
_NAME = r"[A-Za-z0-9_\u4e00-\u9fff-]+\Z"
_ID = r"[A-Za-z0-9_-]{1,64}\Z"
_UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z"
# Half of a surrogate pair is no character, and nothing could send it.
_SURROGATE = r"[\ud800-\udfff]"
# Control characters and line ends of every kind, and what nobody can see in a name though it makes another one of it:
# blanks without width and changes of direction. Joiners stay, because some scripts and emoji need them.
_CONTROL = r"[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
_NOT_IN_TAGS = r"[\x00-\x1f\ud800-\udfff=*<>\\,|/]"
_DURATION = r"([0-9]{1,9})([smhdw])\Z"
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
# A year, and more rows than any project has: what is larger is a slip, and no clock or list could count it.
_LONGEST = 366 * 86400
_MOST_ROWS = 1_000_000_000
_LONGEST_PATH = 255
_SHOWN = 80


def is_uuid(text: str) -> bool:
    """Whether the text has the form of a volume's, backup's or policy's ID."""
    return re.match(_UUID, text) is not None


def check_id(option: str, value: str) -> str:
    """An ID that may become part of an address; path tricks and blanks are no ID."""
    if not re.match(_ID, value):
        raise OptionError(option, f"{shown(value)} is not an ID (letters, digits, - and _, at most 64)")
    return value


def shown(value: str, limit: int = _SHOWN) -> str:
    """The text in quotes, with what cannot be seen made visible, and not more of it than a message can bear."""
    return repr(value) if len(value) <= limit else f"{value[:limit]!r}..."


def shown_path(path: str) -> str:
    """The same for a file, of which the end tells the most."""
    return shown(path, _LONGEST_PATH)


def check_header(option: str, value: str | None) -> None:
    """A secret that goes into a header; the value itself is never shown."""
    if value is not None and (re.search(_CONTROL, value) or not value.isascii() or value != value.strip()):
        raise OptionError(option, "has characters that cannot be sent in a header (line ends, blanks or non-ASCII)")


def check_sendable(option: str, value: str | None) -> None:
    """A secret of any characters that there are; the value itself is never shown."""
    if value is not None and re.search(_SURROGATE, value):
        raise OptionError(option, "has half of a surrogate pair, or bytes that are no UTF-8, which nothing can send")


def check_identity(option: str, value: str | None) -> None:
    """A user's, account's or project's name: any text without line ends and the like; None is not given."""
    if value is not None and (len(value) > 255 or not value.strip() or re.search(_CONTROL, value)):
        raise OptionError(option, f"{shown(value)} is no name (1 to 255 characters, no line ends)")


def check_name(option: str, value: str, *, forbidden_prefix: str | None = None) -> str:
    """A backup's or policy's name: 1-64 of letters, digits, ``_``, ``-`` and Chinese characters."""
    if not 1 <= len(value) <= 64:
        raise OptionError(option, f"{shown(value)} has {len(value)} characters; a name has 1 to 64")
    if not re.match(_NAME, value):
        raise OptionError(option, f"{value!r} may hold only letters, digits, - and _ (and Chinese characters)")
    if forbidden_prefix and value.startswith(forbidden_prefix):
        raise OptionError(option, f"{value!r} must not start with {forbidden_prefix!r}, which the service keeps")
    return value


def check_native_name(option: str, value: str) -> str:
    """A name for the OpenStack form: at most 255 visible characters; the service judges the rest."""
    if not 1 <= len(value) <= 255:
        raise OptionError(option, f"{value[:40]!r} has {len(value)} characters; a name has 1 to 255")
    if re.search(_CONTROL, value):
        raise OptionError(option, f"{shown(value)} has a line end or another control character")
    if not value.strip():
        raise OptionError(option, f"{shown(value)} has nothing but blanks")
    return value


def check_reference(option: str, value: str) -> str:
    """A name or ID that is looked up: any text without control characters, and not blanks alone."""
    if not value.strip() or len(value) > 255 or re.search(_CONTROL, value):
        raise OptionError(option, f"{shown(value)} is no name or ID (1 to 255 characters, no line ends)")
    return value


def check_description(option: str, value: str, limit: int, *, native: bool = False) -> str:
    """A description: at most C(limit) characters, in VBS's own form no ``<`` or ``>``; else the service judges."""
    if len(value) > limit:
        raise OptionError(option, f"has {len(value)} characters; at most {limit} are allowed")
    if not native and ("<" in value or ">" in value):
        raise OptionError(option, "must not hold < or >")
    if re.search(_SURROGATE, value):
        raise OptionError(option, "has half of a surrogate pair, which is no character")
    return value


def check_range(option: str, value: int | None, low: int, high: int) -> None:
    """A whole number within its limits; None is not given."""
    if value is not None and not low <= value <= high:
        raise OptionError(option, f"{value} is not from {low} to {high}")


def check_limit(option: str, value: int | None) -> None:
    """The most objects that are wanted: at least one; None is all."""
    if value is not None and value < 1:
        raise OptionError(option, f"{value} is not at least 1")
    check_range(option, value, 1, _MOST_ROWS)


def check_tags(option: str, tags: Mapping[t.Any, t.Any]) -> dict[str, str]:
    """Tags as texts. Numbers become texts; what YAML may have changed on the way is refused."""
    checked: dict[str, str] = {}
    for key, value in tags.items():
        name, text = str(key), _tag_value(option, str(key), value)
        if not 1 <= len(name) <= 36 or re.search(_NOT_IN_TAGS, name):
            raise OptionError(
                option, f"the key {name[:60]!r} must have 1 to 36 characters and none of = * < > \\ , | /"
            )
        if len(text) > 43 or re.search(_NOT_IN_TAGS, text):
            raise OptionError(
                option, f"the value of {name!r} must have at most 43 characters and none of = * < > \\ , | /"
            )
        checked[name] = text
    check_tag_count(option, len(checked))
    return checked


def check_unwanted_tags(option: str, tags: Mapping[t.Any, t.Any]) -> dict[str, str | None]:
    """Tags to remove, as texts: any number, with wider limits (F §6.9). A value of null is any value."""
    checked: dict[str, str | None] = {}
    for key, value in tags.items():
        name, text = str(key), None if value is None else _tag_value(option, str(key), value)
        _check_wide_tag(option, name, text or "")
        checked[name] = text
    return checked


def check_tag_condition(option: str, key: str, values: Sequence[t.Any]) -> list[str]:
    """The values of a tag that is searched for, as texts: one to ten different ones (F §6.9)."""
    if not 1 <= len(values) <= MAX_TAGS or len({str(value) for value in values}) < len(values):
        raise OptionError(option, f"{shown(key)} needs 1 to 10 different values")
    texts = []
    for value in values:
        if isinstance(value, (bool, float)) or not isinstance(value, (str, int)):
            raise OptionError(option, f"a value of {shown(key)} is not a text; put it in quotes")
        texts.append(str(value))
        _check_wide_tag(option, key, texts[-1])
    return texts


def check_tag_count(option: str, count: int) -> None:
    """At most ten tags on one thing."""
    if count > MAX_TAGS:
        raise OptionError(option, f"there would be {count} tags; the service allows {MAX_TAGS}")


def check_duration(option: str, value: str | None) -> int | None:
    """Seconds from one whole number with s, m, h, d or w; None is not given."""
    if value is None:
        return None
    match = re.match(_DURATION, value)
    if not match:
        raise OptionError(option, f"{shown(value)} is not one whole number with s, m, h, d or w, such as 26h")
    return int(match.group(1)) * _SECONDS[match.group(2)]


def check_wait(options: Mapping[str, t.Any]) -> None:
    """The waiting options are positive, and at most a year."""
    for name in ("wait_timeout", "wait_interval"):
        if options[name] < 1:
            raise OptionError(name, f"{options[name]} is not at least 1 second")
        check_range(name, options[name], 1, _LONGEST)


def _check_wide_tag(option: str, key: str, value: str) -> None:
    """What tags that exist may have at most, whoever set them."""
    if not 1 <= len(key) <= 127 or len(value) > 255 or re.search(_CONTROL, key + value):
        raise OptionError(
            option,
            f"{key[:60]!r} must have 1 to 127 characters, its value at most 255, and neither a control character",
        )


def _tag_value(option: str, key: str, value: t.Any) -> str:
    if isinstance(value, (bool, float)) or not isinstance(value, (str, int)):
        raise OptionError(option, f"the value of {shown(key)} is {_kind(value)}, not a text; put it in quotes")
    return str(value)


def _kind(value: t.Any) -> str:
    if value is None:
        return "null"
    return {bool: "a boolean", float: "a decimal number", dict: "a dictionary", list: "a list"}.get(
        type(value), type(value).__name__
    )
