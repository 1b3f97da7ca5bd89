#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_group
short_description: One Access group of Cloudflare Zero Trust, and whom it includes
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Creates, changes, renames or deletes one Access group. Policies and other groups name it in their rules.
  - Cloudflare replaces a group as a whole. What a task does not name is sent back as it is, and stays.
  - The group is read back after each write, because "200 OK" is no proof.
  - Whether somebody who is in the group may get in is told by M(identityops.lifecycle.access_decision_info).
extends_documentation_fragment:
  - identityops.lifecycle.access
  - identityops.lifecycle.access.writing
  - identityops.lifecycle.attributes.access_writing
options:
  state:
    description:
      - Whether the group shall exist.
      - A group that other groups or policies name is not deleted; the task fails and tells in RV(used_by) which they are.
    type: str
    choices: [present, absent]
    default: present
  id:
    description: The id that Cloudflare gave the group. It finds a group; it cannot create one. With O(name) beside it, the group is renamed.
    type: str
  name:
    description:
      - The name of the group. Names are not unique at Cloudflare; one that several groups have is refused, with their ids.
      - A token with rights for some resources only is shown only those, so that it may create a second group of one name. Use O(id) with it.
    type: str
  include:
    description:
      - The rules of which one has to match. A group has to include somebody, so an empty list is refused.
      - Each rule is one kind and its value, such as C(email), C(email_domain), C(ip), C(geo), C(group), C(azure_ad),
        C(service_token) or C(everyone), or a rule as Cloudflare's API has it. A kind that is not known here is sent as it is,
        with a warning.
      - Groups, identity providers, lists, service tokens and device posture rules are named by their name or id.
      - The order of rules does not count, nor does the case of e-mail addresses, nor a missing C(/32).
    type: list
    elements: raw
  exclude:
    description: The rules of which none may match. An empty list clears them.
    type: list
    elements: raw
  require:
    description: The rules that all have to match. An empty list clears them.
    type: list
    elements: raw
  is_default:
    description:
      - Whether the group is put into new policies by default.
      - Cloudflare does not show this when a group is read. As long as it does not, it cannot be compared; it is sent to create a
        group and together with another change, and a warning says so. A task that does not give it sends none. As Cloudflare
        replaces a group as a whole, the group may then lose it with another change; give it in every task about a group that has it.
    type: bool
seealso:
  - module: identityops.lifecycle.access_group_info
  - module: identityops.lifecycle.access_policy
  - module: identityops.lifecycle.access_selector
  - name: Access groups
    description: What they are for.
    link: https://developers.cloudflare.com/cloudflare-one/access-controls/policies/groups/
"""

EXAMPLES = r"""
- name: Who works here, but for those who are on leave
  identityops.lifecycle.access_group:
    account_id: 0123456789abcdef0123456789abcdef
    api_token: "{{ cloudflare_token }}"
    name: Staff
    include:
      - email_domain: example.com
      - azure_ad:
          id: 4b2fd7f5-5b2a-4d3c-9c8b-1a8b5c2f7d11
          identity_provider: Entra ID
    exclude:
      - group: On leave

- name: Renamed, whatever its rules are
  identityops.lifecycle.access_group:
    id: aa0a4aab-672b-4bdb-bc33-a59f1130a11f
    name: Everybody who works here

- name: The group is gone, unless something still names it
  identityops.lifecycle.access_group:
    name: Project Difference Engine
    state: absent
"""

RETURN = r"""
group:
  description: The group as Cloudflare shows it after the task, with its rules as the options have them. Empty if there is none.
  returned: success
  type: dict
  sample:
    id: aa0a4aab-672b-4bdb-bc33-a59f1130a11f
    name: Staff
    include:
      - email_domain: example.com
    exclude: []
    require: []
    created_at: "2026-11-29T10:00:00Z"
    updated_at: "2026-11-29T10:00:00Z"
requests:
  description: The writes that were sent, or that check mode predicts.
  returned: always
  type: list
  elements: dict
  sample:
    - method: PUT
      path: /accounts/0123456789abcdef0123456789abcdef/access/groups/aa0a4aab-672b-4bdb-bc33-a59f1130a11f
unconverged:
  description: What Cloudflare accepted and did not keep, by the names of the options; V((existence\)) stands for the group itself.
  returned: success
  type: list
  elements: str
  sample: []
used_by:
  description: The groups and policies that name the group, which is why it was not deleted.
  returned: when a group that is in use shall be absent
  type: list
  elements: dict
  sample:
    - kind: policy
      id: 699d98642c564d2e855e9661899b7252
      name: Allow staff
      application: Wiki
      application_id: 023e105f4ecef8ad9ca31a8372d0c353
candidates:
  description: The ids of the groups that have the given name.
  returned: when more than one has it, which is refused
  type: list
  elements: str
  sample: [aa0a4aab-672b-4bdb-bc33-a59f1130a11f, 1d8b5c2f-672b-4bdb-bc33-a59f1130a11f]
status:
  description: The HTTP status with which Cloudflare answered the request that failed.
  returned: when Cloudflare refused a request
  type: int
  sample: 400
code:
  description: The number that Cloudflare gave the error, 0 if it gave none.
  returned: when Cloudflare refused a request
  type: int
  sample: 12130
detail:
  description: What Cloudflare said about the error, in its own words.
  returned: when Cloudflare refused a request
  type: str
  sample: access.api.error.invalid_request
"""

from ..module_utils.reconcile.access.group import group
from ..module_utils.runner import ensure_access

RULES = {"type": "list", "elements": "raw"}
SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "id": {"type": "str"},
    "name": {"type": "str"},
    "include": RULES,
    "exclude": RULES,
    "require": RULES,
    "is_default": {"type": "bool"},
}


def main() -> None:
    ensure_access(SPEC, group, required_one_of=[("id", "name")])


if __name__ == "__main__":
    main()
