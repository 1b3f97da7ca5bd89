#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scim_log_archive
short_description: Keep the SCIM update log of Cloudflare Access in a file
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Appends what is new in the SCIM update log of Cloudflare Access to a file of JSON lines, each event once. Cloudflare does not say for how
    long it keeps its log, so a scheduled run of this module does.
  - The file is its own memory. Its newest timestamp says where the next run begins, so nothing else has to be kept between two runs.
  - A run that is killed at any moment leaves whole lines and at most one that is torn. The next run sets that one aside in a file of the same
    name with C(.torn) at its end, and reads its event again.
  - >-
    The token needs the permission C(Access: SCIM Logs Read), and to find identity providers by name or by their SCIM settings
    C(Access: Organizations, Identity Providers, and Groups Read).
notes:
  - The file is made with mode C(0600), as it holds personal data. The mode of a file that exists is left alone.
  - Passwords and other secrets are hidden, and bodies of requests are archived as a hash only, C(body_sha256).
  - To begin a new file, move the old one away and give O(since) the time at which it ended. Both then hold the events of that instant.
  - An identity provider that is added to an archive is read from where the archive ends. Archive it in a file of its own to have all of it.
  - While another run writes to the file, this one waits for it, within O(time_budget).
extends_documentation_fragment:
  - identityops.lifecycle.access
  - identityops.lifecycle.attributes.access_reading
attributes:
  check_mode:
    description: Reads, and predicts how many events would be appended and which gaps would be found. Writes nothing.
  diff_mode:
    description: Returns how many events the archive holds and where it ends, before and after.
    support: partial
    details: The events are not shown, as there may be thousands.
  idempotent:
    description: A second run appends nothing that was appended before, and reports no change if nothing was logged since.
options:
  path:
    description:
      - The file on the host that runs the task, in a folder that exists. Links are not followed.
      - A file that holds something else than an archive is refused and left as it is.
    type: path
    required: true
  providers:
    description: Names or ids of identity providers. If it is not set, all that have SCIM enabled.
    type: list
    elements: str
  since:
    description:
      - Where the first run begins, as in V(2026-11-24T10:00:00Z), or V(-7d) for a time before now. If it is not set, with the oldest entry that
        Cloudflare shows.
      - An archive that holds events goes on where it ended.
    type: str
  overlap:
    description:
      - How far before the end of the archive each run begins, at most V(1d). Entries that appear in the log later than their timestamp says
        are found up to so much later; what is archived already is not archived again.
    type: str
    default: 15m
  expected_every:
    description: How long it is between two events at most, as in V(6h). What takes longer is reported as a gap.
    type: str
  fields:
    description:
      - Which fields are archived. If it is not set, all but the raw entry. C(timestamp) and C(record_id) always are.
      - For names, see P(identityops.lifecycle.scim_logs#lookup).
    type: list
    elements: str
seealso:
  - plugin: identityops.lifecycle.scim_logs
    plugin_type: lookup
    description: Reads the log itself, and the archive with O(identityops.lifecycle.scim_logs#lookup:source=file).
  - module: identityops.lifecycle.access_identity_provider_info
"""

EXAMPLES = r"""
- name: Keep the log of all identity providers, every hour
  identityops.lifecycle.scim_log_archive:
    account_id: "{{ account }}"
    api_token: "{{ cloudflare_token }}"
    path: /var/lib/identityops/scim.jsonl
  register: archive

- name: Nothing is missing
  ansible.builtin.assert:
    that: not archive.gaps

- name: Begin a month ago, and say if it is quiet for more than a day
  identityops.lifecycle.scim_log_archive:
    path: /var/lib/identityops/entra.jsonl
    providers: [Entra ID]
    since: -30d
    expected_every: 1d

- name: Failures in the archive
  ansible.builtin.debug:
    msg: "{{ query('identityops.lifecycle.scim_logs', '/var/lib/identityops/scim.jsonl', source='file', status='failure') }}"
"""

RETURN = r"""
appended:
  description: How many events were appended, or would be in check mode.
  returned: success
  type: int
  sample: 42
total:
  description: How many events the archive holds then.
  returned: success
  type: int
  sample: 1815
cursor:
  description: The newest timestamp in the archive; empty if it holds no event.
  returned: success
  type: str
  sample: "2026-11-24T10:00:00.123Z"
gaps:
  description: Where events may be missing, in the order of time, at most 100.
  returned: success
  type: list
  elements: dict
  contains:
    reason:
      description:
        - V(not_kept) if Cloudflare shows nothing any more of the time up to the end of the archive, so what was logged between is lost. The first
          event after it is archived with C(gap_since).
        - V(silence) if it takes longer from one event to the next than O(expected_every) says.
      type: str
      sample: not_kept
    from:
      description: The timestamp of the last event before the gap.
      type: str
      sample: "2026-10-01T08:00:00.000Z"
    to:
      description: The timestamp of the first event after the gap, or of the run; empty if Cloudflare shows no event.
      type: str
      sample: "2026-11-24T10:00:00.123Z"
unparsed:
  description: How many entries of the log are not understood, and therefore not archived.
  returned: success
  type: int
  sample: 0
status:
  description: The HTTP status with which Cloudflare answered the request that failed.
  returned: when Cloudflare refused a request
  type: int
  sample: 403
code:
  description: The number of the error; 0 if Cloudflare gave none.
  returned: when Cloudflare refused a request
  type: int
  sample: 10000
detail:
  description: What Cloudflare said about the error, in its own words.
  returned: when Cloudflare refused a request
  type: str
  sample: Authentication error
documentation_url:
  description: Where Cloudflare explains the error; empty if it did not say.
  returned: when Cloudflare refused a request
  type: str
  sample: ""
request_id:
  description: The id by which the support of Cloudflare finds the request; empty if it gave none.
  returned: when Cloudflare refused a request
  type: str
  sample: 8c2f2c9a
request:
  description: The request that failed.
  returned: when Cloudflare refused a request
  type: dict
  sample: {method: GET, path: /accounts/023e105f4ecef8ad9ca31a8372d0c353/access/logs/scim/updates}
"""

from ..module_utils.logs.archive import archive
from ..module_utils.runner import collect_access

_TEXTS = {"type": "list", "elements": "str"}
SPEC = {
    "path": {"type": "path", "required": True},
    "providers": _TEXTS,
    "since": {"type": "str"},
    "overlap": {"type": "str", "default": "15m"},
    "expected_every": {"type": "str"},
    "fields": _TEXTS,
}


def main() -> None:
    collect_access(SPEC, archive)


if __name__ == "__main__":
    main()
