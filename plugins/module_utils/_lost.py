# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creating calls whose answer was lost: look for what was asked for before sending again (architecture.md, Retries)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    BackupError,
    LostAnswerError,
    TransportError,
    UncertainError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import Waiter, WaitOptions

# For how many seconds it is looked for.
PATIENCE = 60
# For what is there at once, so that nothing else is waited for.
LOOK = WaitOptions(wait=True, timeout=PATIENCE, interval=1)
_LOOK_FIRST = "look first, then run the task again"


@dataclass(frozen=True)
class Creation:
    """How to create one thing, and how to find it again.

    :param send: the creating call; gives the ID of what it made or started.
    :param find: what is there now, was not there before and is what was asked for; None if nothing is. Raises
        where more than one is.
    :param is_same: whether a refusal of the second try means that the first was done after all.
    :param is_busy: whether the service shows that it is at work on it, though there is nothing to find yet.
    :param may_repeat: whether it may be sent once more if nothing was found. What overwrites data may not.
    :param how_to_look: for the message when nobody can say whether it was done.
    """

    send: Callable[[], str]
    find: Callable[[], JsonObject | None]
    how_to_look: str
    is_same: Callable[[ApiError], bool] = lambda _error: False
    is_busy: Callable[[], bool] = lambda: False
    may_repeat: bool = True


def create_once(creation: Creation, *, options: WaitOptions, clock: Clock) -> tuple[str | None, JsonObject | None]:
    """The call's answer, or what was found again after its answer was lost. Never sends a third time.

    :raises UncertainError: the answer was lost twice and nothing was found.
    """
    lost: BackupError
    try:
        return creation.send(), None
    except LostAnswerError as error:
        lost = error
    found = _look(creation, lost, options, clock)
    if found is None and creation.may_repeat:
        try:
            return creation.send(), None
        except (LostAnswerError, TransportError) as error:
            # That the second was not sent says nothing of the first.
            lost = error
        except ApiError as error:
            if not creation.is_same(error):
                raise
        found = _look(creation, lost, options, clock)
    if found is not None:
        return None, found
    raise uncertain(lost, creation.how_to_look, may_repeat=creation.may_repeat)


def uncertain(lost: BackupError, how_to_look: str, *, may_repeat: bool = True) -> UncertainError:
    """The error of a creating call that left no trace."""
    return UncertainError(
        f"{lost.message}. It is uncertain whether it was done: no trace was found within {PATIENCE} s"
        f"{', twice' if may_repeat else ', and it is never sent twice'}."
        f" {how_to_look}",
        code=lost.code,
        http_status=lost.http_status,
        request_id=lost.request_id,
        advice=_LOOK_FIRST,
    )


def _look(creation: Creation, lost: BackupError, options: WaitOptions, clock: Clock) -> JsonObject | None:
    """Look for a minute at the wait's pace; as long as the wait, if any, where the service shows that it is at work."""
    limit = max(options.timeout, PATIENCE) if options.wait else PATIENCE
    # Not cut short by the end of a call: what is not known yet cannot be handed over.
    clock = clock._replace(ends_at=None)
    waiter = Waiter(WaitOptions(wait=True, timeout=limit, interval=options.interval), clock)
    while True:
        found = _try_to_find(creation, lost, waiter)
        if found is not None or waiter.is_over:
            return found
        if waiter.age >= PATIENCE and not _is_busy(creation, lost):
            return None
        # Not past the minute by more than is needed, so that the second try does not come late.
        waiter.pause(limit=PATIENCE - waiter.age if waiter.age < PATIENCE else None)


def _is_busy(creation: Creation, lost: BackupError) -> bool:
    try:
        return creation.is_busy()
    except BackupError as error:
        raise still_unknown(lost, error, creation.how_to_look) from None


def _try_to_find(creation: Creation, lost: BackupError, waiter: Waiter) -> JsonObject | None:
    try:
        return creation.find()
    except (AnswerError, ApiError, TransportError) as error:
        # The fault that lost the answer may still be there; within the minute it may pass, as may a proxy's own page.
        may_pass = error.retryable or isinstance(error, AnswerError)
        if not may_pass or waiter.age >= PATIENCE:
            raise still_unknown(lost, error, creation.how_to_look) from None
        return None


def still_unknown(lost: BackupError, error: BackupError, how_to_look: str) -> UncertainError:
    """The error of a creating call where looking for what it did failed too."""
    return UncertainError(
        f"{lost.message}. It is uncertain whether it was done: looking for it failed too: {error.message}."
        f" {how_to_look}",
        code=error.code,
        http_status=error.http_status,
        request_id=error.request_id,
        advice=_LOOK_FIRST,
    )
