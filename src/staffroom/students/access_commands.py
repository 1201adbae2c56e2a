"""``staffroom access …``: who sees whom and why, and what is granted, for whoever runs the instance.

The first project lead is made here: ``staffroom access grant LOGIN sets_access``. What is changed here stands
in the history of grants as done on the command line.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from staffroom.accounts.start import start_site
from staffroom.command import Call, Command, Exit
from staffroom.errors import SettingsError

if TYPE_CHECKING:
    from staffroom.students.models import Educator, GrantChange, Grants, Student

YES = "yes"


def explain(call: Call) -> int:
    """Exit code 0 for yes, 1 for no, 2 where educator or student are unknown, so that a script can ask."""
    start_site(call.instance)
    from staffroom.students.access import WORDS, Reason, rules_now, verdict_on

    educator = _educator(call.options.educator)
    student = _student(call.options.student)
    verdict = verdict_on(educator, student, rules=rules_now(call.instance))
    may = isinstance(verdict, Reason)
    facts = {
        "educator": educator.login,
        "student": student.local_id,
        "may_see": may,
        "reason": str(verdict),
        "words": WORDS[verdict],
        "signs_in_as": educator.person.email if educator.person else None,
        "can_sign_in": educator.person is not None and educator.person.is_active,
    }
    without = "" if facts["can_sign_in"] else " Nobody can sign in as this educator now."
    _answer(call, facts, f"{YES if may else 'no'} ({verdict}): {WORDS[verdict]}{without}")
    return Exit.DONE if may else Exit.FAILED


def who(call: Call) -> int:
    start_site(call.instance)
    from staffroom.students.access import WORDS, reasons_for_all, rules_now

    student, rules = _student(call.options.student), rules_now(call.instance)
    for educator, reason in reasons_for_all(student, rules=rules):
        facts = {"educator": educator.login, "reason": str(reason), "words": WORDS[reason]}
        _answer(call, facts, f"{educator.login}\t{reason}")
    return Exit.DONE


def grant(call: Call) -> int:
    return _set(call, give=True)


def revoke(call: Call) -> int:
    return _set(call, give=False)


def list_grants(call: Call) -> int:
    start_site(call.instance)
    from staffroom.students.models import Educator

    found = Educator.objects.select_related("school", "grants", "person").prefetch_related("labels")
    if call.options.educator:
        found = found.filter(pk=_educator(call.options.educator).pk)
    for educator in found.order_by("login"):
        facts = _facts(educator)
        if call.options.educator or facts["grants"] or facts["labels"]:
            _answer(call, facts, "\t".join((educator.login, _in_words(facts))))
    return Exit.DONE


def labels(call: Call) -> int:
    start_site(call.instance)
    from staffroom.students.labels import LABELS

    for label in LABELS:
        _answer(call, {"label": label.key, "grants": label.grants}, f"{label.key}\t{label.grants}")
    return Exit.DONE


def history(call: Call) -> int:
    start_site(call.instance)
    from staffroom.students.models import GrantChange

    found = GrantChange.objects.select_related("educator")
    if call.options.educator:
        found = found.filter(educator=_educator(call.options.educator))
    for change in found:
        _answer(call, _change_facts(change), _change_line(change))
    return Exit.DONE


def accounts(call: Call) -> int:
    start_site(call.instance)
    from staffroom.students.access_settings import access_settings
    from staffroom.students.signing_in import settle_accounts

    settled = settle_accounts(access_settings(call.instance))
    facts = {
        "joined": settled.joined,
        "made": settled.made,
        "closed": settled.closed,
        "opened": settled.opened,
        "shared": settled.shared,
        "kept": settled.kept,
    }
    _answer(call, facts, " ".join(_settled_words(facts)))
    return Exit.ROWS_SKIPPED if settled.shared or settled.kept else Exit.DONE


def _settled_words(facts: dict[str, Any]) -> list[str]:
    said = [
        f"{facts['made']:,} accounts made, {facts['joined']:,} joined, {facts['closed']:,} closed, "
        f"{facts['opened']:,} opened again."
    ]
    if facts["shared"]:
        said.append(f"One address is shared by {', '.join(facts['shared'])}: nobody signs in for them.")
    if facts["kept"]:
        said.append(f"Gone, but the last administrator: {', '.join(facts['kept'])}.")
    return said


def _set(call: Call, *, give: bool) -> int:
    """What is granted is a flag, a label, or ``grades:5,6``; all of them or, where one is wrong, none."""
    start_site(call.instance)
    from django.db import transaction

    from staffroom.students.granting import COMMAND_LINE, change_grants, give_label, grants_of, take_label

    educator = _educator(call.options.educator)
    values: dict[str, object] = {}
    with transaction.atomic():
        for word in call.options.grants:
            kind, _, rest = word.partition(":")
            if kind == "label":
                (give_label if give else take_label)(educator, rest, COMMAND_LINE)
            elif kind == "grades":
                held = grants_of(educator).grade_levels
                named = [grade for grade in rest.split(",") if grade]
                left = [grade for grade in held if grade not in named]
                values["grade_levels"] = [*left, *named] if give else left
            else:
                values[word] = give
        change_grants(educator, COMMAND_LINE, **values)
    facts = _facts(_educator(call.options.educator))
    return _answer(call, facts, f"{educator.login}: {_in_words(facts)}")


def _educator(name: str) -> Educator:
    """By login name or e-mail address. Raises SettingsError, also where several share it."""
    from staffroom.accounts.models.person import normal_email
    from staffroom.students.logins import normal_login
    from staffroom.students.models import Educator

    found = Educator.objects.select_related("person").filter(login=normal_login(name)).first()
    if found is None:
        sharing = list(Educator.objects.select_related("person").filter(email=normal_email(name))[:2])
        found = sharing[0] if len(sharing) == 1 and name.strip() else None
    if found is None:
        raise SettingsError(
            f"educator {name!r}", "is no educator's login name or address, or several have the address."
        )
    return found


def _student(local_id: str) -> Student:
    from staffroom.students.models import Student

    found = Student.objects.filter(local_id=local_id.strip()).first()
    if found is None:
        raise SettingsError(f"student {local_id!r}", "is no student's local id.")
    return found


def _facts(educator: Educator) -> dict[str, Any]:
    grants: Grants | None = getattr(educator, "grants", None)
    return {
        "educator": educator.login,
        "school": educator.school.local_id if educator.school else None,
        "is_administrator": educator.is_administrator,
        "present": educator.missing_since is None,
        "signs_in_as": educator.person.email if educator.person else None,
        "grants": _granted(grants) if grants else [],
        "labels": [label.key for label in educator.labels.all()],
    }


def _granted(grants: Grants) -> list[str]:
    from staffroom.students.granting import FLAGS

    named = [flag for flag in FLAGS if getattr(grants, flag)]
    return [*named, f"grades:{','.join(grants.grade_levels)}"] if grants.grade_levels else named


def _in_words(facts: dict[str, Any]) -> str:
    words = [*facts["grants"], *(f"label:{key}" for key in facts["labels"])]
    return " ".join(words) or "nothing is granted"


def _change_facts(change: GrantChange) -> dict[str, Any]:
    return {
        "at": change.changed_at,
        "educator": change.educator.login,
        "field": change.field,
        "before": change.before,
        "after": change.after,
        "person_id": change.changed_by,
        "through": change.through,
    }


def _change_line(change: GrantChange) -> str:
    by = change.through if change.changed_by is None else f"person {change.changed_by}"
    before, after = json.dumps(change.before), json.dumps(change.after)
    at = change.changed_at.isoformat(timespec="seconds")
    return "\t".join((at, change.educator.login, change.field, f"{before} -> {after}", by))


def _answer(call: Call, facts: dict[str, Any], sentence: str) -> int:
    print(json.dumps(facts, default=str, ensure_ascii=False) if call.options.json else sentence)
    return Exit.DONE


def _educator_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("educator", metavar="EDUCATOR", help="login name or e-mail address")


def _student_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("student", metavar="STUDENT", help="local id")


def _explain_options(parser: argparse.ArgumentParser) -> None:
    _educator_option(parser)
    _student_option(parser)


def _grant_options(parser: argparse.ArgumentParser) -> None:
    _educator_option(parser)
    parser.add_argument(
        "grants",
        nargs="+",
        metavar="GRANT",
        help="districtwide, schoolwide, reads_restricted_notes, only_special_education, "
        "only_english_learners, sets_access, grades:5,6 or label:housemaster",
    )


def _perhaps_educator(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("educator", nargs="?", metavar="EDUCATOR", help="only of this one")


COMMANDS = (
    Command("explain", "Say whether an educator may see a student, and why.", explain, _explain_options),
    Command("who", "List the educators who may see a student, and why.", who, _student_option),
    Command("grant", "Grant an educator more than their own classes.", grant, _grant_options),
    Command("revoke", "Take grants away.", revoke, _grant_options),
    Command("list", "List educators and what is granted to them.", list_grants, _perhaps_educator),
    Command("labels", "List the labels and what each grants.", labels),
    Command("history", "List what was granted and taken, the latest first.", history, _perhaps_educator),
    Command("accounts", "Join educators to accounts; close the accounts of those who are gone.", accounts),
)
