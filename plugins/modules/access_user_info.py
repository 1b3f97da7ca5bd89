#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_user_info
short_description: People whom Cloudflare Access knows, and what it holds about them
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Reads one person by e-mail address, with seats, sessions, last seen identity, failed logins and what the SCIM stores of the identity
    providers hold, or the records of everybody.
  - No token of a session is returned. Of a nonce only the beginning is, so that two sessions can be told apart.
extends_documentation_fragment:
  - identityops.lifecycle.access
  - identityops.lifecycle.attributes.access_reading
options:
  email:
    description: The e-mail address of one person, in any letter case. If it is not set, everybody is read.
    type: str
  include:
    description:
      - What to read beside the record, for one person.
      - V(sessions), V(last_seen_identity) and V(failed_logins) cost a request each, V(scim) one and one more for each identity provider that
        has SCIM enabled. V(scim_groups) are all groups that those stores hold; they do not say who is in them.
      - If it is not set, all but V(scim_groups); an empty list reads the record only.
    type: list
    elements: str
    choices: [sessions, last_seen_identity, failed_logins, scim, scim_groups]
  max_results:
    description: How many people to return at most.
    type: int
    default: 1000
seealso:
  - module: identityops.lifecycle.access_user
  - module: identityops.lifecycle.access_decision_info
  - module: identityops.lifecycle.scim_user_info
    description: The account of a person on a SCIM service.
"""

EXAMPLES = r"""
- name: What is left of a leaver?
  identityops.lifecycle.access_user_info:
    account_id: "{{ account }}"
    api_token: "{{ cloudflare_token }}"
    email: ada@example.com
  register: left

- name: Nobody of that address has a session or a seat
  ansible.builtin.assert:
    that:
      - left.users | map(attribute='sessions') | flatten | length == 0
      - left.users | selectattr('access_seat') | length == 0

- name: Does the identity provider still say that the person is active?
  identityops.lifecycle.access_user_info:
    email: ada@example.com
    include:
      - scim

- name: Everybody who takes a seat
  identityops.lifecycle.access_user_info:
    max_results: 20000
  register: everybody
"""

RETURN = r"""
users:
  description:
    - The people. Empty if Access knows nobody of that address.
    - C(sessions), C(last_seen_identity), C(failed_logins) and C(scim) are there as O(include) says.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 7f5b8a3e
      email: ada@example.com
      name: Ada
      access_seat: true
      gateway_seat: false
      seat_uid: 9c2d4e6f
      active_device_count: 1
      last_successful_login: "2026-11-02T08:15:00Z"
      sessions:
        - iat: 1793600000
          expires: 1793686400
          ttl: 86400
          nonce: X1aXj1...
          apps:
            - name: Wiki
              hostname: wiki.example.com
      last_seen_identity:
        email: ada@example.com
        idp: {id: f174e90a, type: azureAD}
        geo: {country: DE}
      failed_logins: []
      scim:
        - identity_provider: {id: f174e90a, name: Entra ID}
          users:
            - id: bd97ef8d
              active: true
              display_name: Ada
              external_id: "1815"
scim:
  description: What the SCIM stores hold of the address, as C(scim) of a person.
  returned: when Access knows nobody of that address, and V(scim) or V(scim_groups) is in O(include)
  type: list
  elements: dict
  sample: []
count:
  description: How many people are returned.
  returned: success
  type: int
  sample: 1
truncated:
  description:
    - Whether there are more people than are returned, because of O(max_results), or because the result would be longer than
      600,000 characters. A warning says which.
  returned: success
  type: bool
  sample: false
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
  sample: {method: PUT, path: /accounts/023e105f4ecef8ad9ca31a8372d0c353/access/seats}
"""

from ..module_utils.inquiry.access.people import INCLUDE, users
from ..module_utils.runner import inform_access

SPEC = {
    "email": {"type": "str"},
    "include": {"type": "list", "elements": "str", "choices": list(INCLUDE)},
    "max_results": {"type": "int", "default": 1000},
}


def main() -> None:
    inform_access(SPEC, users)


if __name__ == "__main__":
    main()
