"""New passwords as people send them: twice the same, and hard to guess."""

from __future__ import annotations

from cvatcore.accounts import password_faults
from cvatcore.schema import Member
from cvatd.refusals import FieldErrors

LONGEST = 128
"""Letters of a password that CVAT takes over HTTP."""

MISMATCH = "The two password fields didn\u2019t match."
"""In CVAT's words, with its typographic apostrophe."""


def check_new_password(first: str, second: str, *, member: Member) -> None:
    """Make sure that a new password may be a member's; the fields are `new_password1` and `new_password2`.

    Errors: FieldErrors.
    """
    fields = {"new_password1": first, "new_password2": second}
    if errors := {name: found for name, text in fields.items() if (found := text_faults(text))}:
        raise FieldErrors(errors)
    if first != second:
        raise FieldErrors({"new_password2": [MISMATCH]})
    if faults := password_faults(first, personal=personal_of(member)):
        raise FieldErrors({"new_password2": faults})


def text_faults(text: str) -> list[str]:
    """What is wrong with a password as a text."""
    if not text:
        return ["This field may not be blank."]
    if len(text) > LONGEST:
        return [f"Ensure this field has no more than {LONGEST} characters."]
    return []


def personal_of(member: Member) -> list[tuple[str, str]]:
    """What of a person a password must not be like."""
    first, _, last = member.name.partition(" ")
    known = [("username", member.username), ("first name", first), ("last name", last), ("email address", member.email)]
    return [(what, text) for what, text in known if text]
