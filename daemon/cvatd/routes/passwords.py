"""Passwords: changing one's own, and choosing a new one when it is forgotten."""

from __future__ import annotations

import base64
import binascii
import logging
from urllib.parse import urlencode

from cvatcore.protocol.auth import (
    Detail,
    PasswordChangeRequest,
    PasswordResetConfirmRequest,
    PasswordResetRequest,
)
from cvatcore.schema import Member
from cvatd.call import Call, Endpoint
from cvatd.own_password import check_new_password
from cvatd.refusals import FieldErrors, Refused

_log = logging.getLogger("cvatd")


def change(call: Call) -> Detail:
    """`POST /auth/password/change`: other sessions of the person end; the login key and this session go on."""
    body = call.decode(PasswordChangeRequest)
    if call.asker.way in {"access_token", "signature"}:
        raise Refused(403, "You do not have permission to perform this action.")
    people, person = call.context.people, call.person
    if people.member(person.username) is None:
        raise FieldErrors(
            {"non_field_errors": [f"{person.username} is not in members.toml. Add them with: cvat user add."]}
        )
    # Who sits at the machine may have no password yet.
    is_first = call.asker.way == "machine" and not people.accounts.passwords.hash_of(person.username)
    if not is_first and not people.with_password(person.username, body.old_password, address=call.asker.address):
        raise FieldErrors({"old_password": ["Your old password was entered incorrectly. Please enter it again."]})
    check_new_password(body.new_password1, body.new_password2, member=person)
    people.accounts.passwords.set(person.username, body.new_password1)
    people.accounts.sessions.end_all(person.username, but=call.asker.session)
    return Detail(detail="New password has been saved.")


def reset(call: Call) -> Detail:
    """`POST /auth/password/reset`: there is no mail here; the daemon's log gets the link, for the owner to pass on.

    The answer is the same for an address that nobody has.
    """
    email = call.decode(PasswordResetRequest).email
    if not email or "@" not in email:
        raise FieldErrors({"email": ["Enter a valid email address."]})
    people = call.context.people
    for member in call.workspace.members:
        if member.email.lower() == email.lower():
            token = people.signer.reset(
                member.username, password_hash=people.accounts.passwords.hash_of(member.username)
            )
            link = f"{call.base}/auth/password/reset/confirm?{urlencode({'uid': _uid_of(member), 'token': token})}"
            _log.warning(
                "%s asked for a new password. Give them one with: cvat user passwd %s. Or pass this on, good for a day "
                "and for /api/auth/password/reset/confirm: %s",
                member.username,
                member.username,
                link,
            )
    return Detail(detail="Password reset e-mail has been sent.")


def confirm(call: Call) -> Detail:
    """`POST /auth/password/reset/confirm`: ends all that the old password opened."""
    body = call.decode(PasswordResetConfirmRequest)
    people = call.context.people
    member = _member_of(call, body.uid)
    if member is None:
        raise FieldErrors({"uid": ["Invalid value"]})
    known = people.accounts.passwords.hash_of(member.username)
    if not people.signer.is_reset(body.token, member.username, password_hash=known):
        raise FieldErrors({"token": ["Invalid value"]})
    check_new_password(body.new_password1, body.new_password2, member=member)
    people.accounts.set_password(member.username, body.new_password1)
    return Detail(detail="Password has been reset with the new password.")


def _uid_of(member: Member) -> str:
    return base64.urlsafe_b64encode(str(member.id).encode()).decode().rstrip("=")


def _member_of(call: Call, uid: str) -> Member | None:
    try:
        number = base64.urlsafe_b64decode(uid + "=" * (-len(uid) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return next((member for member in call.workspace.members if str(member.id) == number), None)


ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/auth/password/change",
        change,
        "Change one's own password",
        answers=Detail,
        takes=PasswordChangeRequest,
    ),
    Endpoint(
        "POST",
        "/api/auth/password/reset",
        reset,
        "Ask for a new password",
        answers=Detail,
        takes=PasswordResetRequest,
        public=True,
    ),
    Endpoint(
        "POST",
        "/api/auth/password/reset/confirm",
        confirm,
        "Choose a new password with the link",
        answers=Detail,
        takes=PasswordResetConfirmRequest,
        public=True,
    ),
)
