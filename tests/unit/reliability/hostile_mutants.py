# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real answers of the simulator with one thing wrong in one of them."""

from __future__ import annotations

import json
import random
import re
import typing as t
from collections.abc import Iterator
from dataclasses import dataclass

from requests import PreparedRequest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud
from ansible_collections.huaweicloud.backup.tests.unit.reliability.hostile_days import Day

Path = tuple[t.Any, ...]


def _deep(value: t.Any) -> t.Any:
    for _level in range(900):
        value = [value]
    return value


# Calls of which each makes something new.
CREATING = re.compile(r"/(cloudbackups|backups|restore|backuppolicy|checkpoints|os-vendor-backup-sharing)$")
STARTING = re.compile(r"/backuppolicy/[^/]+/action$")
# What takes the value's place; the value itself is handed in.
WRONG: dict[str, t.Callable[[t.Any], t.Any]] = {
    "null": lambda _value: None,
    "empty": lambda _value: "",
    "text": lambda _value: "something else",
    "controls": lambda _value: "\x1b[2J\x1b]0;owned\x07\r\nforged: line\x9b31m\u202e",
    "long": lambda _value: "x" * 50_000,
    "path": lambda _value: "../../v3/auth/tokens?x=1#",
    "address": lambda _value: "http://[bad",
    "half a pair": lambda _value: "\ud800",
    "negative": lambda _value: -1,
    "zero": lambda _value: 0,
    "huge": lambda _value: 10**400,
    "fraction": lambda _value: 1.5,
    "true": lambda _value: True,
    "no list": lambda _value: {"0": {"id": None}},
    "empty list": lambda _value: [],
    "list of null": lambda _value: [None],
    "list of it": lambda value: [value],
    "twice": lambda value: [*value, *value] if isinstance(value, list) else [value, value],
    "empty object": lambda _value: {},
    "object of it": lambda value: {"id": value},
    "deep": _deep,
    "not a number": lambda _value: float("nan"),
    "infinite": lambda _value: float("inf"),
}
REMOVED = "removed"


@dataclass(frozen=True)
class Mutant:
    """Where what is wrong: in answer ``number``, or from it on in all answers to the same request."""

    number: int
    path: Path
    wrong: str
    stays: bool

    def apply(self, body: t.Any) -> t.Any:
        """The body with it; as it is where there is no such place."""
        if not self.path:
            return body if self.wrong == REMOVED else WRONG[self.wrong](body)
        *above, last = self.path
        holder = body
        try:
            for step in above:
                holder = holder[step]
            if self.wrong == REMOVED:
                del holder[last]
            else:
                holder[last] = WRONG[self.wrong](holder[last])
        except (LookupError, TypeError):
            pass
        return body


class HostileCloud(Cloud):
    """A cloud that keeps the answers it gave, and gets one of them wrong."""

    mutant: Mutant | None = None

    def __init__(self, *given: t.Any) -> None:
        super().__init__(*given)
        self.answers: list[tuple[str, t.Any]] = []
        self.tampered = 0

    async def _exchange(self, request: PreparedRequest, timeout: float) -> list[dict[str, t.Any]]:
        messages = await super()._exchange(request, timeout)
        body = _json(messages)
        key = f"{request.method} {request.path_url}"
        self.answers.append((key, body))
        mutant, number = self.mutant, len(self.answers) - 1
        if mutant is None or body is None or number < mutant.number:
            return messages
        if number == mutant.number or (mutant.stays and key == self.answers[mutant.number][0]):
            self.tampered += 1
            return _with(messages, json.dumps(mutant.apply(json.loads(json.dumps(body)))).encode())
        return messages


def _json(messages: list[dict[str, t.Any]]) -> t.Any:
    content = b"".join(message.get("body", b"") for message in messages[1:])
    return json.loads(content) if content.startswith((b"{", b"[")) else None


def _with(messages: list[dict[str, t.Any]], content: bytes) -> list[dict[str, t.Any]]:
    headers = [(name, value) for name, value in messages[0]["headers"] if name.lower() != b"content-length"]
    return [{**messages[0], "headers": headers}, {"type": "http.response.body", "body": content}]


def usual(day: Day) -> tuple[Result, list[t.Any]]:
    """The day as it goes when nothing is wrong, and the bodies of its answers."""
    cloud = t.cast("HostileCloud", day.cloud(HostileCloud))
    try:
        result = cloud.run(day.module, day.options)
        assert not result.failed, result["msg"]
        return result, [body for _key, body in cloud.answers]
    finally:
        cloud.close()


def mutants(bodies: list[t.Any], most: int, seed: str) -> list[Mutant]:
    """Some of all that can be wrong, the same ones each time: every place once before any comes again."""
    chance = random.Random(seed)
    by_place = [_at(number, path, value, chance) for number, body in enumerate(bodies) for path, value in _places(body)]
    chosen: list[Mutant] = []
    while len(chosen) < most and by_place:
        chance.shuffle(by_place)
        chosen += [place.pop() for place in by_place]
        by_place = [place for place in by_place if place]
    return chosen[:most]


def _at(number: int, path: Path, value: t.Any, chance: random.Random) -> list[Mutant]:
    names = [*WRONG, REMOVED] if path else list(WRONG)
    made = [Mutant(number, path, name, chance.random() < 0.3) for name in names]
    chance.shuffle(made)
    return made


def _places(value: t.Any, path: Path = ()) -> Iterator[tuple[Path, t.Any]]:
    if value is None and not path:
        return
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _places(inner, (*path, key))
    elif isinstance(value, list):
        # All rows are alike; the first and the last show what matters.
        for index in sorted({0, len(value) - 1}) if value else ():
            yield from _places(value[index], (*path, index))


def made_by(result: Result) -> list[str]:
    """The addresses of the calls of a run of which each makes something new."""
    urls = [url.partition("?")[0] for method, url in result.writes if method == "POST"]
    return [url for url in urls if CREATING.search(url) or STARTING.search(url)]
