#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scim_directory
short_description: Many users and groups of a SCIM service in one task
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Makes a list of users and a list of groups with members true on any service that speaks SCIM 2.0, in one task, be it ten
    people or ten thousand.
  - Everybody is looked up, one plan is made of everything, and the plan is held against O(brakes), O(protected) and
    O(expect_plan) before the first write. Then users are written, then groups with their members, then removals, several
    at a time or many in one Bulk request, and at last the lists are read again to see what is true.
  - Who is not listed is left alone, unless O(unlisted) says otherwise.
  - Who fails does not keep the others from being done. The task then fails and names each failure, and the next run
    finishes the job. So does the next run after one that was killed.
extends_documentation_fragment:
  - identityops.lifecycle.scim
  - identityops.lifecycle.scim.writing
  - identityops.lifecycle.attributes.writing
options:
  users:
    description:
      - The users, in the language of M(identityops.lifecycle.scim_user). An empty list is refused.
      - Two entries with the same C(id), C(external_id) or C(user_name) are refused.
    type: list
    elements: dict
    suboptions:
      state:
        description:
          - V(present) makes sure that the user exists, is active, and is as the entry says.
          - V(absent) makes sure that the user can no longer be used, as C(absent_mode) says.
        type: str
        choices: [present, absent]
        default: present
      absent_mode:
        description: What C(state=absent) means; see M(identityops.lifecycle.scim_user).
        type: str
        choices: [delete, deactivate, delete_or_deactivate]
        default: delete
      id:
        description: The id that the service gave the user. It finds a user; it cannot create one.
        type: str
      external_id:
        description:
          - The id of the user in your source of people. The best key, because it survives renaming and marriages.
          - The user is looked for by C(external_id), then by C(user_name).
          - A user that is found by name and has another external id is somebody else, and fails.
        type: str
      user_name:
        description: The name by which the user signs in. Needed to create a user.
        type: str
      active:
        description: Whether the user may sign in. It defaults to V(true).
        type: bool
      display_name:
        description: The name that people see.
        type: str
      name:
        description: The parts of the user's name. An empty string clears a part.
        type: dict
        suboptions:
          formatted:
            description: The full name, formatted.
            type: str
          family_name:
            description: The family name.
            type: str
          given_name:
            description: The given name.
            type: str
          middle_name:
            description: The middle name or names.
            type: str
          honorific_prefix:
            description: What comes before the name, such as a title.
            type: str
          honorific_suffix:
            description: What comes after the name.
            type: str
      nick_name:
        description: The casual name.
        type: str
      profile_url:
        description: Address of the user's page.
        type: str
      title:
        description: The job title; an empty string clears it, as with every text here.
        type: str
      user_type:
        description: The relation to the organization, for example V(Employee).
        type: str
      preferred_language:
        description: Languages, as in the header C(Accept-Language).
        type: str
      locale:
        description: For numbers, currency and dates, for example V(en-GB).
        type: str
      timezone:
        description: IANA time zone, for example V(Europe/Vienna).
        type: str
      emails:
        description:
          - E-mail addresses.
          - The list is the whole wish; an empty list clears the attribute. Of an entry only what is given is compared.
        type: list
        elements: dict
        suboptions:
          value:
            description: The address.
            type: str
          display:
            description: What people call it.
            type: str
          type:
            description: Its kind, for example V(work) or V(home).
            type: str
          primary:
            description: Whether it is the main one; at most one may be.
            type: bool
      phone_numbers:
        description:
          - Telephone numbers. Spaces and punctuation do not count.
          - The list is the whole wish; an empty list clears the attribute. Of an entry only what is given is compared.
        type: list
        elements: dict
        suboptions:
          value:
            description: The number.
            type: str
          display:
            description: What people call it.
            type: str
          type:
            description: Its kind, for example V(work) or V(mobile).
            type: str
          primary:
            description: Whether it is the main one; at most one may be.
            type: bool
      ims:
        description:
          - Instant messaging addresses.
          - The list is the whole wish; an empty list clears the attribute. Of an entry only what is given is compared.
        type: list
        elements: dict
        suboptions:
          value:
            description: The address.
            type: str
          display:
            description: What people call it.
            type: str
          type:
            description: Its kind, for example V(xmpp).
            type: str
          primary:
            description: Whether it is the main one; at most one may be.
            type: bool
      photos:
        description:
          - Addresses of pictures.
          - The list is the whole wish; an empty list clears the attribute. Of an entry only what is given is compared.
        type: list
        elements: dict
        suboptions:
          value:
            description: The address.
            type: str
          display:
            description: What people call it.
            type: str
          type:
            description: Its kind, for example V(photo).
            type: str
          primary:
            description: Whether it is the main one; at most one may be.
            type: bool
      addresses:
        description:
          - Postal addresses; each is known by its type.
          - The list is the whole wish; an empty list clears the attribute. Of an entry only what is given is compared.
        type: list
        elements: dict
        suboptions:
          type:
            description: Its kind, for example V(work) or V(home).
            type: str
          formatted:
            description: The whole address, formatted for a label.
            type: str
          street_address:
            description: Street and house number.
            type: str
          locality:
            description: City.
            type: str
          region:
            description: State or region.
            type: str
          postal_code:
            description: Postal code.
            type: str
          country:
            description: Country, as two letters (ISO 3166-1).
            type: str
          primary:
            description: Whether it is the main one; at most one may be.
            type: bool
      entitlements:
        description:
          - What the user is entitled to.
          - The list is the whole wish; an empty list clears the attribute. Of an entry only what is given is compared.
        type: list
        elements: dict
        suboptions:
          value:
            description: The entitlement.
            type: str
          display:
            description: What people call it.
            type: str
          type:
            description: Its kind, as the service defines it.
            type: str
          primary:
            description: Whether it is the main one; at most one may be.
            type: bool
      roles:
        description:
          - The user's roles.
          - The list is the whole wish; an empty list clears the attribute. Of an entry only what is given is compared.
        type: list
        elements: dict
        suboptions:
          value:
            description: The role.
            type: str
          display:
            description: What people call it.
            type: str
          type:
            description: Its kind, as the service defines it.
            type: str
          primary:
            description: Whether it is the main one; at most one may be.
            type: bool
      x509_certificates:
        description:
          - Certificates.
          - The list is the whole wish; an empty list clears the attribute. Of an entry only what is given is compared.
        type: list
        elements: dict
        suboptions:
          value:
            description: The certificate, DER in Base64.
            type: str
          display:
            description: What people call it.
            type: str
          type:
            description: Its kind, as the service defines it.
            type: str
          primary:
            description: Whether it is the main one; at most one may be.
            type: bool
      employee_number:
        description: Number in the organization (enterprise schema).
        type: str
      cost_center:
        description: Cost center (enterprise schema).
        type: str
      organization:
        description: Organization (enterprise schema).
        type: str
      division:
        description: Division (enterprise schema).
        type: str
      department:
        description: Department (enterprise schema).
        type: str
      manager:
        description:
          - The manager, by C(user_name), C(external_id), or V(id:) and the id (enterprise schema).
          - The manager may be another user of the list. Everybody is written after their manager.
        type: str
      extensions:
        description:
          - Attributes of other schemas, by schema URN and attribute name. V(null) clears an attribute.
        type: dict
  groups:
    description:
      - The groups, in the language of M(identityops.lifecycle.scim_group). An empty list is refused.
      - Two entries with the same C(id), C(external_id) or C(display_name) are refused.
    type: list
    elements: dict
    suboptions:
      state:
        description: Whether the group shall exist.
        type: str
        choices: [present, absent]
        default: present
      id:
        description: The id that the service gave the group. It finds a group; it cannot create one.
        type: str
      external_id:
        description: The id of the group in your source. The group is looked for by C(external_id), then by C(display_name).
        type: str
      display_name:
        description: The name of the group. Needed to create one.
        type: str
      members:
        description:
          - The people in the group. Give either C(set), or C(add) and C(remove).
          - They are named by C(user_name), C(external_id), or V(id:) and the id. Users of O(users) may be named, too.
        type: dict
        suboptions:
          add:
            description: Who shall be among them. Those who are not named stay.
            type: list
            elements: str
          remove:
            description: Who shall not be among them. Those who are not named stay.
            type: list
            elements: str
          set:
            description: Exactly who shall be in the group; everybody else is removed from it, except those of O(ignore).
            type: list
            elements: str
      nested_groups:
        description:
          - The groups in the group, by C(display_name), C(external_id), or V(id:) and the id. They have to exist.
          - Give either C(set), or C(add) and C(remove).
        type: dict
        suboptions:
          add:
            description: Which shall be among them.
            type: list
            elements: str
          remove:
            description: Which shall not be among them.
            type: list
            elements: str
          set:
            description: Exactly which shall be in the group.
            type: list
            elements: str
      extensions:
        description: Attributes of other schemas, by schema URN and attribute name. V(null) clears an attribute.
        type: dict
  source:
    description:
      - A file on the host that runs the task, with the users and groups, in the place of O(users) and O(groups).
      - JSON or YAML that holds C(users) and C(groups), or a list of users; or, where the name ends in C(.jsonl) or C(.ndjson),
        one entry a line, with C("kind":"Group") in those of groups.
      - Lists that are as long as this module is made for belong in a file. AWX drops results of more than 700,000 characters,
        and ansible-core before 2.19 counts the options of a task among them.
      - A file is read more strictly than a task. What is no text where a text is due is refused, as are doubled keys, unknown
        ones, and a file that ends in the middle.
    type: path
  unlisted:
    description:
      - What becomes of those who are on the service, are this task's own (O(owned)), and are not listed.
      - Whoever bears a name or an external id of a listed entry counts as listed, even where the entry fails.
    type: dict
    suboptions:
      users:
        description: Keep the users, deactivate them, or delete them. It needs O(users), or users in O(source).
        type: str
        choices: [keep, deactivate, delete]
        default: keep
      groups:
        description: Keep the groups, or delete them. It needs O(groups), or groups in O(source).
        type: str
        choices: [keep, delete]
        default: keep
  owned:
    description:
      - Which users and groups are this task's own. The others are not counted, and O(unlisted) is not about them.
      - An entry of the lists is carried out, whoever owns it. An empty rule is refused.
    type: dict
    suboptions:
      users:
        description: Which users.
        type: dict
        suboptions:
          filter:
            description:
              - Those whom this SCIM filter selects, as in V(userType eq "Employee").
              - It is evaluated here, on the list of everybody, because a service that ignores filters would give everybody.
            type: str
          external_id_prefix:
            description: Those whose external id begins so, to the letter.
            type: str
      groups:
        description: Which groups.
        type: dict
        suboptions:
          filter:
            description: Those whom this SCIM filter selects; see O(owned.users.filter).
            type: str
          external_id_prefix:
            description: Those whose external id begins so, to the letter.
            type: str
  ignore:
    description:
      - Who is left alone, whatever else the task says. They are neither counted nor written to, listed or not, and keep the
        memberships that they have.
      - Names and shell patterns, without regard to letter case, of C(user_name) or C(display_name), C(external_id), and the
        id with or without V(id:).
    type: dict
    suboptions:
      users:
        description: Which users.
        type: list
        elements: str
      groups:
        description: Which groups.
        type: list
        elements: str
  brakes:
    description:
      - How much a plan may take away or change at most. A plan beyond it is refused before the first write, with the numbers,
        a sample, and the option that would allow it. In check mode, too.
      - Each brake has a number and a percentage; the smaller one counts. V(100) percent is no limit. So that small directories can be
        changed, one deletion, two deactivations, five memberships that end, two of them in one group, and ten changes are always
        allowed, unless the number or the percentage is V(0).
      - A percentage is one of the users and groups that the task owns (O(owned)).
      - The brakes look at the whole plan, also where O(shard) carries out a part of it.
    type: dict
    suboptions:
      deletions:
        description: Users that are deleted, as a part of all users, and groups that are deleted, as a part of all groups.
        type: dict
        suboptions:
          number:
            description: How many at most. It defaults to V(50).
            type: int
          percent:
            description: How many percent at most. It defaults to V(5).
            type: float
      deactivations:
        description: Users that are deactivated, as a part of all users.
        type: dict
        suboptions:
          number:
            description: How many at most. It defaults to V(200).
            type: int
          percent:
            description: How many percent at most. It defaults to V(10).
            type: float
      membership_removals:
        description:
          - Memberships that end, as a part of all memberships in the groups that the task is about.
          - A group that is deleted ends all of its own.
        type: dict
        suboptions:
          number:
            description: How many at most. It defaults to V(1000).
            type: int
          percent:
            description: How many percent at most. It defaults to V(10).
            type: float
      membership_removals_per_group:
        description: Memberships that end in one group, as a part of its members.
        type: dict
        suboptions:
          number:
            description: How many at most. It defaults to V(200).
            type: int
          percent:
            description: How many percent at most. It defaults to V(50).
            type: float
      changes:
        description:
          - Users and groups that are changed or removed, as a part of all. Creating somebody is no change, and neither is a group
            that only gets members, or a user who only gets a first manager.
        type: dict
        suboptions:
          number:
            description: How many at most. It defaults to V(2000).
            type: int
          percent:
            description: How many percent at most. It defaults to V(30).
            type: float
      least_members:
        description:
          - A group that has so many members does not fall below that number by an update. V(0) switches it off.
          - It defaults to V(1), which keeps groups from being emptied by accident.
        type: int
  expect_plan:
    description:
      - The digest of the plan that was approved, RV(plan) of an earlier run in check mode. The task goes on only if its plan is
        still the same, and fails otherwise, before the first write. If there is nothing left to do, it does not fail.
      - The plan is another one as soon as somebody else changes what it is about, the source changes, or O(url) is another.
      - An empty one is refused, because it is no approval.
    type: str
  plan_file:
    description:
      - A file for the whole plan as JSON, and beside it, with the suffix C(.md), a summary for people. It is written before the
        first write, and in check mode, too. Mode 0600.
      - With O(expect_plan) it is read, to tell what has become different, and only written if the plan is still the approved one.
    type: path
  report_file:
    description:
      - A file to which one line of JSON is added for each write when it is answered, so that a run that is killed leaves a true
        record. What turns out later, such as V(unconverged), gets another line. Mode 0600.
      - Nothing is added in check mode.
    type: path
  concurrency:
    description: How many requests are under way at the same time, at most.
    type: int
    default: 8
  bulk:
    description:
      - Whether several writes are sent in one request (RFC 7644 section 3.7).
      - V(auto) does so where the service says that it offers Bulk. What fails there, is lost or turns out not to be done, is
        sent alone.
      - V(always) fails where the service does not say so.
    type: str
    choices: [auto, always, never]
    default: auto
  rate:
    description: How many requests a second at most. Without it, as many as the service takes.
    type: float
  max_failures:
    description:
      - After so many failures nothing more is begun; what was begun is finished and verified. V(0) never stops.
      - If so many entries of the lists are in doubt already, nothing is written.
    type: int
    default: 50
  shard:
    description:
      - Carry out only one of several parts of the plan, which can run at the same time elsewhere. Give every part the same lists.
      - A resource belongs to a part by the hash of its external id, or of its name if it has none. The parts are disjoint and
        complete, however many runs take a share in them.
      - Members and managers who do not exist yet because another part creates them are left out, with a warning, until the
        task is run again. So make a first load in one task, without O(shard).
    type: dict
    suboptions:
      index:
        description: Which part, from V(0).
        type: int
        required: true
      count:
        description: How many parts there are.
        type: int
        required: true
  max_reported:
    description:
      - How many entries each list of the result holds at most; the counts are always complete.
      - A list also ends where it would be too long, so that a result stays below 100,000 characters. O(plan_file) and
        O(report_file) have everything.
    type: int
    default: 100
  progress:
    description: Whether to show on the controller, every few seconds, how far the task is. Nothing is shown for a task of a few seconds.
    type: bool
    default: true
  progress_file:
    description:
      - A file on the host that runs the task, to which it writes how far it is, and which is removed at its end.
      - It is set by itself where O(progress) is to be shown.
    type: path
  time_budget:
    description:
      - Seconds that the whole task may take, waiting for rate limits included. If it is not set, E(SCIM_TIME_BUDGET) is used.
      - Longer than for a single resource.
    type: float
    default: 7200.0
  max_scan:
    description: How many resources a list may have that has to be read. More than for a single resource.
    type: int
    default: 1000000
notes:
  - Passwords are left out on purpose; give them with M(identityops.lifecycle.scim_user).
seealso:
  - module: identityops.lifecycle.scim_user
  - module: identityops.lifecycle.scim_group
  - name: Changing ten thousand people safely
    description: A guide to the plan, brakes, approval, and what to do when something goes wrong.
    link: https://github.com/identityops/lifecycle/blob/main/docs/safely.md
"""

EXAMPLES = r"""
- name: Two people join, in their department and under their manager
  identityops.lifecycle.scim_directory:
    users:
      - external_id: "1791"
        user_name: charles@example.com
        title: Director
        department: Engines
      - external_id: "1815"
        user_name: ada@example.com
        name:
          given_name: Ada
          family_name: Lovelace
        department: Engines
        manager: "1791"
    groups:
      - display_name: Engines
        members:
          add:
            - "1791"
            - "1815"

- name: Everybody of a file; who is not in it is deactivated, at most 20 of them
  identityops.lifecycle.scim_directory:
    source: /var/lib/hr/people.jsonl
    unlisted:
      users: deactivate
    owned:
      users:
        external_id_prefix: "hr-"
    ignore:
      users: ["svc-*", "breakglass@example.com"]
    brakes:
      deactivations:
        number: 20

- name: What would be done, for somebody to look at
  identityops.lifecycle.scim_directory:
    source: /var/lib/hr/people.jsonl
    plan_file: /var/lib/hr/plan.json
  check_mode: true
  register: proposed

- name: Exactly that, once it was approved, with a record of each write
  identityops.lifecycle.scim_directory:
    source: /var/lib/hr/people.jsonl
    expect_plan: "{{ proposed.plan }}"
    report_file: /var/log/hr/writes.jsonl

- name: One part of four, as virtual shard hosts of an inventory have it
  identityops.lifecycle.scim_directory:
    source: /var/lib/hr/people.jsonl
    shard:
      index: "{{ shard_index }}"
      count: 4
    rate: 5
  vars:
    shard_index: 0

- name: A service with limits of its own; exact members, and a group that is gone
  identityops.lifecycle.scim_directory:
    groups:
      - display_name: Engines
        members:
          set: [ada@example.com, charles@example.com]
      - display_name: Looms
        state: absent
    brakes:
      membership_removals:
        percent: 50
      least_members: 2
    concurrency: 2
    bulk: never
    max_failures: 5
    progress: false
"""

RETURN = r"""
plan:
  description: The digest of the plan, for O(expect_plan). SHA-256, the same as long as the plan is.
  returned: unless the task was refused before there was a plan
  type: str
  sample: 5c1bd5d0ae8a1dd6d0ae1f2e32d6ee29d4c7fdd7b8bb2ad37fbe6cd2f4cb2a9e
counts:
  description:
    - How many resources were created, updated, deactivated, deleted, found as they should be, failed, or were not attempted any more.
    - If the plan was refused, what it would have done.
  returned: unless the task was refused before there was a plan
  type: dict
  sample: {create: 2, update: 0, deactivate: 0, delete: 0, unchanged: 105, failed: 0, not_attempted: 0}
counts_by_kind:
  description: The same for users and for groups.
  returned: unless the task was refused before there was a plan
  type: dict
  sample:
    User: {create: 2, update: 0, deactivate: 0, delete: 0, unchanged: 100, failed: 0, not_attempted: 0}
    Group: {create: 0, update: 0, deactivate: 0, delete: 0, unchanged: 5, failed: 0, not_attempted: 0}
ignored:
  description: How many listed entries were left alone because of O(ignore).
  returned: unless the task was refused as a whole, before the first write
  type: int
  sample: 0
duration:
  description: How long it took, in seconds.
  returned: unless the task was refused as a whole, before the first write
  type: float
  sample: 4.211
requests_by_method:
  description: How many requests were sent in all, reads and repetitions included.
  returned: unless the task was refused as a whole, before the first write
  type: dict
  sample: {GET: 4, POST: 2}
brakes:
  description: The brakes that refused the plan, each with its numbers and a sample.
  returned: when one did
  type: list
  elements: dict
  sample:
    - brake: deletions
      kind: User
      count: 12
      allowed: 2
      of: 40
      sample: [ada@example.com]
      said: 12 of 40 users would be deleted
resources:
  description:
    - What was done with each resource that did not fail, those to which something was done first. In check mode, a resource that
      would be created has no id.
  returned: unless the task was refused as a whole, before the first write
  type: list
  elements: dict
  sample: [{kind: User, key: ada@example.com, id: 2819c223, verb: create}]
failures:
  description: What failed, with the reason. Everything else was done.
  returned: unless the task was refused as a whole, before the first write
  type: list
  elements: dict
  sample: [{kind: User, key: ada@example.com, msg: "POST /Users was answered with status 400: no more licences"}]
requests:
  description:
    - The writes that were sent, in the order of the plan; in check mode, those that would be. Bodies are left out.
    - A write that was sent within a Bulk request is here, too, as it would be alone.
  returned: always
  type: list
  elements: dict
  sample: [{method: POST, path: /Users}]
not_attempted:
  description: What was not attempted, with the reason, O(max_failures) or O(time_budget).
  returned: unless the task was refused as a whole, before the first write
  type: list
  elements: dict
  sample: []
unconverged:
  description:
    - What the service accepted and did not keep, by resource and option. V((existence\)) is the resource itself.
  returned: unless the task was refused as a whole, before the first write
  type: list
  elements: dict
  sample: [{kind: User, key: ada@example.com, paths: [title]}]
unverifiable:
  description: What the service does not show, so that it could not be verified.
  returned: unless the task was refused as a whole, before the first write
  type: list
  elements: dict
  sample: []
truncated:
  description: Whether one of the lists was cut, because it has more than O(max_reported) entries or than 11,000 characters.
  returned: unless the task was refused as a whole, before the first write
  type: bool
  sample: false
status:
  description: The HTTP status with which the service answered the request that failed.
  returned: when the service refused a request
  type: int
  sample: 400
scim_type:
  description: The keyword of RFC 7644 section 3.12 for the error; empty if the service gave none.
  returned: when the service refused a request
  type: str
  sample: invalidValue
detail:
  description: What the service said about the error, in its own words.
  returned: when the service refused a request
  type: str
  sample: no more licences
request_id:
  description: The id by which the support of the service finds the request; empty if the service gave none.
  returned: when the service refused a request
  type: str
  sample: 8c2f2c9a
request:
  description: The request that failed.
  returned: when the service refused a request
  type: dict
  sample: {method: POST, path: /Users}
candidates:
  description: The ids of the resources that answer to the given names.
  returned: when more than one does, which is refused
  type: list
  elements: str
  sample: [2819c223, e9e30dba]
protected:
  description: Whether the task was refused because of O(protected).
  returned: when it was
  type: bool
  sample: true
"""

from ..module_utils.client.lookup import Identity
from ..module_utils.core.brakes import DEFAULTS as LIMITS
from ..module_utils.core.desired import memberships_from
from ..module_utils.core.errors import InvalidInput
from ..module_utils.core.resources import GROUP, USER, Resource
from ..module_utils.core.roll import refuse_doubles, refuse_nobody, superiors_first
from ..module_utils.options import CONNECTION, Spec, attribute_options
from ..module_utils.reconcile.directory import KEEP
from ..module_utils.reconcile.wish import DEACTIVATE, DELETE, DELETE_OR_DEACTIVATE, Wish
from ..module_utils.runner import Params, ensure_many
from ..module_utils.source import read_source

USER_KEYS = ("id", "external_id", "user_name")
GROUP_KEYS = ("id", "external_id", "display_name")


def entries(resource: Resource, *without: str) -> Spec:
    """The options of an entry: those of the single module that say how a resource shall be."""
    options = {name: option for name, option in attribute_options(resource).items() if name not in without}
    return {**options, "extensions": {"type": "dict"}, "id": {"type": "str"}, "state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}


def each_kind(option: Params) -> dict[str, Params]:
    """A dictionary with users and groups, which are the same."""
    return {"type": "dict", "options": {"users": option, "groups": option}}


SPEC: Spec = {
    "users": {
        "type": "list",
        "elements": "dict",
        "options": {
            **entries(USER, "password"),
            "absent_mode": {"type": "str", "choices": [DELETE, DEACTIVATE, DELETE_OR_DEACTIVATE], "default": DELETE},
        },
        "required_one_of": [USER_KEYS],
    },
    "groups": {"type": "list", "elements": "dict", "options": entries(GROUP), "required_one_of": [GROUP_KEYS]},
    "source": {"type": "path"},
    "unlisted": {
        "type": "dict",
        "options": {
            "users": {"type": "str", "choices": [KEEP, DEACTIVATE, DELETE], "default": KEEP},
            "groups": {"type": "str", "choices": [KEEP, DELETE], "default": KEEP},
        },
    },
    "owned": each_kind({"type": "dict", "options": {"filter": {"type": "str"}, "external_id_prefix": {"type": "str"}}}),
    "ignore": each_kind({"type": "list", "elements": "str"}),
    "brakes": {
        "type": "dict",
        "options": {
            **{name: {"type": "dict", "options": {"number": {"type": "int"}, "percent": {"type": "float"}}} for name in LIMITS},
            "least_members": {"type": "int"},
        },
    },
    "expect_plan": {"type": "str"},
    "plan_file": {"type": "path"},
    "report_file": {"type": "path"},
    "concurrency": {"type": "int", "default": 8},
    "bulk": {"type": "str", "choices": ["auto", "always", "never"], "default": "auto"},
    "rate": {"type": "float"},
    "max_failures": {"type": "int", "default": 50},
    "shard": {"type": "dict", "options": {name: {"type": "int", "required": True} for name in ("index", "count")}},
    "max_reported": {"type": "int", "default": 100},
    "progress": {"type": "bool", "default": True},
    "progress_file": {"type": "path"},
    "time_budget": {**CONNECTION["time_budget"], "default": 7200.0},
    "max_scan": {**CONNECTION["max_scan"], "default": 1000000},
}


def wishes_of(params: Params) -> tuple[list[Wish], list[Wish]]:
    """The options of the task as wishes for users, in the order in which they can be written, and for groups."""
    if params["users"] is None and params["groups"] is None and not (params["source"] or "").strip():
        raise InvalidInput("users, groups and source are empty; nothing was written: give one of them")
    given = read_source(params["source"], SPEC) if params["source"] else params
    for option in ("users", "groups"):
        if given.get(option) == []:
            raise InvalidInput(f"{option} is empty; nothing was written: leave the option out if you mean nobody")
        unlisted = (params["unlisted"] or {}).get(option, KEEP)
        if given.get(option) is None and unlisted != KEEP:
            raise InvalidInput(f"unlisted.{option}: {unlisted}, but {option} is missing; nothing was written: without a list, everybody would go")
    users, groups = given.get("users") or [], given.get("groups") or []
    for option, entries_given, keys in (("users", users, USER_KEYS), ("groups", groups, GROUP_KEYS)):
        refuse_nobody(option, entries_given, keys, option[:-1])
        refuse_doubles(option, entries_given, keys)
    order = superiors_first(users, ("user_name", "external_id"), "manager")
    return [user_of(users[position]) for position in order], [group_of(group) for group in groups]


def user_of(entry: Params) -> Wish:
    """One entry of users."""
    identity = Identity(entry["id"] or "", entry["external_id"] or "", entry["user_name"] or "")
    attributes = {"active": True, **USER.from_options(entry)} if entry["state"] == "present" else None
    return Wish(USER, identity, attributes, absent=entry["absent_mode"])


def group_of(entry: Params) -> Wish:
    """One entry of groups."""
    identity = Identity(entry["id"] or "", entry["external_id"] or "", entry["display_name"] or "")
    if entry["state"] == "absent":
        return Wish(GROUP, identity, None)
    return Wish(GROUP, identity, GROUP.from_options(entry), memberships_from(GROUP.memberships, entry))


def main() -> None:
    lists = ("users", "groups")
    ensure_many(
        SPEC,
        wishes_of,
        required_one_of=[(*lists, "source")],
        mutually_exclusive=[("source", name) for name in lists],
    )


if __name__ == "__main__":
    main()
