#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scim_service_info
short_description: What a SCIM service can do, and whether it is healthy
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Reads what a SCIM service says of itself, checks that the credentials are accepted, measures how fast it answers, and
    tells which capabilities the modules of this collection use on it and where each was learned.
  - With O(probe=true), a throw-away user is created, found, changed, read back, deactivated and deleted, each step with its
    outcome and time. It is the answer to the question whether provisioning works.
  - A service that does not answer, or that refuses the credentials, is a result with RV(healthy) V(false) and no failure,
    unless O(fail_if_unhealthy=true).
extends_documentation_fragment:
  - identityops.lifecycle.scim
  - identityops.lifecycle.attributes.reading
attributes:
  check_mode:
    description: In check mode the probe is skipped, which RV(steps) and a warning say.
options:
  probe:
    description:
      - Whether to try a round trip with a throw-away user, whose name is C(probe-), a random number, and C(@identityops.invalid).
      - The user is deleted in the end, also if a step failed or an answer was lost. If it cannot be deleted, it is
        deactivated and named in RV(left_behind) and in a warning.
      - Without it nothing is written.
    type: bool
    default: false
  fail_if_unhealthy:
    description: Whether the task fails if the service is not healthy.
    type: bool
    default: false
seealso:
  - module: identityops.lifecycle.scim_user
  - module: identityops.lifecycle.scim_user_info
  - name: Discovery in SCIM
    description: What a service says of itself.
    link: https://www.rfc-editor.org/rfc/rfc7644#section-4
"""

EXAMPLES = r"""
- name: What the service can do, and where that was learned
  identityops.lifecycle.scim_service_info:
    url: https://directory.example.com/scim/v2
    token: "{{ scim_token }}"
  register: service

- name: Show what is different from an ordinary service
  ansible.builtin.debug:
    msg: "{{ service.capabilities | dict2items | rejectattr('value.source', 'eq', 'RFC 7644') | list | items2dict }}"

- name: Fail, and alert somebody, if provisioning does not work
  identityops.lifecycle.scim_service_info:
    probe: true
    fail_if_unhealthy: true
"""

RETURN = r"""
healthy:
  description: Whether users can be read and, with O(probe=true), every step succeeded. Missing discovery is no illness.
  returned: always
  type: bool
  sample: true
problem:
  description: Why the service is not healthy, in a sentence; empty if it is.
  returned: always
  type: str
  sample: ""
authentication:
  description:
    - Whether the credentials are accepted. C(status) is V(ok), V(refused), V(not_needed) if anybody can read users without
      credentials, or V(unknown) if the service did not answer.
  returned: always
  type: dict
  sample: {status: ok, detail: "users can be read, and only with credentials"}
reads:
  description: The reads and how each went. C(duration_ms) includes waiting for rate limits.
  returned: always
  type: list
  elements: dict
  sample:
    - {step: users, status: ok, duration_ms: 41.7, detail: 107 users}
    - {step: service_provider_config, status: failed, duration_ms: 38.2, detail: GET /ServiceProviderConfig was answered with status 404}
latency_ms:
  description: The median of the reads that succeeded, in milliseconds.
  returned: always
  type: float
  sample: 41.7
capabilities:
  description:
    - What the modules take the service for. Each capability has a value and the source from which it comes, which is what
      was observed while working, the option O(capabilities), a profile, the ServiceProviderConfig, or RFC 7644 by default.
  returned: always
  type: dict
  sample:
    update: {value: patch, source: RFC 7644}
    filter: {value: true, source: ServiceProviderConfig}
service_provider_config:
  description: What the service says of itself, as it sent it. Empty if it does not.
  returned: always
  type: dict
  sample:
    patch: {supported: true}
resource_types:
  description: The types of resources that the service names.
  returned: always
  type: list
  elements: dict
  sample:
    - name: User
      endpoint: /Users
      schema: urn:ietf:params:scim:schemas:core:2.0:User
      extensions: [urn:ietf:params:scim:schemas:extension:enterprise:2.0:User]
schemas:
  description: The ids of the schemas that the service names.
  returned: always
  type: list
  elements: str
  sample: [urn:ietf:params:scim:schemas:core:2.0:User]
steps:
  description: The steps of the probe in order. C(status) is V(ok), V(failed) or V(skipped); C(detail) says why.
  returned: when O(probe=true)
  type: list
  elements: dict
  sample:
    - {step: create, status: ok, duration_ms: 88.1, detail: id 2819c223}
    - {step: filter_user_name, status: ok, duration_ms: 35.0, detail: found}
    - {step: filter_external_id, status: ok, duration_ms: 33.9, detail: found}
    - {step: update, status: ok, duration_ms: 79.4, detail: display_name by PATCH}
    - {step: verify, status: ok, duration_ms: 34.6, detail: everything is as it was sent}
    - {step: deactivate, status: ok, duration_ms: 110.3, detail: by PATCH}
    - {step: delete, status: ok, duration_ms: 71.2, detail: the user is gone}
left_behind:
  description: The user that the probe had to leave, by C(id) and C(user_name). Empty if nothing was left.
  returned: when O(probe=true)
  type: dict
  sample: {}
"""

from ..module_utils.health import examined
from ..module_utils.runner import probe

SPEC = {
    "probe": {"type": "bool", "default": False},
    "fail_if_unhealthy": {"type": "bool", "default": False},
}


def main() -> None:
    probe(SPEC, examined)


if __name__ == "__main__":
    main()
