# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From bytes to a checked answer: JSON, the time the service says it is, and every error body's shape (F §3.3)."""

from __future__ import annotations

import json
import math
import re
import typing as t
from collections.abc import Mapping
from datetime import timezone
from email.utils import parsedate_to_datetime

from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import AnswerError, ApiError
from ansible_collections.huaweicloud.backup.plugins.module_utils._secrets import Secrets
from ansible_collections.huaweicloud.backup.plugins.module_utils._text import printable

JsonObject = dict[str, t.Any]

_ID_HEADERS = ("X-Request-Id", "X-Openstack-Request-Id", "X-Compute-Request-Id")
# Services behind the gateway have codes of nine digits (F §2.4).
_STATUS = r"[0-9]{3}($|[^0-9])"
_TEXT_LIMIT = 300
_CODE_LIMIT = 80
_RETRY_AFTER_LIMIT = 60.0
# Of an error's answer nothing is of use but some texts.
_ERROR_LIMIT = 256 * 1024
# What an answer may become in memory. The bytes that a text takes for each character, twice because parts of it are
# made of it, and what a value takes beside its text at worst; the largest real page comes to some 40 MB.
_MEMORY_LIMIT = 128 * 1024 * 1024
_WIDE = 4
_VALUE = 150
_SURROGATE = rb"\\u[dD][89a-fA-F]"


class Answer(t.NamedTuple):
    """A good answer. ``body`` is None where there was none (204, 202); ``date`` is seconds since 1970 or None.

    ``size`` is that of the body, in bytes.
    """

    status: int
    body: JsonObject | None
    headers: Mapping[str, str]
    date: float | None
    request_id: str | None
    size: int = 0


def read_answer(
    what: str, status: int, headers: Mapping[str, str], content: bytes, secrets: Secrets | None = None
) -> Answer:
    """Check one answer.

    :param what: what was tried, for messages, such as C(GET /v2/.../backups).
    :param secrets: what the answer may repeat, but no message may.
    :raises ApiError: any status from 300 up.
    :raises AnswerError: a good status with a body that is not a JSON object.
    """
    secrets = Secrets(lambda _secret: None) if secrets is None else secrets
    # Hidden here, because what is shown of it may be shortened.
    request_id = next((secrets.hide(headers[name]) for name in _ID_HEADERS if headers.get(name)), None)
    date = _date(headers.get("Date"))
    if status >= 300:
        raise _api_error(what, status, headers, content, date, request_id, secrets)
    body: JsonObject | None = None
    if _memory(content) > _MEMORY_LIMIT:
        raise AnswerError(f"{what}: HTTP {status}, but reading the answer would take too much memory")
    if content.strip():
        decoded = _decode(content)
        if not isinstance(decoded, dict) or _has_half_pairs(content, decoded):
            raise AnswerError(
                f"{what}: HTTP {status}, but the body is not a JSON object: {_excerpt(content, secrets)}",
                http_status=status,
                request_id=request_id,
                advice="check that the address is the service's own and no proxy answers in its place",
            )
        body = decoded
    return Answer(status, body, headers, date, request_id, len(content))


def _decode(content: bytes) -> t.Any:
    try:
        return parse(content.decode("utf-8"))
    except ValueError:
        return None


def parse(text: str) -> t.Any:
    """A JSON text's value, without what Python alone takes for JSON; None where it has none.

    A service hides such texts in its answers' texts too.
    """
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return None


def _has_half_pairs(content: bytes, decoded: t.Any) -> bool:
    """Whether there is half of a surrogate pair, which is no character, and which nothing could send."""
    if not re.search(_SURROGATE, content):
        return False
    try:
        json.dumps(decoded, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _refuse(constant: str) -> t.NoReturn:
    # Python reads and writes NaN and Infinity, which are no JSON.
    raise ValueError(constant)


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refuse(text)


def _memory(content: bytes) -> int:
    """The most that an answer takes once it is read, in bytes."""
    values = sum(map(content.count, (b"[", b"{", b",", b":")))
    width = 1 if content.isascii() and b"\\u" not in content else _WIDE
    return 2 * width * len(content) + _VALUE * values


def _api_error(
    what: str,
    status: int,
    headers: Mapping[str, str],
    content: bytes,
    date: float | None,
    request_id: str | None,
    secrets: Secrets,
) -> ApiError:
    body = _decode(content) if len(content) <= _ERROR_LIMIT else None
    code, text, wrapper, named_id = _error_parts(body, secrets)
    if text is None and status >= 300:
        text = _excerpt(content, secrets) if content.strip() else None
    return ApiError(
        what,
        status=status,
        code=code,
        text=text,
        wrapper=wrapper,
        request_id=named_id or request_id,
        retry_after=_retry_after(headers.get("Retry-After"), date),
    )


def _error_parts(
    body: t.Any, secrets: Secrets, depth: int = 3
) -> tuple[str | None, str | None, str | None, str | None]:
    """Code, message, wrapper and request ID from any of the shapes of F §3.3, flat ones first."""
    if not isinstance(body, dict) or not depth:
        return None, None, None, None
    named_id = secrets.hide(body["request_id"]) if isinstance(body.get("request_id"), str) else None
    if "error_code" in body or "error_msg" in body:
        return _code(body.get("error_code"), secrets), _message(body.get("error_msg"), secrets), None, named_id
    if {"code", "message"} & set(body) and not isinstance(body.get("message"), dict):
        return _code(body.get("code"), secrets), _message(body.get("message"), secrets), None, named_id
    for wrapper, inner in body.items():
        if isinstance(inner, dict):
            code, text, _inner, inner_id = _error_parts(inner, secrets, depth - 1)
            if code or text:
                return code, text, str(wrapper), named_id or inner_id
    return None, None, None, named_id


def _code(value: t.Any, secrets: Secrets) -> str | None:
    """A service's own code; a number, or text such as C(404 Not Found), only repeats the HTTP status."""
    # A secret that is as short as a code, or part of every code, is Ansible's to hide; here codes are told apart.
    code = _clean(secrets.hide(value) if len(value) > _CODE_LIMIT else value) if isinstance(value, str) else ""
    code = code[:_CODE_LIMIT]
    return None if not code or re.match(_STATUS, code) else code


def _message(value: t.Any, secrets: Secrets) -> str | None:
    return _clean(secrets.hide(value).strip().rstrip(".")) if isinstance(value, str) and value.strip() else None


def _clean(text: str) -> str:
    # Twice the limit, because blanks in a row become one.
    short = " ".join(printable(text, 2 * _TEXT_LIMIT).split())
    return printable(short, _TEXT_LIMIT)


def _excerpt(content: bytes, secrets: Secrets) -> str:
    # Secrets first: one that is cut in two is no longer found.
    return _clean(secrets.hide_bytes(content)[: 4 * _TEXT_LIMIT].decode("utf-8", "replace"))


def _date(value: str | None) -> float | None:
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
        # "-0000" and no zone at all are UTC, not this machine's own time.
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def _retry_after(value: str | None, date: float | None) -> float | None:
    """Seconds to wait, from 0 to 60; a date counts from the answer's own C(Date), not from this machine's clock."""
    if not value:
        return None
    try:
        seconds = float(min(int(value.strip()), int(_RETRY_AFTER_LIMIT)))
    except ValueError:
        until = _date(value)
        if until is None:
            return None
        seconds = until - date if date is not None else _RETRY_AFTER_LIMIT
    return min(max(seconds, 0.0), _RETRY_AFTER_LIMIT)
