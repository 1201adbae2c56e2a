"""``staffroom accounts …``: people, their courses and their tokens, for whoever runs the instance.

A password is never an option, where other users of the machine could read it: it is asked for, read from
standard input, or taken from the secret ``account_password``.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from typing import Any

from staffroom.accounts.settings import LONGEST_TOKEN_DAYS, AccountsSettings
from staffroom.accounts.start import start_site
from staffroom.command import Call, Command, Exit, number
from staffroom.errors import SettingsError
from staffroom.tally import counted

PASSWORD_SECRET = "account_password"  # noqa: S105 - the name of a secret


def create(call: Call) -> int:
    start_site(call.instance)
    from staffroom.accounts import people

    password = _password(call)
    person = people.create_person(
        call.options.email,
        name=call.options.name,
        password=password,
        administrator=call.options.administrator,
        language=call.options.language,
    )
    role = "an administrator" if person.is_administrator else "a person without courses"
    return _answer(call, _facts(person), f"{person.email} is now {role}.")


def list_people(call: Call) -> int:
    start_site(call.instance)
    from staffroom.accounts.models import Person

    for person in Person.objects.prefetch_related("course_roles").order_by("email"):
        courses = [f"{role.role} of {role.course_id}" for role in person.course_roles.all()]
        role = "administrator" if person.is_administrator else "-"
        state = "active" if person.is_active else "inactive"
        _answer(
            call,
            {**_facts(person), "courses": courses},
            "\t".join((person.email, person.name, role, state, ", ".join(courses) or "-")),
        )
    return Exit.DONE


def deactivate(call: Call) -> int:
    start_site(call.instance)
    from staffroom.accounts import people

    person = people.find_person(call.options.email)
    people.set_active(person, bool(call.options.undo))
    state = "active again" if person.is_active else "inactive: sessions and tokens are ended"
    return _answer(call, _facts(person), f"{person.email} is {state}.")


def password(call: Call) -> int:
    start_site(call.instance)
    from staffroom.accounts import people

    person = people.find_person(call.options.email)
    people.set_password(person, _password(call))
    return _answer(call, _facts(person), f"{person.email} has a new password.")


def course_staff(call: Call) -> int:
    start_site(call.instance)
    from staffroom.accounts import people

    person = people.find_person(call.options.email)
    if call.options.action == "add":
        given = people.give_course(person, call.options.course, call.options.role)
        facts = {**_facts(person), "course": given.course_id, "role": given.role}
        return _answer(call, facts, f"{person.email} is {given.role} of {given.course_id}.")
    taken = people.take_course(person, call.options.course)
    state = "no longer has" if taken else "did not have"
    facts = {**_facts(person), "course": call.options.course, "taken": taken}
    return _answer(call, facts, f"{person.email} {state} {call.options.course}.")


def token(call: Call) -> int:
    start_site(call.instance)
    return {"issue": _issue, "revoke": _revoke, "list": _list_tokens}[call.options.action](call)


def _issue(call: Call) -> int:
    from staffroom.accounts import people, tokens

    person = people.find_person(_subject(call, "an e-mail address"))
    days = call.options.days or call.instance.section("accounts", AccountsSettings).token_days
    issued, secret = tokens.issue_token(person, call.options.name, days=days)
    call.say(f"Token {issued.pk} of {person.email}, good for {counted(days, 'day')}. It is shown this once:")
    return _answer(call, {"token": issued.pk, "secret": secret, "expires_at": issued.expires_at}, secret)


def _revoke(call: Call) -> int:
    from staffroom.accounts import tokens

    number = _subject(call, "a token's number")
    if not number.isdecimal():
        raise SettingsError(f"token {number!r}", "is not a number.", next_step="See 'accounts token list'.")
    revoked = tokens.revoke_token(int(number))
    return _answer(call, {"token": revoked.pk}, f"Token {revoked.pk} is revoked.")


def _list_tokens(call: Call) -> int:
    from django.utils import timezone

    from staffroom.accounts import people
    from staffroom.accounts.models import Token

    tokens = Token.objects.select_related("person").order_by("pk")
    if call.options.subject:
        tokens = tokens.filter(person=people.find_person(call.options.subject))
    for one in tokens:
        state = "good" if one.is_good(timezone.now()) and one.person.is_active else "ended"
        used = one.last_used_at.isoformat(timespec="minutes") if one.last_used_at else "never used"
        facts = {"token": one.pk, "person": one.person.email, "name": one.name, "state": state}
        facts |= {"last_used_at": one.last_used_at, "expires_at": one.expires_at}
        _answer(call, facts, "\t".join((str(one.pk), one.person.email, one.name, state, used)))
    return Exit.DONE


def _subject(call: Call, wanted: str) -> str:
    if not call.options.subject:
        raise SettingsError(f"accounts token {call.options.action}", f"needs {wanted}.")
    return str(call.options.subject)


def _password(call: Call) -> str:
    if call.options.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if PASSWORD_SECRET in call.instance.secrets:
        return call.instance.secret(PASSWORD_SECRET)
    if not sys.stdin.isatty():
        raise SettingsError(
            "the password",
            "cannot be asked for without a terminal.",
            next_step="Pass it with --password-stdin or as the secret account_password.",
        )
    first = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != first:
        raise SettingsError("the password", "was not the same twice.", happened="Nothing was changed.")
    return first


def _facts(person: Any) -> dict[str, Any]:
    return {
        "person": person.email,
        "name": person.name,
        "administrator": person.is_administrator,
        "active": person.is_active,
    }


def _answer(call: Call, facts: dict[str, Any], sentence: str) -> int:
    print(json.dumps(facts, default=str, ensure_ascii=False) if call.options.json else sentence)
    return Exit.DONE


def _email(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL")


def _password_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password from the first line of standard input",
    )


def _create_options(parser: argparse.ArgumentParser) -> None:
    _email(parser)
    parser.add_argument("--name", default="", help="the person's name (default: the address)")
    parser.add_argument("--administrator", action="store_true", help="may see every course and manage people")
    parser.add_argument("--language", default="", help="the language of their pages, such as es")
    _password_option(parser)


def _password_options(parser: argparse.ArgumentParser) -> None:
    _email(parser)
    _password_option(parser)


def _deactivate_options(parser: argparse.ArgumentParser) -> None:
    _email(parser)
    parser.add_argument("--undo", action="store_true", help="make the person active again")


def _course_staff_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("add", "remove"))
    _email(parser)
    parser.add_argument("course", metavar="COURSE", help="the course's whole key")
    parser.add_argument("--role", default="staff", help="staff, instructor or researcher")


def _token_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("issue", "revoke", "list"))
    parser.add_argument("subject", nargs="?", metavar="EMAIL|NUMBER", help="whose token, or which to revoke")
    parser.add_argument("--name", default="command line", help="what the token is for")
    parser.add_argument(
        "--days",
        type=number(1, LONGEST_TOKEN_DAYS),
        help="how long it is good (default: [accounts] token_days)",
    )


COMMANDS = (
    Command("create", "Make a person, such as the first administrator.", create, _create_options),
    Command("list", "List people, their roles and courses.", list_people),
    Command("deactivate", "End a person's access; what they did stays.", deactivate, _deactivate_options),
    Command("password", "Give a person a new password.", password, _password_options),
    Command("course-staff", "Give a person a course, or take it away.", course_staff, _course_staff_options),
    Command("token", "Issue, revoke and list tokens for the API.", token, _token_options),
)
