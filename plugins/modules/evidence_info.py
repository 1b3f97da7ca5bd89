#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: evidence_info
short_description: Verify the evidence, search it, and see whether everybody who left is in it
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Reads the file that M(identityops.lifecycle.evidence) appends to, once, from its beginning to its end, and needs nothing else. Memory does
    not grow with the file.
  - Finds lines that were changed, removed, added or moved. That lines are missing at the end, or that all of them were written anew, shows with
    O(anchor), or with a key if the records are signed.
  - With O(people), looks whether everybody who left has a record that proves it in time. The list has to come from somewhere else, such as
    M(identityops.lifecycle.roster_info); the evidence cannot show whom it never heard of.
extends_documentation_fragment:
  - identityops.lifecycle.evidence
  - identityops.lifecycle.evidence.reading
  - identityops.lifecycle.attributes.host_reading
options:
  anchor:
    description: The number and the digest of a record, as RV(identityops.lifecycle.evidence#module:anchor) had them. That record has to be there.
    type: str
  public_key_file:
    description:
      - A file with public Ed25519 keys in PEM, the one of today and those of before, with which signatures are checked. It needs the Python library
        C(cryptography).
      - If it is not set, the environment variable E(EVIDENCE_PUBLIC_KEY_FILE) is used.
      - With a key, a record without a signature after one that has some is a problem, and so is a file without any signature.
    type: path
  on_problem:
    description: What to do if the file is not what was written. Everything is returned in both cases.
    type: str
    choices: [fail, report]
    default: fail
  kind:
    description: Return records of these kinds only, see O(identityops.lifecycle.evidence#module:records).
    type: list
    elements: str
    choices: [joiner, mover, leaver, reinstate, directory_sync, group_sync, deletion, custom]
  stage:
    description: Return records of these stages only.
    type: list
    elements: str
    choices: [planned, done, failed, refused]
  subject:
    description: Return records about these subjects only.
    type: list
    elements: str
  since:
    description: Return records from then on, as in V(2026-11-24T10:00:00Z), or V(-7d) for a time before now.
    type: str
  until:
    description: Return records from before then. One at this very time is not returned.
    type: str
  run:
    description: Return records of the run with this id only.
    type: str
  by:
    description: Return records of runs of this user only.
    type: str
  limit:
    description: How many records are returned at most, the newest ones. V(0) for all, as far as a result may hold them.
    type: int
    default: 100
  query:
    description: A JMESPath expression that is applied to the records, for RV(result).
    type: str
  people:
    description:
      - Who left. People as M(identityops.lifecycle.roster_info) returns them, of whom those in the phases V(left) and V(expired) count, or
        dictionaries with C(subject), as the records have it, and C(left_at), when access had to end.
      - >-
        What counts are records of the kind V(leaver), or of another kind with the time C(left_at), and what is deleted after them. The last one has to
        have the stage V(done), and all planes of the leaving the last verdict V(proven) or V(not_applicable). They have to be about this leaving; they have
        the same C(left_at), or were proven after it. Whoever came back, by V(joiner) or V(reinstate), has to leave again. What takes a proof back makes
        the time run on until it is proven again. M(identityops.lifecycle.evidence_report) judges by the same rule.
    type: list
    elements: dict
  sla:
    description: How long after C(left_at) it may take until it is proven, as in V(24h).
    type: str
    default: 24h
  instant:
    description:
      - The time for which O(people) are judged, as O(since). Whose time is not over by then is V(due), and no gap. All records count,
        also later ones, which M(identityops.lifecycle.evidence_report) leaves out.
      - If it is not set, the time of the host.
    type: str
requirements:
  - cryptography (for O(public_key_file))
  - jmespath (for O(query))
seealso:
  - module: identityops.lifecycle.evidence
  - module: identityops.lifecycle.evidence_report
  - name: Evidence
    description: What a record holds, where to keep the anchor, keys, verification without this collection, retention, personal data.
    link: https://github.com/identityops/lifecycle/blob/main/docs/evidence.md
"""

EXAMPLES = r"""
- name: The evidence is what was written
  identityops.lifecycle.evidence_info:
    path: /var/lib/lifecycle/evidence.jsonl
    anchor: "{{ anchor_of_last_month }}"
    public_key_file: /etc/lifecycle/evidence.pub

- name: What happened to one person
  identityops.lifecycle.evidence_info:
    path: /var/lib/lifecycle/evidence.jsonl
    subject: ["1815"]
    query: "[].[at, kind, stage, run.by]"
  register: story

- name: Look for everybody who left, among the people whom identityops.lifecycle.roster_info returned
  identityops.lifecycle.evidence_info:
    path: /var/lib/lifecycle/evidence.jsonl
    people: "{{ roster.people }}"
    sla: 24h
    limit: 1
  register: audit

- name: Everybody who left is proven to be gone, within a day
  ansible.builtin.assert:
    that: audit.complete
    fail_msg: "{{ audit.gaps }}"
"""

RETURN = r"""
intact:
  description: Whether the file is what was written, as far as can be told without an anchor or a key if they are not given.
  returned: when the file was read
  type: bool
  sample: true
problems:
  description: What is wrong, in the order of lines, at most 100.
  returned: when the file was read
  type: list
  elements: dict
  contains:
    line:
      description: The number of the line, from 1. What is missing at the end is told of the last one.
      type: int
      sample: 17
    problem:
      description:
        - V(unreadable) if it is no record. V(altered) if it does not have the digest that it says. V(broken) if it does not follow the line before.
          V(number) and V(time) if these do not go on. V(signature) if that is wrong, V(unsigned) if it is missing. V(anchor) if the record of
          O(anchor) is missing or another one. V(torn) if the last line has no end.
      type: str
      sample: altered
    said:
      description: The same in a sentence.
      type: str
      sample: "record 17 was altered: it does not have the digest that it says"
problem_count:
  description: How many problems there are.
  returned: when the file was read
  type: int
  sample: 0
total:
  description: How many lines the file has.
  returned: when the file was read
  type: int
  sample: 42
head:
  description: The last record that could be read.
  returned: when the file was read
  type: dict
  contains:
    number:
      description: Its number, 0 if there is none.
      type: int
      sample: 42
    digest:
      description: Its digest.
      type: str
      sample: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    at:
      description: When it was appended.
      type: str
      sample: "2026-11-24T10:00:00.123456Z"
anchor:
  description: The number and the digest of the last record, to be kept elsewhere.
  returned: when the file was read
  type: str
  sample: 42:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
ledger:
  description: The id of the file, by which it differs from all others.
  returned: when the file was read
  type: str
  sample: 6f3c1f0e9a7b4d5c8e2f1a0b9c8d7e6f
signed:
  description: How many records have a signature.
  returned: when the file was read
  type: int
  sample: 42
signatures_verified:
  description: How many of these are right. 0 without a key.
  returned: when the file was read
  type: int
  sample: 42
mended:
  description: How many torn lines were set aside, by tasks that appended after others were killed.
  returned: when the file was read
  type: int
  sample: 0
records:
  description: The records that were asked for, the oldest first, as they are in the file.
  returned: when the file was read
  type: list
  elements: dict
  sample:
    - kind: leaver
      stage: done
      subject: "1815"
      number: 42
      at: "2026-11-24T10:00:00.123456Z"
      asked: {mode: deactivate}
      plan: ""
      operations: [{plane: account, verb: deactivate, id: "7", what: active}]
      verdicts: {account: {verdict: proven, why: the account is inactive}}
      times: {left_at: "2026-11-24T09:00:00Z", proven_at: "2026-11-24T10:00:00Z"}
      note: ""
      run: {id: "107", by: ops}
      requested_by: hr@example.com
      approved_by: security@example.com
      previous: fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9
      content: 486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7
      outcome: 5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03
      digest: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
matched:
  description: How many records there are that were asked for.
  returned: when the file was read
  type: int
  sample: 1
truncated:
  description: Whether RV(records) holds fewer.
  returned: when the file was read
  type: bool
  sample: false
result:
  description: What O(query) gives.
  returned: when O(query) is given
  type: raw
  sample: [["2026-11-24T10:00:00.123456Z", leaver, done, ops]]
unfinished:
  description:
    - About whom the next run has something to tell. What was planned last, and never told, because the run was killed in between; and those of
      O(people) who are not proven. Each has the kind of the record, and the folder in which the run that planned it keeps its plan, if it said one.
  returned: when the file was read
  type: dict
  sample: {"1815": {kind: leaver, folder: /var/lib/lifecycle/hr}}
complete:
  description: Whether there is no gap.
  returned: when O(people) is given
  type: bool
  sample: true
counts:
  description: How many of the people have each verdict, see RV(people).
  returned: when O(people) is given
  type: dict
  sample: {complete: 12, late: 0, unproven: 0, missing: 0, due: 1}
gap_count:
  description: How many gaps there are.
  returned: when O(people) is given
  type: int
  sample: 0
gaps:
  description: Those of RV(people) who are V(late), V(unproven) or V(missing).
  returned: when O(people) is given
  type: list
  elements: dict
  sample: []
people:
  description: Everybody who left.
  returned: when O(people) is given
  type: list
  elements: dict
  contains:
    subject:
      description: Who it is.
      type: str
      sample: "1815"
    left_at:
      description: When access had to end, by O(people) or else by the records; empty if neither says it, and then nobody is late.
      type: str
      sample: "2026-11-24T09:00:00Z"
    verdict:
      description:
        - V(complete) if it was proven in time, V(late) if it was proven later, V(due) if it is not proven and the time is not over, V(unproven) if
          there are records and they do not prove it, V(missing) if there is none.
      type: str
      sample: complete
    proven_at:
      description: Since when it has been proven without a doubt, and never later than the record that says so; empty if it is not proven.
      type: str
      sample: "2026-11-24T10:00:00Z"
    delay:
      description: Seconds from C(left_at) to C(proven_at), less than 0 if it was proven before; null if one of them is not known.
      type: float
      sample: 3600.0
    records:
      description: The numbers of the records about it.
      type: list
      elements: int
      sample: [41, 42]
"""

from ..module_utils.core.ledger.record import KINDS, STAGES
from ..module_utils.evidence_inquiry import examine
from ..module_utils.evidence_options import CHECKING, EVIDENCE
from ..module_utils.runner import on_the_host

SPEC = {
    **EVIDENCE,
    **CHECKING,
    "anchor": {"type": "str"},
    "on_problem": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
    "kind": {"type": "list", "elements": "str", "choices": list(KINDS)},
    "stage": {"type": "list", "elements": "str", "choices": list(STAGES)},
    "subject": {"type": "list", "elements": "str"},
    "since": {"type": "str"},
    "until": {"type": "str"},
    "run": {"type": "str"},
    "by": {"type": "str"},
    "limit": {"type": "int", "default": 100},
    "query": {"type": "str"},
    "people": {"type": "list", "elements": "dict"},
    "sla": {"type": "str", "default": "24h"},
    "instant": {"type": "str"},
}


def main() -> None:
    on_the_host(SPEC, examine)


if __name__ == "__main__":
    main()
