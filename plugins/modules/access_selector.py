#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_selector
short_description: One selector in, or out of, the rules of Access groups and policies
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Sees to it that one selector, such as the e-mail address of a person, stands in the rules of Access groups and policies of
    Cloudflare Zero Trust, or in none of them. Every other rule stays as it is and where it is, also of kinds that are not known here.
  - Each group or policy that changes costs one request, and all of them are verified with one more listing.
  - What cannot be done to one of them is refused for all of them, before the first write. If a write fails, the others are
    finished, RV(failures) tells which failed, and the task fails; the next run finishes the job.
  - Cloudflare does not show which group is put into new policies by default. A group that is written here may lose that;
    M(identityops.lifecycle.access_group) sets it.
  - A person whose own address is gone may still get in by a domain, a group of an identity provider, or another rule. Whether
    they do is told by M(identityops.lifecycle.access_decision_info).
extends_documentation_fragment:
  - identityops.lifecycle.access
  - identityops.lifecycle.access.writing
  - identityops.lifecycle.attributes.access_writing
options:
  selector:
    description:
      - One rule with one value, as in O(identityops.lifecycle.access_group#module:include), for example C(email) and an address.
      - The case of e-mail addresses does not count, nor does a missing C(/32).
    type: dict
    required: true
  state:
    description:
      - Whether the selector shall stand in the rules.
      - That it stands nowhere already is no error.
    type: str
    choices: [present, absent]
    default: present
  rules:
    description:
      - Which lists of rules.
      - To take a selector out of V(exclude) may let somebody in who was kept out, and to take one out of V(require) leaves fewer
        conditions to be met. A warning tells where that is done.
    type: list
    elements: str
    choices: [include, exclude, require]
    default: [include]
  groups:
    description: Names or ids of Access groups.
    type: list
    elements: str
  policies:
    description:
      - Names or ids of policies, reusable ones or those of one application. A name that a reusable policy has means that one.
    type: list
    elements: str
  everywhere:
    description:
      - All groups, all reusable policies, and all policies of single applications. A token with rights for some resources only is
        shown only those.
      - Where a selector is included only to keep people out, it stays, because without it they might get in again. That is the case
        in policies that deny, and in groups that only such policies, or excludes, name. They are listed in RV(kept). Name one in
        O(groups) or O(policies) to take the selector out of it as well.
      - With O(state=present), V(include) is refused, because the selector would get in everywhere.
    type: bool
    default: false
  on_empty:
    description:
      - What becomes of a group or policy of which nothing would be left to include, which Cloudflare does not take.
      - V(refuse) fails before anything is written, and names all of them.
      - V(delete) deletes them. A group that is named elsewhere, and a policy that an application has, is refused. One that does
        not exist any more is only warned about then.
      - V(disable) puts the address V(nobody@disabled.invalid), which nobody can have, in the place of the selector. The next
        selector that shall be present takes its place.
    type: str
    choices: [refuse, delete, disable]
    default: refuse
seealso:
  - module: identityops.lifecycle.access_group
  - module: identityops.lifecycle.access_policy
  - module: identityops.lifecycle.access_decision_info
"""

EXAMPLES = r"""
- name: Ada is let in by no rule of her own any more
  identityops.lifecycle.access_selector:
    account_id: 0123456789abcdef0123456789abcdef
    api_token: "{{ cloudflare_token }}"
    selector:
      email: ada@example.com
    state: absent
    everywhere: true
    on_empty: disable

- name: Charles is in two groups, whoever else is
  identityops.lifecycle.access_selector:
    selector:
      email: charles@example.com
    groups:
      - Engineers
      - On call

- name: An old office is excluded nowhere any more
  identityops.lifecycle.access_selector:
    selector:
      ip: 192.0.2.0/24
    state: absent
    rules: [exclude]
    policies:
      - Allow staff
"""

RETURN = r"""
objects:
  description: The groups and policies that were written, or would be, what was done to each, and in which of its rules.
  returned: success or partial failure
  type: list
  elements: dict
  sample:
    - kind: group
      id: aa0a4aab-672b-4bdb-bc33-a59f1130a11f
      name: Engineers
      action: changed
      rules: [include]
    - kind: policy
      id: 699d98642c564d2e855e9661899b7252
      name: Ada only
      application: Wiki
      application_id: 023e105f4ecef8ad9ca31a8372d0c353
      action: disabled
      rules: [include]
kept:
  description: The groups and policies in which the selector was left, because they are there to keep people out. See O(everywhere).
  returned: success or partial failure
  type: list
  elements: dict
  sample:
    - kind: group
      id: 1d8b5c2f-672b-4bdb-bc33-a59f1130a11f
      name: Left the company
counts:
  description: How many groups and policies were looked at, changed, deleted, disabled, kept, and could not be written.
  returned: success or partial failure
  type: dict
  sample: {examined: 512, changed: 3, deleted: 0, disabled: 1, kept: 0, failed: 0}
failures:
  description: The groups and policies that could not be written, and why. The first 100; RV(counts) tells how many there are.
  returned: success or partial failure
  type: list
  elements: dict
  sample: []
refused:
  description:
    - The first 100 of the groups and policies because of which nothing was written, the reason, and what uses those that were to be deleted.
  returned: when the task is refused
  type: list
  elements: dict
  sample:
    - kind: group
      id: aa0a4aab-672b-4bdb-bc33-a59f1130a11f
      name: Engineers
      reason: nothing would be left in its include
      used_by: []
requests:
  description: The writes that were sent, or that check mode predicts.
  returned: always
  type: list
  elements: dict
  sample:
    - method: PUT
      path: /accounts/0123456789abcdef0123456789abcdef/access/groups/aa0a4aab-672b-4bdb-bc33-a59f1130a11f
unconverged:
  description: What Cloudflare accepted and did not keep, each with its kind, name, id and list of rules.
  returned: success or partial failure
  type: list
  elements: str
  sample: []
candidates:
  description: The ids of the groups or policies that have a given name.
  returned: when more than one has it, which is refused
  type: list
  elements: str
  sample: [aa0a4aab-672b-4bdb-bc33-a59f1130a11f, 1d8b5c2f-672b-4bdb-bc33-a59f1130a11f]
status:
  description: The HTTP status with which Cloudflare answered the request that failed.
  returned: when Cloudflare refused a request that reads
  type: int
  sample: 403
code:
  description: The number that Cloudflare gave the error, 0 if it gave none.
  returned: when Cloudflare refused a request that reads
  type: int
  sample: 10000
detail:
  description: What Cloudflare said about the error, in its own words.
  returned: when Cloudflare refused a request that reads
  type: str
  sample: Authentication error
"""

from ..module_utils.core.access.selectors import ON_EMPTY, RULE_LISTS
from ..module_utils.reconcile.access.selector import selector
from ..module_utils.runner import ensure_access

SPEC = {
    "selector": {"type": "dict", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "rules": {"type": "list", "elements": "str", "choices": list(RULE_LISTS), "default": ["include"]},
    "groups": {"type": "list", "elements": "str"},
    "policies": {"type": "list", "elements": "str"},
    "everywhere": {"type": "bool", "default": False},
    "on_empty": {"type": "str", "choices": list(ON_EMPTY), "default": "refuse"},
}


def main() -> None:
    ensure_access(SPEC, selector)


if __name__ == "__main__":
    main()
