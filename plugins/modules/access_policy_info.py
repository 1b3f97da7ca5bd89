#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_policy_info
short_description: Access policies of Cloudflare Zero Trust
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Reads one Access policy, those of one name, all of one application, or all reusable ones.
  - That there is none is an answer and no error. A token with rights for some resources only is shown only those.
extends_documentation_fragment:
  - identityops.lifecycle.access
  - identityops.lifecycle.attributes.access_reading
options:
  id:
    description: The id that Cloudflare gave the policy. Without O(application), it is that of a reusable policy.
    type: str
  name:
    description: The name of the policy. Names are not unique at Cloudflare, so more than one may be returned.
    type: str
  application:
    description:
      - The application whose policies are meant, by id, name or domain. They are returned in the order in which they are evaluated,
        its own ones and the reusable ones that are attached to it.
      - Without it, reusable policies are meant.
    type: str
seealso:
  - module: identityops.lifecycle.access_policy
  - module: identityops.lifecycle.access_decision_info
"""

EXAMPLES = r"""
- name: All reusable policies
  identityops.lifecycle.access_policy_info:
    account_id: 0123456789abcdef0123456789abcdef
    api_token: "{{ cloudflare_token }}"
  register: access

- name: Those that no application uses
  ansible.builtin.debug:
    msg: "{{ access.policies | selectattr('app_count', 'equalto', 0) | map(attribute='name') }}"

- name: What the wiki asks, in its order
  identityops.lifecycle.access_policy_info:
    application: wiki.example.com
"""

RETURN = r"""
policies:
  description:
    - The policies, with their rules as the options of M(identityops.lifecycle.access_policy) have them. Empty if there is none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: f174e90a-fafe-4643-bbbc-4a0ed4fc8415
      name: Staff
      decision: allow
      include:
        - email_domain: example.com
      exclude: []
      require: []
      session_duration: 10h
      reusable: true
      app_count: 2
count:
  description: How many policies are returned.
  returned: success
  type: int
  sample: 1
candidates:
  description: The ids of the applications that have the given name.
  returned: when more than one has it, which is refused
  type: list
  elements: str
  sample: [f174e90a-fafe-4643-bbbc-4a0ed4fc8415, 699d9864-2c56-4d2e-855e-9661899b7252]
status:
  description: The HTTP status with which Cloudflare answered the request that failed.
  returned: when Cloudflare refused a request
  type: int
  sample: 403
code:
  description: The number that Cloudflare gave the error, 0 if it gave none.
  returned: when Cloudflare refused a request
  type: int
  sample: 10000
detail:
  description: What Cloudflare said about the error, in its own words.
  returned: when Cloudflare refused a request
  type: str
  sample: Authentication error
request:
  description: The request that failed.
  returned: when Cloudflare refused a request
  type: dict
  sample: {method: GET, path: /accounts/0123456789abcdef0123456789abcdef/access/policies}
request_id:
  description: The id by which Cloudflare's support finds the request; empty if there was none.
  returned: when Cloudflare refused a request
  type: str
  sample: 8f1c2b3a4d5e6f70
documentation_url:
  description: Where Cloudflare explains the error; empty if it does not say.
  returned: when Cloudflare refused a request
  type: str
  sample: ""
"""

from ..module_utils.inquiry.access.policies import policies
from ..module_utils.runner import inform_access

SPEC = {"id": {"type": "str"}, "name": {"type": "str"}, "application": {"type": "str"}}


def main() -> None:
    inform_access(SPEC, policies, mutually_exclusive=[("id", "name")])


if __name__ == "__main__":
    main()
