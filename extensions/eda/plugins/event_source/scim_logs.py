# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Event source: what identity providers provision, from Cloudflare's SCIM log or from log files, as it happens."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import logging
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

# ansible-rulebook runs this file as a script that is part of nothing, so the folder with ansible_collections is not known yet.
# The path is not resolved: a link to the collection may be what stands there.
# ruff: noqa: E402
HOME = Path(__file__).absolute().parents[7]
if str(HOME) not in sys.path:
    sys.path.insert(0, str(HOME))
import ansible_collections

if isinstance(ansible_collections.__path__, list):
    # Others brought an ansible_collections that is a package with a file of its own, which hides all other folders.
    ansible_collections.__path__.insert(0, str(HOME / "ansible_collections"))

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.redaction import Redactor
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Clock
from ansible_collections.identityops.lifecycle.plugins.module_utils.cloudflare_options import (
    ACCESS,
    connect_account,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    InvalidInput,
    LifecycleError,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.bursts import MOST, burst
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.event import (
    STATUSES,
    chosen,
    shown,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.formats import FORMATS
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.selection import Selection
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.statuses import FAILURE
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.texts import inert
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.timestamps import spelled
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.cursor_file import CursorFile
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.streams import (
    CloudflareStream,
    FileStream,
    People,
    identity,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.options import positive, secrets_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.identityops.lifecycle.plugins.module_utils.client.cloudflare import (
        CloudflareAccount,
    )
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.bursts import Burst
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.event import Event
    from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.streams import Batch, Stream

DOCUMENTATION = r"""
---
short_description: Provisioning events, from Cloudflare or from log files
description:
  - Reads the log of what identity providers provision to Cloudflare Access over SCIM, or follows log files of connectors, and
    gives each entry as one event, in the shape that the lookup plugin P(identityops.lifecycle.scim_logs#lookup) has, too.
  - No event is lost. With O(feedback) and O(cursor_file) the position moves only when the rule engine has an event, so after a
    crash it is read again. An event may come twice; then it has the same C(meta.uuid).
  - An error (the network, a refusal, a line that nobody understands) ends nothing. It is logged, and the log is read again after
    a pause that doubles with each error, up to 15 minutes. Other providers and files are read meanwhile.
  - Only mistakes in these arguments end the rulebook, when it starts.
version_added: 1.0.0
author:
  - The identityops.lifecycle authors
options:
  source:
    description: Where to read.
    type: str
    choices: [cloudflare, file]
    default: cloudflare
  providers:
    description:
      - The identity providers of Access, by name or id; each is read for itself. Without any, all that have SCIM enabled are read together.
      - Only for O(source=cloudflare).
    type: list
    elements: str
    default: []
  path:
    description:
      - The files to follow; wildcards are allowed, and rotated files are read to their end.
      - Needed for O(source=file).
    type: list
    elements: str
    default: []
  format:
    description: What wrote the files. V(auto) recognizes it line by line.
    type: str
    choices: [auto, cloudflare, cloudflare_audit, scimgateway, entra, okta, ssosync, idp_scim_sync, windows, json, key_value]
    default: auto
  interval:
    description: Seconds between two reads. Cloudflare allows 1,200 requests in five minutes; a read takes two or three.
    type: float
    default: 60.0
  since:
    description:
      - Where to begin if O(cursor_file) does not know yet, as RFC 3339 or as in V(-2h). Without it, with what is written from now on.
    type: str
  overlap:
    description:
      - Cloudflare may show an entry later than its time says. So many seconds of the log are read again each time, and entries
        that were seen are left out.
    type: float
    default: 300.0
  cursor_file:
    description:
      - A file that remembers which events were dealt with. Only one source may use it.
      - Without it, each start begins at O(since).
    type: path
  feedback:
    description:
      - Move the position only when the rule engine has stored an event. Needs O(cursor_file), and C(--persistence-id) with a database.
      - ansible-rulebook looks at this before it replaces variables, so give V(true) itself and not a variable.
    type: bool
    default: false
  feedback_timeout:
    description: Give an event again when the rule engine has not acknowledged it for so many seconds.
    type: float
    default: 600.0
  status:
    description: Only events with one of these.
    type: list
    elements: str
    choices: [success, failure, skipped, warning, attempted, unknown]
    default: []
  action:
    description: Only events with one of these actions, such as V(user.create).
    type: list
    elements: str
    default: []
  resource_type:
    description: Only events about these.
    type: list
    elements: str
    choices: [User, Group]
    default: []
  user:
    description: Only events about these users, by name or shell pattern.
    type: list
    elements: str
    default: []
  user_file:
    description:
      - Only events about the people in this file, which has one name, shell pattern, external id or id of the service on each
        line, and comments after C(#) at the beginning or after a blank. It is read each time, so people may be added and removed.
        While nobody is in it, no event is given.
    type: path
  group:
    description: Only events about these groups, by name or shell pattern.
    type: list
    elements: str
    default: []
  fields:
    description: Which fields an event has, all that are known unless told. RV(ignore:raw) only if it is named here.
    type: list
    elements: str
    default: [all]
  report_errors:
    description:
      - Also give an event for each read that fails, with C(source_error) (what went wrong), C(stream) (where), C(failures) (how
        often in a row) and C(timestamp).
    type: bool
    default: false
  alarm_failures:
    description:
      - So many failures of one identity provider within O(alarm_within) are too many. Each event that failed then also has
        C(failures_within) (how many there are) and C(alarm), which is V(true) for the one that made them too many, and only for
        that one, until there are fewer again.
      - They are counted by the times in the log, and the count is in O(cursor_file). A C(throttle) of a rule counts by the time of
        reading, and forgets its count when ansible-rulebook ends.
      - With O(report_errors), also for as many reads in a row that fail.
    type: int
  alarm_within:
    description: Seconds, see O(alarm_failures).
    type: float
    default: 600.0
  account_id:
    description: The id of the Cloudflare account, else E(CLOUDFLARE_ACCOUNT_ID). Needed for O(source=cloudflare).
    type: str
  api_token:
    description:
      - "An API token with the permission C(Access: SCIM Logs Read), and, unless O(providers) are ids, the one to read identity
        providers. Else E(CLOUDFLARE_API_TOKEN), where it is better kept than in a rulebook."
    type: str
  api_key:
    description: The global API key of a user, the older way, beside O(api_email), else E(CLOUDFLARE_API_KEY).
    type: str
  api_email:
    description: The e-mail address of the user to whom O(api_key) belongs, else E(CLOUDFLARE_EMAIL).
    type: str
  base_url:
    description: Where Cloudflare's API is, else E(CLOUDFLARE_BASE_URL).
    type: str
    default: https://api.cloudflare.com/client/v4
  ca_file:
    description: File with the certificate authorities to trust, in PEM, else E(CLOUDFLARE_CA_FILE).
    type: path
  skip_tls_verify:
    description: Do not verify the certificate, for rehearsals only, else E(CLOUDFLARE_SKIP_TLS_VERIFY).
    type: bool
    default: false
  timeout:
    description: Seconds to wait for a connection and for each answer, else E(CLOUDFLARE_TIMEOUT).
    type: float
    default: 30.0
  time_budget:
    description:
      - Seconds that one read may take, waiting for the rate limit included, else E(CLOUDFLARE_TIME_BUDGET). What takes longer is
        read again after a pause.
    type: float
    default: 60.0
  rate_file:
    description:
      - A file in which everything on this machine that uses the token notes its requests, so that together they stay below
        Cloudflare's rate limit, else E(CLOUDFLARE_RATE_FILE). Empty means that this source counts for itself.
    type: path
    default: ~/.cache/identityops.lifecycle/cloudflare-rate.json
requirements:
  - requests
notes:
  - Texts of the log are not trusted. ansible-rulebook hands events to playbooks as extra variables, in which Ansible takes braces for
    templates. So C({{), C({%), C({#) and control characters are spelled out in events, as in C(\x7b{).
  - Events wait for rules, and not in memory. The log is not read while the rule engine is busy.
seealso:
  - plugin: identityops.lifecycle.scim_logs
    plugin_type: lookup
  - module: identityops.lifecycle.scim_log_info
"""

EXAMPLES = r"""
- name: People who left and are provisioned again
  hosts: all
  sources:
    - name: access
      identityops.lifecycle.scim_logs:
        providers: [Entra ID]
        interval: 60
        user_file: /etc/rulebooks/leavers.txt
        cursor_file: /var/lib/rulebooks/reappeared.json
        feedback: true
  rules:
    - name: Somebody is back
      condition: event.action in ["user.create", "user.activate"] and event.status == "success"
      action:
        run_playbook:
          name: identityops.lifecycle.report_event

- name: A connector on this machine writes what fails
  hosts: all
  sources:
    - name: connector
      identityops.lifecycle.scim_logs:
        source: file
        path: [/var/log/scim-sync.log]
        status: [failure]
  rules:
    - name: Show it
      condition: event.status == "failure"
      action:
        debug:
          msg: "{{ event.user | default(event.group) }}: {{ event.detail }}"
"""

LOG = logging.getLogger("identityops.lifecycle.scim_logs")
LONGEST_PAUSE = 900.0  # seconds between two reads of what fails again and again, where the interval is not longer
UNACKNOWLEDGED = 100  # without feedback, so many events at most are given again after a crash

WORDS = {"type": "list", "elements": "str", "default": []}
SPEC: dict[str, Any] = {
    **ACCESS,
    "account_id": {**ACCESS["account_id"], "required": False},
    # Throttled for longer, a read is given up and comes again after a pause: a shutdown has to wait for the one that runs.
    "time_budget": {**ACCESS["time_budget"], "default": 60.0},
    "source": {"type": "str", "choices": ["cloudflare", "file"], "default": "cloudflare"},
    "providers": WORDS,
    "path": WORDS,
    "format": {"type": "str", "choices": ["auto", *FORMATS], "default": "auto"},
    "interval": {"type": "float", "default": 60.0},
    "since": {"type": "str"},
    "overlap": {"type": "float", "default": 300.0},
    "cursor_file": {"type": "path"},
    "feedback": {"type": "bool", "default": False},
    "feedback_timeout": {"type": "float", "default": 600.0},
    "status": {**WORDS, "choices": list(STATUSES)},
    "action": WORDS,
    "resource_type": {**WORDS, "choices": ["User", "Group"]},
    "user": WORDS,
    "user_file": {"type": "path"},
    "group": WORDS,
    "fields": {**WORDS, "default": ["all"]},
    "report_errors": {"type": "bool", "default": False},
    "alarm_failures": {"type": "int"},
    "alarm_within": {"type": "float", "default": 600.0},
}


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Give events until this task is cancelled. Raises InvalidInput for arguments that cannot be meant, and only for them."""
    feedback = args.get("eda_feedback_queue")
    options = checked(args, has_feedback=feedback is not None)
    streams = streams_of(options)
    follower = Follower(Delivery(queue, feedback, options["feedback_timeout"]), CursorFile(options["cursor_file"] or ""), options)
    try:
        await follower.run(streams)
    finally:
        follower.end()


def checked(args: dict[str, Any], *, has_feedback: bool) -> dict[str, Any]:
    """Every option with its value: from the arguments, else from the environment, else the default. Raises InvalidInput."""
    # A variable that is not set is rendered as an empty text. Only an empty rate_file says something.
    unset = {name for name, value in args.items() if value is None or (value == "" and name != "rate_file")}
    given = {name: value for name, value in args.items() if name not in unset | {"eda_feedback_queue"}}
    unknown = sorted(set(given) - set(SPEC))
    if unknown:
        message = f"{', '.join(unknown)} {'are no options' if unknown[1:] else 'is no option'}; there are {', '.join(sorted(SPEC))}"
        raise InvalidInput(message)
    result = ArgumentSpecValidator(SPEC).validate(given)
    if result.error_messages:
        raise InvalidInput(Redactor(secrets_of(given.get)).clean("; ".join(result.error_messages)))
    options: dict[str, Any] = result.validated_parameters
    for name in ("interval", "overlap", "feedback_timeout", "alarm_within"):
        positive(options.get, name)
    if options["alarm_failures"] is not None and not 1 <= options["alarm_failures"] <= MOST:
        message = f"alarm_failures: {options['alarm_failures']} is out of range; give a number from 1 to {MOST:,}"
        raise InvalidInput(message)
    needless = {"cloudflare": "path", "file": "providers"}[options["source"]]
    if options[needless]:
        message = f"{needless}: source {options['source']} has none"
        raise InvalidInput(message)
    if options["source"] == "file" and not options["path"]:
        message = "path: source file needs the files to follow"
        raise InvalidInput(message)
    if options["feedback"] and not has_feedback:
        message = "feedback: this ansible-rulebook gives none to event sources; a newer one is needed"
        raise InvalidInput(message)
    if has_feedback and not options["cursor_file"]:
        message = "feedback: without cursor_file there is nothing that an acknowledgement could move"
        raise InvalidInput(message)
    chosen(options["fields"])
    return options


def streams_of(options: dict[str, Any]) -> list[Stream]:
    """Choose the logs to follow. Raises InvalidInput."""
    get: Callable[[str], Any] = options.get
    selection = Selection.from_options(get, Clock().today())
    people = People(options["user_file"] or "")
    if options["source"] == "file":
        return [FileStream(path, options["format"], selection, people) for path in dict.fromkeys(options["path"])]

    def connect() -> CloudflareAccount:
        return connect_account(get, read_only=True)

    overlap = timedelta(seconds=options["overlap"])
    providers = list(dict.fromkeys(options["providers"])) or [""]
    return [CloudflareStream(connect, name, selection, people, overlap, Clock().today) for name in providers]


def harmless(value: Any) -> Any:  # noqa: ANN401, any value of JSON
    """Give texts of the log a form in which nothing acts.

    ansible-rulebook hands events to playbooks as extra variables, and Ansible takes braces in those for templates.
    """
    if isinstance(value, str):
        return inert(value)
    if isinstance(value, dict):
        return {inert(name): harmless(part) for name, part in value.items()}
    return [harmless(part) for part in value] if isinstance(value, list) else value


class Delivery:
    """Gives events to the rule engine, which takes one at a time.

    feedback: the queue on which the engine acknowledges events, if it does. timeout: seconds to wait for that.
    """

    def __init__(self, queue: asyncio.Queue[Any], feedback: asyncio.Queue[Any] | None, timeout: float) -> None:
        """Give to a queue."""
        self.acknowledges = feedback is not None
        self._queue = queue
        self._feedback = feedback
        self._timeout = timeout

    async def give(self, name: str, event: Event) -> None:
        """Return when the engine has an event; without feedback, when the queue has it. name: its meta.uuid."""
        if self._feedback is None:
            await self._queue.put({**event, "meta": {"uuid": name}})
            return
        while True:
            # A copy, as filters of the rulebook change what they are given.
            await self._queue.put({**copy.deepcopy(event), "meta": {"uuid": name}})
            with contextlib.suppress(asyncio.TimeoutError):  # another class than the built-in before Python 3.11
                await asyncio.wait_for(self._acknowledged(self._feedback, name), self._timeout)
                return
            LOG.error("event %s was not acknowledged within %g s; it is given again", name, self._timeout)

    async def _acknowledged(self, feedback: asyncio.Queue[Any], name: str) -> None:
        """Wait for an acknowledgement. Others are of events that were given twice, and late."""
        while (await feedback.get()).get("meta", {}).get("uuid") != name:
            pass


class Follower:
    """Reads streams in turn, gives what is new, and remembers what was taken."""

    def __init__(self, delivery: Delivery, cursors: CursorFile, options: dict[str, Any]) -> None:
        """Follow nothing yet."""
        self._delivery = delivery
        self._cursors = cursors
        self._interval = float(options["interval"])
        self._fields: list[str] = options["fields"]
        self._report = bool(options["report_errors"])
        self._clean = Redactor(secrets_of(options.get)).clean
        self._since = Selection.from_options(options.get, Clock().today()).since
        self._too_many: int = options["alarm_failures"] or 0
        self._within = timedelta(seconds=options["alarm_within"])
        self._failures: Counter[str] = Counter()
        self._warned: dict[str, list[str]] = {}
        self._unsaved = 0

    async def run(self, streams: list[Stream]) -> None:
        """Follow them for ever."""
        # Some logs have no more than seconds: what is written from now on may be of a moment ago.
        begin = spelled(self._since or Clock().today().replace(microsecond=0))
        for stream in streams:
            position = self._cursors.position(stream.name)
            position.since = position.since or begin
        # From now on, a restart begins where this start began.
        await self._remember()
        clock = asyncio.get_running_loop().time
        due = dict.fromkeys(streams, clock())
        while True:
            stream = min(due, key=due.__getitem__)
            await asyncio.sleep(max(0.0, due[stream] - clock()))
            due[stream] = clock() + await self._turn(stream)

    def end(self) -> None:
        """Remember what was taken, and let the file go."""
        try:
            self._cursors.save()
        except OSError as error:
            self._complain("the cursor", error)
        self._cursors.close()

    async def _turn(self, stream: Stream) -> float:
        """Read a stream once and give what is new. The seconds until it is to be read again."""
        position = self._cursors.position(stream.name)
        try:
            batch = await asyncio.to_thread(stream.read, position)
        except Exception as error:  # noqa: BLE001, whatever one log does, the others are followed and it is read again
            return await self._failed(stream, error)
        if self._failures.pop(stream.name, 0):
            LOG.warning("%s: it can be read again", inert(stream.name))
        await self._warn(stream, batch)
        for name, event in batch.events:
            who = str(event.get("idp") or "")
            counted = self._counted(position.failures.get(who, []), event)
            beside = {"alarm": counted.alarm, "failures_within": len(counted.times)} if counted else {}
            await self._delivery.give(name, {**harmless(shown(event, self._fields)), **beside})
            stream.passed(position, name, event)
            if counted:
                position.failures[who] = list(counted.times)
            self._unsaved += 1
            if self._delivery.acknowledges or self._unsaved >= UNACKNOWLEDGED:
                await self._remember()
        before = position.cursor
        stream.finish(position, batch)
        if self._unsaved or position.cursor != before:
            await self._remember()
        return 0.0 if batch.more else self._interval

    def _counted(self, times: list[str], event: Event) -> Burst | None:
        """Count a failure together with those before it, if that is wanted."""
        if not self._too_many or event["status"] != FAILURE:
            return None
        # An entry from the future, written by a clock that was wrong, must not make all others too old to count.
        return burst(times, min(event["timestamp"], spelled(Clock().today())), self._too_many, self._within)

    async def _failed(self, stream: Stream, error: Exception) -> float:
        self._failures[stream.name] += 1
        failures = self._failures[stream.name]
        await self._tell(stream, self._complain(stream.name, error), failures)
        return min(self._interval * 2.0 ** min(failures, 30), max(self._interval, LONGEST_PAUSE))

    async def _warn(self, stream: Stream, batch: Batch) -> None:
        """Say what is wrong with a log that could be read, once until it changes."""
        before = self._warned.get(stream.name, [])
        warnings = [self._clean(warning) for warning in batch.warnings]
        self._warned[stream.name] = warnings
        for warning in warnings:
            if warning not in before:
                LOG.warning("%s: %s", inert(stream.name), inert(warning))
                await self._tell(stream, warning, 1)

    async def _tell(self, stream: Stream, message: str, failures: int) -> None:
        """Give an event about what went wrong, if that is wanted."""
        if self._report:
            now = spelled(Clock().today())
            told = {"source_error": message, "stream": stream.name, "failures": failures, "timestamp": now}
            alarm = {"alarm": failures == self._too_many} if self._too_many else {}
            await self._delivery.give(identity(stream.name, message, now), {**harmless(told), **alarm})

    async def _remember(self) -> None:
        try:
            await asyncio.to_thread(self._cursors.save)
            self._unsaved = 0
        except OSError as error:
            # Events may come twice now, and none is lost.
            self._complain("the cursor", error)

    def _complain(self, what: str, error: Exception) -> str:
        kind = "" if isinstance(error, LifecycleError) else f"{type(error).__name__}: "
        message = inert(self._clean(f"{kind}{error}"))
        LOG.error("%s: %s", inert(what), message)
        return message


if __name__ == "__main__":

    class Printed(asyncio.Queue[Any]):
        """Shows what it is given."""

        async def put(self, item: dict[str, Any]) -> None:
            """Print an event."""
            print(json.dumps(item))  # noqa: T201, the purpose

    asyncio.run(main(Printed(), json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}))
