"""People who add themselves, where the owner lets them."""

from __future__ import annotations

import re

from starlette.responses import Response

from cvatcore.accounts import password_faults
from cvatcore.errors import Conflict, InvalidInput
from cvatcore.protocol.auth import RegisterAnswer, RegisterRequest
from cvatcore.schema import USERNAME, Member
from cvatcore.workspace.people_editing import new_member
from cvatd.call import Call, Endpoint
from cvatd.dispatch import json_response
from cvatd.own_password import personal_of, text_faults
from cvatd.refusals import FieldErrors, Refused
from cvatd.routes.auth import with_session

SHORTEST = 5
"""Letters of a username that somebody chooses here."""

_EMAIL = re.compile(r"[^@\s<>]{1,64}@[^@\s<>.]+(\.[^@\s<>.]+)+")


def register(call: Call) -> Response:
    """`POST /auth/register`: a worker more, logged in.

    Where registration is closed only the owner and maintainers add people so.
    """
    body = call.decode(RegisterRequest)
    asker = call.asker
    is_lead = asker.way == "machine" or (asker.person is not None and asker.person.role in {"owner", "maintainer"})
    if not is_lead and not call.context.allow_registration:
        raise Refused(403, "Registration is closed here. The owner adds people with: cvat user add.")
    name = f"{body.first_name.strip()} {body.last_name.strip()}".strip()
    person = Member(id=0, username=body.username, name=name, email=body.email)
    if errors := _faults(body, person, call.workspace.members):
        raise FieldErrors(errors)
    if body.password1 != body.password2:
        raise FieldErrors({"non_field_errors": ["The two password fields didn't match."]})
    people = call.context.people
    try:
        author = call.workspace.author if is_lead else None
        member = new_member(call.workspace.store, body.username, author=author, name=name, email=body.email)
    except Conflict:  # Somebody was faster.
        raise FieldErrors({"username": ["A user with that username already exists."]}) from None
    except InvalidInput as error:
        raise FieldErrors({"non_field_errors": [error.message]}) from None
    people.accounts.forget(member.username)
    people.accounts.passwords.set(member.username, body.password1)
    answer = RegisterAnswer(
        username=member.username,
        email=member.email,
        first_name=body.first_name,
        last_name=body.last_name,
        email_verification_required=False,
        key=people.accounts.keys.of(member.username),
    )
    return with_session(json_response(answer, status=201), call, member)


def _faults(body: RegisterRequest, person: Member, members: tuple[Member, ...]) -> dict[str, list[str]]:
    """What is wrong with the fields, in CVAT's words."""
    errors: dict[str, list[str]] = {}
    if len(body.username) < SHORTEST:
        errors["username"] = [f"Ensure this field has at least {SHORTEST} characters."]
    elif not USERNAME.fullmatch(body.username):
        errors["username"] = [
            "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."
        ]
    elif any(member.username == body.username for member in members):
        errors["username"] = ["A user with that username already exists."]
    if body.email and not _EMAIL.fullmatch(body.email):
        errors["email"] = ["Enter a valid email address."]
    elif body.email and any(member.email.lower() == body.email.lower() for member in members):
        errors["email"] = ["A user is already registered with this e-mail address."]
    for field, text in (("first_name", body.first_name), ("last_name", body.last_name)):
        if len(text) > 150:
            errors[field] = ["Ensure this field has no more than 150 characters."]
    faults = text_faults(body.password1) or password_faults(body.password1, personal=personal_of(person))
    if faults:
        errors["password1"] = faults
    return errors


ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/auth/register",
        register,
        "Become a member",
        answers=RegisterAnswer,
        status=201,
        takes=RegisterRequest,
        public=True,
    ),
)
