#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: evidence_report
short_description: Present the evidence as a page for managers and auditors, and as a table
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Reads the file that M(identityops.lifecycle.evidence) appends to, verifies it while it reads, and writes what it shows as one page of HTML, as
    CSV, or as both.
  - The page says first who left and is not proven gone, and what to do. Then it says how long it took until access was proven gone, who joined,
    moved and left over time, who has no record at all, the verdict on every plane, what was changed by whom and with whose approval, a random sample
    that anybody can draw again, and which controls the records support.
  - The page is a single file. It needs no network and no script, works in the dark, on a phone and on paper, and with a screen reader.
  - The same file and the same options give the same bytes. No clock is read; the report is as of O(instant), or of the last record.
  - If the chain is broken, the report is written and says so before everything else, and the task fails.
notes:
  - The files hold personal data, the more so with O(names). Only their owner reads them unless O(mode) says something else.
  - On the page, tables are cut after some dozen entries, and say so; the CSV has all.
  - Hidden characters and those that turn the order of letters are spelled out on the page, as in C(\u202e).
extends_documentation_fragment:
  - identityops.lifecycle.evidence
  - identityops.lifecycle.evidence.reading
  - identityops.lifecycle.attributes.host_reading
attributes:
  check_mode:
    description: Can run in check mode. Reads and verifies, and says whether a file would change; nothing is written.
  diff_mode:
    description: Returns size, digest and permissions of each file before and after.
    support: partial
    details: The contents are not shown, as they hold personal data.
  idempotent:
    description: A second run makes the same files and reports no change.
options:
  html:
    description: The page to write, in a folder that exists. Links are not followed.
    type: path
  csv:
    description:
      - The table to write, a row for each record and plane. Those of the report are in it, and those about leavings of the report.
      - It is CSV of RFC 4180 in UTF-8 with a byte order mark, so that Excel reads names as they are.
      - What a spreadsheet would take for a formula gets an apostrophe before it. A column of ids has to be imported as text, or a spreadsheet may take
        leading zeros away.
    type: path
  since:
    description:
      - What happened from then on, as in V(2026-07-01T00:00:00Z). If it is not set, from the first record on.
      - A leaving belongs to a report by the time of the HR event, C(left_at), or by its first record where there is none; all else by its record.
    type: str
  until:
    description: What happened before then. A leaving before then is followed through later records all the same, up to O(instant).
    type: str
  instant:
    description:
      - The time of the report. Later records are left out, and whoever is not proven gone then is late or not. If it is not set, the time of the last
        record.
      - With it, a report of a quarter shows the same people whenever it is made.
    type: str
  names:
    description: What to show of people beside the subject of their records, as a dictionary. Records hold no names.
    type: dict
    default: {}
  people:
    description:
      - Who there is, as M(identityops.lifecycle.roster_info) returns them, or dictionaries with C(subject) and C(left_at) of those who left.
      - Whoever left and has no record counts as not proven gone, and is among those of whom the sample is drawn. Without it, the report says that its
        completeness is not known.
    type: list
    elements: dict
    default: []
  sla:
    description: How long after the HR event it may take until every plane is proven, as in V(24h).
    type: str
    default: 24h
  sample:
    description: How many leavings are drawn, at most 1000.
    type: int
    default: 25
  seed:
    description:
      - A text from which the sample follows. The page says how. If it is not set, the digest of the last record, so that nobody chooses the sample.
    type: str
  title:
    description: The heading of the page.
    type: str
    default: Joiners, movers and leavers
  anchor:
    description:
      - The number and the digest of a record, as RV(identityops.lifecycle.evidence#module:anchor) had them. That record has to be there; without it,
        it does not show that records are missing at the end.
    type: str
  public_key_file:
    description:
      - A file with public Ed25519 keys in PEM, the one of today and those of before, with which signatures are checked. It needs the Python library
        C(cryptography).
      - If it is not set, the environment variable E(EVIDENCE_PUBLIC_KEY_FILE) is used.
    type: path
  mode:
    description: The permissions of the files, in quotes.
    type: str
    default: '0600'
requirements:
  - cryptography (for O(public_key_file))
seealso:
  - module: identityops.lifecycle.evidence
  - module: identityops.lifecycle.evidence_info
  - module: identityops.lifecycle.roster_info
  - name: The report of the evidence
    description: What each part means, how times are counted, and how an auditor checks all of it.
    link: https://github.com/identityops/lifecycle/blob/main/docs/evidence-report.md
"""

EXAMPLES = r"""
- name: The report of a quarter, with the names of today and everybody of the roster
  identityops.lifecycle.evidence_report:
    path: /var/lib/lifecycle/evidence.jsonl
    html: /srv/reports/2026-q3.html
    csv: /srv/reports/2026-q3.csv
    since: "2026-07-01T00:00:00Z"
    until: "2026-10-01T00:00:00Z"
    instant: "2026-10-03T00:00:00Z"
    people: "{{ roster.people }}"
    names: "{{ dict(roster.people | map(attribute='key') | zip(roster.people | map(attribute='user.user_name'))) }}"
    anchor: "{{ anchor_of_last_quarter }}"

- name: A page for the manager, every night
  identityops.lifecycle.evidence_report:
    path: /var/lib/lifecycle/evidence.jsonl
    html: /srv/reports/leavers.html
    mode: "0640"
  register: evidence

- name: Everybody who left is proven gone
  ansible.builtin.assert:
    that: not evidence.report.unproven
    fail_msg: "{{ evidence.report.said }}"
"""

RETURN = r"""
report:
  description: What the report says, as numbers. It has no names.
  returned: when the file was read
  type: dict
  contains:
    state:
      description: V(failing) if the chain is broken or somebody who left is not proven gone, V(attention) if something has to be looked at, or V(healthy).
      type: str
      sample: failing
    said:
      description: The sentence at the top of the page.
      type: str
      sample: 1 of 40 leavers is not proven gone
    reasons:
      description: What else stands there.
      type: list
      elements: str
      sample: [2 leavers took longer than 24 hours]
    as_of:
      description: The time of the report.
      type: str
      sample: "2026-10-03T00:00:00Z"
    chain:
      description: Whether the file is what was written, how many records it has, the digest of the last one, and what is wrong.
      type: dict
      sample: {intact: true, records: 1815, head: 4f1a09c2, problems: [], problems_count: 0}
    counts:
      description: >-
        How many people joined, moved, came back (C(reinstates)) or were deleted, how many leavings there are, and how many of these are proven, had
        nothing to revoke or are unproven; how many records and operations the report is made of.
      type: dict
      sample: {joiners: 60, movers: 25, reinstates: 1, deletions: 0, leavers: 40, proven: 39, nothing_to_revoke: 0, unproven: 1, records: 173, operations: 240}
    sla:
      description: How many seconds are allowed, and how many leavings kept that, missed it, are due, or have no time of the HR event.
      type: dict
      sample: {seconds: 86400, kept: 37, missed: 2, due: 0, unknown: 1}
    seconds:
      description: From the HR event to the proof, of how many leavings it is known, and by nearest rank. V(null) if there are none.
      type: dict
      sample: {measured: 39, p50: 1440, p95: 64800, worst: 324000}
    unproven:
      description: Subjects who left and are not proven gone, those who left first first, at most 100.
      type: list
      elements: str
      sample: ["1791"]
    unrecorded:
      description: Those of O(people) who left and have no record, at most 100.
      type: list
      elements: str
      sample: []
    approvals:
      description: How many runs were approved by whoever asked for them, and how many changed something without an approval.
      type: dict
      sample: {self_approved: 0, missing: 2}
    sample:
      description: Who was drawn, in this order, with the number of the first record; V(0) if there is none.
      type: list
      elements: dict
      sample: [{subject: "1815", number: 42}]
    seed:
      description: What the sample was drawn with.
      type: str
      sample: 4f1a09c2
html:
  description: The page, whether it changed, its size in bytes and its SHA-256.
  returned: when O(html) is set
  type: dict
  sample: {path: /srv/reports/2026-q3.html, changed: true, size: 81920, sha256: 9b1c77d0}
csv:
  description: The table, whether it changed, its size in bytes and its SHA-256.
  returned: when O(csv) is set
  type: dict
  sample: {path: /srv/reports/2026-q3.csv, changed: true, size: 20480, sha256: 07aa51fe}
rows:
  description: How many rows the table has, without its headings.
  returned: when the file was read
  type: int
  sample: 346
"""

from ..module_utils.evidence_options import CHECKING, EVIDENCE
from ..module_utils.evidence_report import evidence_report
from ..module_utils.runner import on_the_host

SPEC = {
    **EVIDENCE,
    **CHECKING,
    "html": {"type": "path"},
    "csv": {"type": "path"},
    "since": {"type": "str"},
    "until": {"type": "str"},
    "instant": {"type": "str"},
    "names": {"type": "dict", "default": {}},
    "people": {"type": "list", "elements": "dict", "default": []},
    "sla": {"type": "str", "default": "24h"},
    "sample": {"type": "int", "default": 25},
    "seed": {"type": "str", "no_log": False},
    "title": {"type": "str", "default": "Joiners, movers and leavers"},
    "anchor": {"type": "str"},
    "mode": {"type": "str", "default": "0600"},
}


def main() -> None:
    on_the_host(SPEC, evidence_report, required_one_of=[["html", "csv"]])


if __name__ == "__main__":
    main()
