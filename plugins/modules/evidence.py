#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: evidence
short_description: Append to the evidence of what was done, so that later changes show
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Appends records to a file of JSON lines, in which each line holds the digest of the line before. Whoever changes, removes, adds or moves a
    line breaks the chain, which M(identityops.lifecycle.evidence_info) finds.
  - Whoever can write to the file can write all of it anew, with digests that fit. Keep RV(anchor) somewhere else, or sign the records with a
    key that is somewhere else, and this shows, too.
  - The workflows of this collection append by themselves if C(lifecycle_evidence_file) is set, and playbooks of your own can do the same.
  - Tasks may append at the same time, one waits for the other. A task that is killed leaves whole records and at most one that is torn. The
    next task sets that one aside in a file of the same name with C(.torn) at its end, and says so in the record that follows.
notes:
  - A file that is missing is made with mode C(0600), and its folder with mode C(0700).
  - A file whose last lines are not what was written is left as it is, and the task fails; so a broken chain is never continued.
  - Time never goes back. If the clock of the host is behind the last record, a record has the time of that one, and the field C(clock) says what
    the clock showed.
  - Records are kept for years. Name people by an immutable id, attributes and groups by their names, and leave out values. Values under names
    such as C(password) or C(token) are refused, and what looks like a secret in a note or a reason is hidden.
extends_documentation_fragment:
  - identityops.lifecycle.evidence
  - identityops.lifecycle.evidence.writing
options:
  records:
    description:
      - What to append, in this order. Each is a dictionary of at most 100,000 bytes with these keys, of which the first three are required.
      - C(kind) is one of V(joiner), V(mover), V(leaver), V(reinstate), V(directory_sync), V(group_sync), V(deletion), V(custom).
      - C(stage) is V(planned) (nothing was written yet), V(done), V(failed) (something was not done, or is not proven) or V(refused).
      - C(subject) is whom or what it is about. For a person it is the immutable id, C(external_id); for a group C(group:NAME).
      - C(asked) is a dictionary of what was wanted. C(plan) is the digest of a plan. C(note) is a text.
      - C(operations) is a list of dictionaries with C(plane), C(verb), C(id) and C(what), the names of attributes or groups.
      - C(verdicts) is a dictionary by the names of planes, each with C(verdict), such as V(proven), V(unproven) or V(not_applicable), and C(why).
      - C(times) is a dictionary of instants by their names. C(left_at) is when access had to end, C(started_at) when the work began,
        C(proven_at) when it was proven.
      - >-
        A record that says what the latest one about its subject says is not appended. Of its times, only C(left_at) counts for that, or all of
        them if it has operations that were carried out. A record with the stage V(done) and no operations is not appended either if the latest
        one about its subject, of its kind, has the same stage, verdicts and C(left_at).
    type: list
    elements: dict
    required: true
  run:
    description: What the records belong to.
    type: dict
    suboptions:
      id:
        description: By which name it is found again, such as the number of a job.
        type: str
      by:
        description: Who ran it.
        type: str
  requested_by:
    description: Who asked for what was done.
    type: str
  approved_by:
    description: Who allowed it. Refused if it is who asked for it.
    type: str
  require_approval:
    description: Whether O(requested_by) and O(approved_by) have to be given.
    type: bool
    default: false
  signing_key_file:
    description:
      - A file with a private Ed25519 key in PEM, without a passphrase, with which records are signed. It needs the Python library C(cryptography).
      - Make one with C(openssl genpkey -algorithm ed25519 -out KEY). One that is open to others than its owner is refused.
      - If it is not set, the environment variable E(EVIDENCE_SIGNING_KEY_FILE) is used.
      - Only one of O(hmac_key), O(hmac_key_file) and O(signing_key_file) may be given. One that the task gives beats those of the environment.
    type: path
requirements:
  - cryptography (for O(signing_key_file))
seealso:
  - module: identityops.lifecycle.evidence_info
  - module: identityops.lifecycle.evidence_report
  - name: Evidence
    description: What a record holds, where to keep the anchor, keys, verification without this collection, retention, personal data.
    link: https://github.com/identityops/lifecycle/blob/main/docs/evidence.md
"""

EXAMPLES = r"""
- name: What was done by hand is on record, too
  identityops.lifecycle.evidence:
    path: /var/lib/lifecycle/evidence.jsonl
    records:
      - kind: custom
        stage: done
        subject: "1815"
        operations:
          - {plane: badge, verb: revoke, what: door card}
        verdicts:
          badge: {verdict: proven, why: the reader refuses it}
    run:
      id: "{{ awx_job_id | default('by hand') }}"
      by: "{{ awx_user_name | default(lookup('ansible.builtin.env', 'USER')) }}"
    requested_by: hr@example.com
    approved_by: security@example.com
  register: recorded

- name: The end of the evidence is known elsewhere
  ansible.builtin.uri:
    url: https://anchors.example.com/lifecycle
    method: POST
    body_format: json
    body: {anchor: "{{ recorded.anchor }}"}
  when: recorded is changed

- name: All modules of the evidence have the same key
  module_defaults:
    group/identityops.lifecycle.evidence:
      hmac_key: "{{ evidence_key }}"
  block:
    - name: The sync ran
      identityops.lifecycle.evidence:
        path: /var/lib/lifecycle/evidence.jsonl
        records:
          - kind: directory_sync
            stage: done
            subject: run:{{ digest }}
            plan: "{{ digest }}"
"""

RETURN = r"""
appended:
  description: How many records were appended, or would be in check mode.
  returned: success
  type: int
  sample: 1
already_there:
  description: How many of O(records) say nothing new.
  returned: success
  type: int
  sample: 0
head:
  description: The last record; of a file that is missing or empty, the number 0. In check mode, as it is now.
  returned: success
  type: dict
  contains:
    number:
      description: Its number, from 1.
      type: int
      sample: 42
    digest:
      description: Its digest, which stands for it and for all before it.
      type: str
      sample: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
anchor:
  description: RV(head) as one text, to be kept elsewhere, for the option O(identityops.lifecycle.evidence_info#module:anchor). Empty without a record.
  returned: success
  type: str
  sample: 42:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
mended:
  description: A torn last line that was set aside, or would be in check mode. Empty if there was none.
  returned: success
  type: dict
  contains:
    bytes:
      description: How long it is.
      type: int
      sample: 311
    sha256:
      description: Its SHA-256, without an end of line.
      type: str
      sample: fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9
"""

from ..module_utils.evidence import append
from ..module_utils.evidence_options import EVIDENCE, SIGNING
from ..module_utils.runner import on_the_host

SPEC = {
    **EVIDENCE,
    **SIGNING,
    "records": {"type": "list", "elements": "dict", "required": True},
    "run": {"type": "dict", "options": {"id": {"type": "str"}, "by": {"type": "str"}}},
    "requested_by": {"type": "str"},
    "approved_by": {"type": "str"},
    "require_approval": {"type": "bool", "default": False},
}


def main() -> None:
    on_the_host(SPEC, append)


if __name__ == "__main__":
    main()
