#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scim_log_info
short_description: Provisioning events in the logs of hosts, in one shape
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Reads what a SCIM client, a connector or a gateway wrote down on a host, in systemd's journal, in log files or in the Windows event log,
    and returns it as events of one shape, as P(identityops.lifecycle.scim_logs#lookup) does with the log of Cloudflare.
  - Logs are collected on the host and understood on the controller. The host needs no Python, and nothing is copied to it. It needs
    C(journalctl) of systemd 236 or later, or a POSIX shell with C(awk), or C(wevtutil), which is part of Windows. This works over any connection.
  - Lines that are no provisioning event are counted in RV(unparsed). Passwords and tokens in lines are hidden. The text of a log is never
    evaluated, whatever is in it.
  - Nothing is missed between two runs when each is given the RV(cursor) of the one before, also if files were rotated and compressed since.
  - Reading an event log from an EVTX file, O(path), has been tested with real files, and the live way with a program that stands in for
    C(wevtutil) and was written from its documentation. The live way has not been seen on Windows.
requirements:
  - The Python library C(evtx) on the controller, for O(path) only.
attributes:
  check_mode:
    description: Only reads, so check mode makes no difference.
    support: full
  diff_mode:
    description: Returns what changes.
    support: N/A
    details: Nothing changes.
  idempotent:
    description: A second run writes nothing and reports no change.
    support: full
  action:
    description: Has an action plugin, so that parts of the work are done on the controller.
    support: full
  async:
    description: Can run in the background.
    support: none
  action_group:
    description: Options can be set for all modules of the group in C(module_defaults).
    support: none
    details: It takes no credentials, which is what the groups are for.
    membership: []
options:
  source:
    description:
      - Where to look.
      - V(journald) is systemd's journal, V(file) are log files, V(eventlog) is the event log of Windows.
    type: str
    choices: [journald, file, eventlog]
    default: journald
  unit:
    description:
      - Of the journal, the entries of these units of systemd.
      - If it is not set, V(scim-sync), unless O(identifier) is set. An empty list means any unit.
    type: list
    elements: str
  identifier:
    description: Of the journal, the entries with this identifier, as C(systemd-cat -t) or C(logger -t) give it.
    type: str
  priority:
    description: Of the journal, the entries of this priority and more urgent ones.
    type: str
    choices: [emerg, alert, crit, err, warning, notice, info, debug]
  journal_directory:
    description: A directory with a journal on the host, if it is not the one of the system; for example of a container, or collected from others.
    type: str
    aliases: [directory]
  journal_files:
    description: Files of a journal on the host, or patterns for their names, if it is not the one of the system.
    type: list
    elements: str
    aliases: [file]
  paths:
    description:
      - Log files on the host as absolute paths, or patterns with C(*), C(?) and C([]). Required for O(source=file).
      - Files whose names end in C(.gz) are decompressed as they are read. Nothing but regular files is opened.
    type: list
    elements: str
  pattern:
    description:
      - Of files, the entries that hold this text, in any letter case. An empty text means all entries.
      - Few products write V(SCIM_FAILURE); for the others, set an empty text and O(status=failure).
      - It is searched on the host, so that nothing else of big files crosses the network. An entry is a line with the lines that belong to it,
        as in a traceback.
    type: str
    default: SCIM_FAILURE
  regex:
    description: Whether O(pattern) is an extended regular expression, as C(awk) on the host knows it, and not a plain text.
    type: bool
    default: false
  rotated:
    description:
      - Whether old files beside O(paths) are read, too, such as C(sync.log.1), C(sync.log.2.gz) and C(sync.log-20261124).
      - Without them, what was written between the last run with a cursor and a rotation is lost.
    type: bool
    default: true
  format:
    description:
      - The format of the entries in a journal or in files. V(auto) recognizes each entry.
      - Others are C(cloudflare), C(scimgateway), C(entra), C(okta), C(ssosync), C(idp_scim_sync), C(json) and C(key_value).
    type: str
    default: auto
  log:
    description: The name of the event log on a Windows host.
    type: str
    default: Application
  provider:
    description:
      - Of an event log, the entries of this event source. Letters, digits, spaces and C(._-) only.
      - A host that has no such source is an error; one whose source has written nothing is not.
    type: str
    default: SCIM-Connector
  path:
    description:
      - An EVTX file on the controller, as C(wevtutil epl) makes it. It is read instead of the log of a host; no connection is made.
      - Such a file holds the words that an event was written with, and not the message that Windows makes of them.
    type: str
  newest:
    description:
      - How many events to return at most; V(0) returns as many as a result holds.
      - Without O(cursor) these are the newest ones, and the default is V(20). With it these are the first ones after the cursor, so that the
        next run goes on behind them, and the default is V(0).
    type: int
  since:
    description: Only events from this time on, such as V(2026-11-24T10:00:00Z), V(-2h) or V(-7d).
    type: str
  until:
    description: Only events before this time, written as O(since).
    type: str
  cursor:
    description:
      - Only what was written after this cursor, which is the RV(cursor) of an earlier run on the same host. An empty text is as none.
      - Of a journal it is what C(journalctl --show-cursor) shows. One that the journal does not know is told in a warning.
    type: str
  status:
    description: Only events with one of these outcomes.
    type: list
    elements: str
    choices: [success, failure, skipped, warning, attempted, unknown]
  action:
    description: Only events of these actions, such as C(user.create) or C(user.*).
    type: list
    elements: str
  resource_type:
    description: Only events about users or about groups.
    type: list
    elements: str
    choices: [User, Group]
  user:
    description: Only events about these users; names or shell patterns, in any letter case.
    type: list
    elements: str
  group:
    description: Only events about these groups; names or shell patterns, in any letter case.
    type: list
    elements: str
  fields:
    description:
      - Which fields of an event to return, as far as the log told them. If it is not set, V(timestamp), V(action), V(user) or V(group), and V(status).
      - V(all) are all but V(raw), which is the line itself and may hold personal data.
    type: list
    elements: str
    choices:
      - all
      - timestamp
      - action
      - user
      - group
      - status
      - error_code
      - scim_type
      - detail
      - resource_type
      - resource_id
      - external_id
      - idp
      - request_id
      - duration_ms
      - host
      - unit
      - source
      - record_id
      - raw
seealso:
  - plugin: identityops.lifecycle.scim_logs
    plugin_type: lookup
    description: The same events of the log of Cloudflare Access, and of files on the controller.
  - module: identityops.lifecycle.scim_service_info
    description: Whether a SCIM service works.
"""

EXAMPLES = r"""
- name: What journalctl -u scim-sync -n 20 shows, as events
  identityops.lifecycle.scim_log_info:
  become: true
  register: sync

- name: Which people failed today, and why?
  identityops.lifecycle.scim_log_info:
    unit: [scim-sync]
    since: -24h
    status: [failure]
    newest: 0
    fields: [timestamp, action, user, error_code, detail]
  become: true

- name: What grep -i SCIM_FAILURE finds, in rotated and compressed files, too
  identityops.lifecycle.scim_log_info:
    source: file
    paths:
      - /var/log/scim/*.log
    pattern: SCIM_FAILURE

- name: What was written since the last run
  identityops.lifecycle.scim_log_info:
    source: file
    paths: [/var/log/scimgateway/gateway.log]
    pattern: ""
    cursor: "{{ last_cursor | default('') }}"
  register: gateway

- name: What Get-EventLog -LogName Application -Source SCIM-Connector -Newest 20 shows
  identityops.lifecycle.scim_log_info:
    source: eventlog
    log: Application
    provider: SCIM-Connector
    newest: 20

- name: An event log that somebody sent
  identityops.lifecycle.scim_log_info:
    source: eventlog
    path: files/scim-connector.evtx
    newest: 0
"""

RETURN = r"""
events:
  description:
    - The events from the oldest to the newest, with the fields that O(fields) names and that the log told.
    - C(status) is success, failure, skipped, warning, attempted or unknown. C(timestamp) is in UTC.
  returned: success
  type: list
  elements: dict
  sample:
    - timestamp: "2026-11-24T00:00:03.000Z"
      action: user.create
      user: u3@lab.example
      status: failure
count:
  description: How many events are returned.
  returned: success
  type: int
  sample: 1
counts:
  description: How many of them have which status.
  returned: success
  type: dict
  sample: {failure: 1}
unparsed:
  description: How many of the entries that were read are no provisioning event, or cannot be read. Of files, only entries with O(pattern) are read.
  returned: success
  type: int
  sample: 0
truncated:
  description: Whether there are, or may be, more events than are returned. Without a cursor they are older, with one the next run returns them.
  returned: success
  type: bool
  sample: false
cursor:
  description:
    - Where the next run begins, if it is given as O(cursor). Behind everything that was read, or behind the last event that was returned if there
      are more. It is not secret.
    - Empty if there is nothing to begin at, and for O(path).
  returned: success
  type: str
  sample: s=25df2f4c805747dc8ffe537df87b1dd9;i=10;b=8c0b5c5e0d3a4a7cb0a1d2e3f4050607;m=1312d00;t=660fa6520c1c0;x=17905d21e216d955
files:
  description:
    - What is at O(paths) on the host. C(state) is read, missing, unreadable, directory or special; C(size) is in bytes.
    - The task fails if nothing can be read; what cannot be read beside others is told in a warning. A file that is empty is read.
  returned: with O(source=file)
  type: list
  elements: dict
  sample:
    - path: /var/log/scim/sync.log
      state: read
      size: 4096
"""
