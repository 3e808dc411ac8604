# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run from its beginning to its end: the play in bad weather, what it left behind, and the same play again."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import output_promises, state_promises
from .cloud import Cloud
from .draw import KILL, PATIENT, TWO, Draw, Kill
from .evidence import Evidence, secrets_of
from .playbook import MARKER, credentials, environment, write_playbook
from .processes import Ended, Process
from .results import passes, read_results
from .weather import LATE_SECONDS

JsonObject = dict[str, Any]

PACE = 0.03


@dataclass
class Run:
    """One run while it goes on."""

    drawn: Draw
    cloud: Cloud
    directory: Path
    evidence: Evidence = field(default_factory=Evidence)
    before: JsonObject = field(default_factory=dict)
    started: int = 0
    token: str = ""

    def go(self) -> Evidence:
        """Do all of it; what was found is the evidence."""
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        drawn, cloud, evidence = self.drawn, self.cloud, self.evidence
        begin = time.monotonic()
        cloud.reset(drawn.settings, drawn.play.seeds)
        self.before = cloud.state()
        endings = self._in_bad_weather()
        for ended in endings:
            self._judge_output(ended, drawn.weather.kinds | ({"conflict"} if drawn.kind == TWO else set()))
        evidence.first = self._first(endings)
        self._judge_state(endings, converged=evidence.first == "converged")
        if not evidence.hangs:
            self._pause(endings)
            self._again()
        evidence.requests = len(cloud.requests())
        evidence.made = state_promises.creations(cloud.requests())
        evidence.seconds = time.monotonic() - begin
        if not evidence.problems:
            shutil.rmtree(self.directory)
        return evidence

    def _start(self, name: str, options: JsonObject, times: int = 1) -> Process:
        """Start the play with these connection options; so many passes of it, one after the other."""
        drawn, url = self.drawn, self.cloud.url
        signed_in = credentials(drawn, url, self.token)
        self.evidence.secrets |= secrets_of(signed_in)
        file, home = self.directory / f"{name}.yml", self.directory / "home"
        home.mkdir(exist_ok=True)
        write_playbook(drawn, options, signed_in, file)
        # The address tells this run's processes from those of the others.
        marker = f"{self.cloud.url}/{drawn.seed}/{drawn.label}/{name}"
        env = environment(drawn, signed_in, url, home, marker)
        assert env[MARKER] == marker
        return Process([file] * times, env, self.directory / f"{name}.log")

    def _in_bad_weather(self) -> list[Ended]:
        drawn, cloud = self.drawn, self.cloud
        self._sign_in()
        cloud.set_faults(drawn.weather.rules(drawn.options["api_timeout"]))
        if drawn.weather.rate_limit:
            cloud.change(rate_limit_per_second=drawn.weather.rate_limit)
        try:
            if drawn.kind == KILL:
                return [self._killed(f"killed-{number}", kill) for number, kill in enumerate(drawn.kills, 1)]
            if drawn.kind == TWO:
                return self._two()
            return [self._through(self._start("first", drawn.options))]
        finally:
            fired = zip((gust.kind for gust in drawn.weather.gusts), cloud.fired())
            self.evidence.faults += Counter({kind: count for kind, count in fired if count})
            cloud.set_faults([])
            cloud.change(rate_limit_per_second=0)

    def _sign_in(self) -> None:
        """For those who bring a token: a fresh one, for it is never renewed."""
        self.token = self.cloud.token() if self.drawn.sign_in.method == "token" else ""
        self.started = self.cloud.last_request()

    def _through(self, process: Process) -> Ended:
        """Let it run to its end, and end its tokens at the moments that were drawn."""
        for moment, revoke in self.drawn.weather.token_ends:
            while process.is_running and process.age < moment:
                time.sleep(PACE)
            if process.is_running:
                self.evidence.faults["token-ended"] += self.cloud.end_tokens(revoke=revoke)
        return process.wait(self.drawn.limit())

    def _two(self) -> list[Ended]:
        first = self._start("one", self.drawn.options)
        time.sleep(self.drawn.stagger)
        second = self._start("other", self.drawn.options)
        return [self._through(first), self._through(second)]

    def _killed(self, name: str, kill: Kill) -> Ended:
        mark = self.cloud.last_request() + kill.after_requests
        process = self._start(name, self.drawn.options)
        while process.is_running and kill.after_requests and not self.cloud.requests(mark - 1):
            time.sleep(PACE)
        end = process.age + kill.seconds
        while process.is_running and process.age < end:
            time.sleep(PACE)
        if not process.is_running:
            return process.wait(self.drawn.limit())
        self.evidence.killed += 1
        return process.kill()

    def _first(self, endings: Sequence[Ended]) -> str:
        """How it went at first, in a word."""
        if any(ended.hung for ended in endings):
            return "hung"
        if any(ended.returncode < 0 for ended in endings):
            return "killed"
        return "failed" if any(ended.returncode for ended in endings) else "converged"

    def _pause(self, endings: Sequence[Ended]) -> None:
        """What a person does before the same play is run again: nothing, unless the message says to look first."""
        results = [one for ended in endings for one in read_results(ended.output)]
        self.evidence.uncertain = output_promises.is_uncertain(results)
        if self.evidence.uncertain or self.drawn.is_action:
            if self.drawn.weather.loses_answers:
                # What the service still does for a client that is gone.
                time.sleep(self.drawn.options["api_timeout"] + LATE_SECONDS)
            if not self.cloud.wait_until_quiet():
                self.evidence.add("harness", "the simulator did not come to rest")
            self.cloud.repair()
        for ids in self.evidence.conflicts:
            for one in ids[1:]:
                kind = next(kind for kind in ("backups", "policies", "shares") if self._is_there(kind, one))
                self.cloud.call("DELETE", f"/{kind}/{one}")

    def _is_there(self, kind: str, one: str) -> bool:
        return any(row["id"] == one for row in self.cloud.state()[kind])

    def _again(self) -> None:
        """The same play in good weather: it converges, and the pass after one that converged changes nothing."""
        drawn = self.drawn
        self._sign_in()
        is_done = self.evidence.first == "converged" and not self.evidence.conflicts
        self.evidence.conflicts = []
        times = 1 if is_done or drawn.is_action or not drawn.play.changes else 2
        ended = self._start("again", PATIENT, times).wait(drawn.limit(times))
        self.evidence.reruns += times
        self._judge_output(ended, ())
        if ended.returncode:
            self.evidence.add("rerun", f"the rerun ended with {ended.returncode}")
        self._judge_state([ended], converged=not ended.returncode)
        parts = [read_results(part) for part in passes(ended.output)]
        if not ended.returncode and len(parts) != times:
            self.evidence.add("harness", f"{len(parts)} passes instead of {times}")
        for part in () if drawn.is_action else parts if is_done else parts[1:]:
            changed = [one.task for one in part if one.status == "changed"]
            if changed:
                self.evidence.add("rerun", f"it had converged, and yet the next pass changed: {', '.join(changed)}")

    def _judge_output(self, ended: Ended, kinds: Sequence[str] | frozenset[str]) -> None:
        evidence, results = self.evidence, read_results(ended.output)
        evidence.secrets |= secrets_of({}, home=self.directory / "home")
        if ended.hung:
            evidence.add("hang", f"it did not end within {ended.seconds:.0f} s")
        for line in output_promises.tracebacks(ended.output):
            evidence.add("traceback", line)
        for line in output_promises.leaks(ended.output, evidence.secrets):
            evidence.add("leak", line)
        for line in output_promises.unexplained(results, kinds, self.drawn.play):
            evidence.add("message", line)
        for line in output_promises.wrong_counts(results, self.drawn.play):
            evidence.add("state", line)
        if not ended.returncode:
            for line in output_promises.unread([read_results(part) for part in passes(ended.output)], self.drawn.play):
                evidence.add("harness", line)
        if ended.returncode > 0 and not ended.hung and not any(one.failed for one in results):
            evidence.add("message", f"it ended with {ended.returncode}, but no task says why")

    def _judge_state(self, endings: Sequence[Ended], *, converged: bool) -> None:
        play, state, evidence = self.drawn.play, self.cloud.state(), self.evidence
        known = {row["id"] for kind in ("backups", "policies", "shares") for row in self.before[kind]}
        for what, ids in state_promises.duplicates(state, play, known).items():
            if self.drawn.kind == TWO and any(output_promises.named_together(one.output, ids) for one in endings):
                evidence.conflicts.append(ids)
                evidence.conflicts_named += 1
            else:
                evidence.add("duplicate", f"{what}: {', '.join(ids)}")
        for line in state_promises.orphans(state, play, known):
            evidence.add("orphan", line)
        for line in state_promises.harm(self.before, state, play):
            evidence.add("harm", line)
        for line in state_promises.done_twice(self.cloud.requests(self.started), play):
            evidence.add("duplicate", line)
        for line in state_promises.missing(state, play) if converged else ():
            evidence.add("state", line)
