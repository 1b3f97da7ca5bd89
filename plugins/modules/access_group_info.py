#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_group_info
short_description: Access groups of Cloudflare Zero Trust, and what names them
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Reads one Access group, those of one name, or all of them, and on request which groups and policies name each.
  - That there is none is an answer and no error. A token with rights for some resources only is shown only those.
extends_documentation_fragment:
  - identityops.lifecycle.access
  - identityops.lifecycle.attributes.access_reading
options:
  id:
    description: The id that Cloudflare gave the group.
    type: str
  name:
    description: The name of the group. Names are not unique at Cloudflare, so more than one may be returned.
    type: str
  usage:
    description: Whether to tell which groups and policies name each group. For this, all groups, policies and applications are listed.
    type: bool
    default: false
seealso:
  - module: identityops.lifecycle.access_group
  - module: identityops.lifecycle.access_selector
"""

EXAMPLES = r"""
- name: One group
  identityops.lifecycle.access_group_info:
    account_id: 0123456789abcdef0123456789abcdef
    api_token: "{{ cloudflare_token }}"
    name: Staff

- name: All groups, and what names them
  identityops.lifecycle.access_group_info:
    usage: true
  register: access

- name: Groups that nothing names
  ansible.builtin.debug:
    msg: "{{ access.groups | rejectattr('used_by') | map(attribute='name') }}"
"""

RETURN = r"""
groups:
  description: The groups, with their rules as the options of M(identityops.lifecycle.access_group) have them. Empty if there is none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: aa0a4aab-672b-4bdb-bc33-a59f1130a11f
      name: Staff
      include:
        - email_domain: example.com
      exclude: []
      require: []
      created_at: "2026-11-29T10:00:00Z"
      updated_at: "2026-11-29T10:00:00Z"
      used_by:
        - kind: policy
          id: 699d98642c564d2e855e9661899b7252
          name: Allow staff
          application: Wiki
          application_id: 023e105f4ecef8ad9ca31a8372d0c353
count:
  description: How many groups are returned.
  returned: success
  type: int
  sample: 1
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
"""

from ..module_utils.inquiry.access.groups import groups
from ..module_utils.runner import inform_access

SPEC = {
    "id": {"type": "str"},
    "name": {"type": "str"},
    "usage": {"type": "bool", "default": False},
}


def main() -> None:
    inform_access(SPEC, groups, mutually_exclusive=[("id", "name")])


if __name__ == "__main__":
    main()
