# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every exception of the collection, and the one way from an answer's code to what a person should do.

Everything below the runner raises one of these or of their kind; only the runner turns them into a result.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils._error_classes import (
    AUTH,
    CONFLICT,
    NOT_FOUND,
    PARAMETER,
    QUOTA,
    TRANSIENT,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._text import printable

if t.TYPE_CHECKING:  # pragma: no cover
    from ansible_collections.huaweicloud.backup.plugins.module_utils._error_table import Row

CBR_ADVICE = (
    "VBS and CSBS are closed to new projects and gone from some clouds; their successor is"
    " Cloud Backup and Recovery (CBR). Check region, project_id and endpoints, or ask your provider"
)

# Any of these may quote what the service said, at whatever length.
_LONGEST = 8000
_LONGEST_ID = 200

_CLASS_BY_STATUS = {
    401: AUTH,
    403: AUTH,
    404: NOT_FOUND,
    408: TRANSIENT,
    409: CONFLICT,
    413: QUOTA,
    429: TRANSIENT,
    500: TRANSIENT,
    502: TRANSIENT,
    503: TRANSIENT,
    504: TRANSIENT,
}
_ADVICE_BY_CLASS = {
    TRANSIENT: "try again later; if it stays, give the request ID to the provider's support",
    CONFLICT: "wait until the resource is free, then run the task again",
    QUOTA: "raise the quota or delete what is no longer needed",
    PARAMETER: "correct the options named in the message",
    AUTH: "check the credentials, their rights and the project",
    NOT_FOUND: "check the ID or name, the project and the region",
}


class BackupError(Exception):
    """Base of all: a message for people and the parts of the result's C(error) for playbooks."""

    # Whether a request with this end, or one of its tries before, may have been carried out all the same.
    may_be_done = False
    # What to do next, where the error itself knows nothing better.
    usual_advice = "look at the service's console, then run the task again"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        http_status: int | None = None,
        request_id: str | None = None,
        advice: str | None = None,
        retryable: bool = False,
        results: Mapping[str, t.Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.http_status = http_status
        self.request_id = request_id
        self.advice = advice or self.usual_advice
        self.retryable = retryable
        # What was reached before the failure; handed to the user beside the message, never lost.
        self.results: dict[str, t.Any] = dict(results or {})

    def as_result(self) -> dict[str, t.Any]:
        """The result's C(error): code, message, http_status, request_id, advice, retryable."""
        return {
            "code": None if self.code is None else printable(self.code, _LONGEST_ID),
            "message": printable(self.message, _LONGEST),
            "http_status": self.http_status,
            "request_id": None if self.request_id is None else printable(self.request_id, _LONGEST_ID),
            "advice": self.advice,
            "retryable": self.retryable,
        }


def saved_error(error: BackupError) -> dict[str, t.Any]:
    """The parts of an error that another can be made of, also in the next call of the module; not its results."""
    names = ("message", "code", "http_status", "request_id", "advice", "retryable")
    return {name: getattr(error, name) for name in names}


class OptionError(BackupError):
    """Input that is refused before anything is sent; the message starts with the option's name."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(f"{option}: {message}", advice=f"correct the option {option}")
        self.option = option


class AnswerError(BackupError):
    """An answer that cannot be used: not JSON, the wrong type, too large, or a list without end."""

    usual_advice = (
        "check that the address is the service's own; if it is, give the request ID to the provider's support"
    )


class TransportError(BackupError):
    """No answer came. ``sent`` is false only where it is proved that the request never left."""

    def __init__(self, message: str, *, sent: bool, retryable: bool = True, advice: str | None = None) -> None:
        super().__init__(message, retryable=retryable, advice=advice or "check the network, the proxy and the address")
        self.sent = sent


class CausedError(BackupError):
    """An error with all that its cause says, of a kind that callers tell apart."""

    def __init__(self, cause: BackupError, *, retryable: bool) -> None:
        super().__init__(
            cause.message,
            code=cause.code,
            http_status=cause.http_status,
            request_id=cause.request_id,
            advice=cause.advice,
            retryable=retryable,
        )


class LostAnswerError(CausedError):
    """A creating call whose outcome is unknown: it may or may not have been done.

    Whoever sent it looks for what it asked for; nothing below repeats it.
    """

    def __init__(self, cause: BackupError) -> None:
        super().__init__(cause, retryable=True)


class UncertainError(BackupError):
    """A creating call of which nobody can say whether it was done."""


class ApiError(BackupError):
    """A refusal by the service (F §3.3, §13)."""

    def __init__(
        self,
        what: str,
        *,
        status: int,
        code: str | None = None,
        text: str | None = None,
        wrapper: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        row = table_row(code, status)
        self.kind = row.kind if row else _CLASS_BY_STATUS.get(status, PARAMETER if status < 500 else TRANSIENT)
        # The native forms' outer key, such as itemNotFound; it tells a missing object from an unknown path.
        self.wrapper = wrapper
        self.retry_after = retry_after
        self.text = text or (row.meaning if row else None) or "no reason given"
        label = f"{code}, HTTP {status}" if code else f"HTTP {status}"
        super().__init__(
            f"{what}: {self.text} ({label})",
            code=code,
            http_status=status,
            request_id=request_id,
            advice=(row.advice if row else None) or _ADVICE_BY_CLASS[self.kind],
            retryable=self.kind in (TRANSIENT, CONFLICT),
        )

    @property
    def missing_object(self) -> bool:
        """The object is gone or was never there, said by the service itself, not by a router."""
        return self.kind == NOT_FOUND and not self.unknown_path

    @property
    def unknown_path(self) -> bool:
        """The path is not served here: a gateway's or router's 404, not an object's (F §3.4, openstack.md)."""
        if self.code is not None:
            return self.code.startswith("APIG") and self.code.endswith((".0101", ".0103"))
        return self.http_status == 404 and self.wrapper != "itemNotFound"

    @property
    def token_is_dead(self) -> bool:
        """A 401 that a new token can cure; a missing right or a wrong signature cannot be cured so."""
        code = (self.code or "").replace("APIG.", "APIGW.")
        return self.http_status == 401 and self.kind == AUTH and code not in _NOT_CURED_BY_A_TOKEN


class ServiceMissingError(BackupError):
    """The cloud does not offer the service (any longer): F §1."""

    def __init__(self, message: str, *, cause: BackupError | None = None) -> None:
        super().__init__(
            message,
            code=cause.code if cause else None,
            http_status=cause.http_status if cause else None,
            request_id=cause.request_id if cause else None,
            advice=CBR_ADVICE,
        )


class JobFailedError(BackupError):
    """A job, backup or task that ended badly; its code comes from the same table as a refusal's."""

    def __init__(
        self, what: str, *, code: str | None, reason: str | None, results: Mapping[str, t.Any] | None = None
    ) -> None:
        row = table_row(code)
        kind = row.kind if row else None
        text = reason or (row.meaning if row else None) or "the service gave no reason"
        super().__init__(
            f"{what}: {text}" + (f" ({code})" if code else ""),
            code=code,
            advice=(row.advice if row else None) or "look at the job and the backup in the console, then try again",
            retryable=kind in (TRANSIENT, CONFLICT),
            results=results,
        )


class WaitTimeoutError(BackupError):
    """The wait's limit was reached; what was waited for may still be going on."""

    def __init__(self, message: str, *, results: Mapping[str, t.Any] | None = None) -> None:
        super().__init__(
            message,
            advice="run the same task again to go on waiting, or raise wait_timeout",
            retryable=True,
            results=results,
        )


# 401 codes that are about rights or another way of signing in (F §2.4, §3.4, §13.1).
_NOT_CURED_BY_A_TOKEN = frozenset(
    (
        "APIGW.0303",
        "APIGW.0305",
        "APIGW.0311",
        "AutoBackup.0005",
        "EPS.0003",
        "IAM.0061",
        "IAM.0064",
        "VolumeBackup.0041",
    )
)


def table_row(code: str | None, status: int | None = None) -> Row | None:
    """The table's row of a code."""
    if code is None:
        return None
    # The largest file of all, and a task that goes well never needs it: it is compiled anew for each task.
    from ansible_collections.huaweicloud.backup.plugins.module_utils._error_table import find  # noqa: PLC0415

    return find(code, status)
