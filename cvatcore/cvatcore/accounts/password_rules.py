"""Which passwords are too easy to guess, in the words of CVAT."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

LEAST = 8
"""Letters that a password has at least."""

_SIMILAR = 0.7

_FIRST_GUESSES = """
    00000000 11111111 12341234 123123123 12344321 1234567890 123456789 12345678 123456789a 1234qwer 1q2w3e4r 1q2w3e4r5t
    1qaz2wsx 87654321 987654321 a1234567 aa123456 aaaaaaaa abc12345 abcd1234 abcdefgh abcdefg1 access14 admin123
    administrator annotate annotation asdf1234 asdfasdf asdfghjk asdfghjkl babygirl baseball basketball blink182
    business butterfly changeme changeit charlie1 chocolate computer cookie123 corvette cvatcvat cvat1234 danielle
    default1 dragon123 elephant football football1 freedom1 hello123 hellohello helloworld hunter22 iloveyou
    iloveyou1 internet jennifer jessica1 jordan23 kimberly letmein1 letmein123 liverpool liverpool1 login123 love1234
    marlboro master12 maverick mercedes metallica michael1 michelle midnight monkey123 mustang1 mypassword newpassword
    nicholas p@ssw0rd p@ssword pa55word pass1234 passpass passw0rd passwd123 password password! password1 password12
    password123 password1234 pokemon1 princess princess1 q1w2e3r4 q1w2e3r4t5 qazwsxedc qwe12345 qwer1234 qwerasdf
    qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 qwertyqwerty root1234 rootroot samantha samsung1 scooter1
    secret123 sesame12 shadow12 slipknot spiderman starwars steelers sunshine sunshine1 superman superman1 swordfish
    test1234 testing1 testtest testuser trustno1 undefined unknown1 user1234 victoria welcome1 welcome123 whatever
    william1 windows1 xxxxxxxx zaq12wsx zxcvbnm1 zxcvbnm123
"""
_COMMON = frozenset(_FIRST_GUESSES.split())
"""Those that every guesser tries first and that the other rules let through."""


def password_faults(password: str, *, personal: Sequence[tuple[str, str]] = ()) -> list[str]:
    """What is wrong with a new password, a sentence each; empty for a good one.

    `personal` are things about the person with what they are called: `("username", "mara")`.
    """
    faults = [
        f"The password is too similar to the {what}." for what, text in personal if _is_similar(password.lower(), text)
    ]
    if len(password) < LEAST:
        faults.append(f"This password is too short. It must contain at least {LEAST} characters.")
    if password.lower().strip() in _COMMON or len(set(password)) <= 2:
        faults.append("This password is too common.")
    if password.isdecimal():
        faults.append("This password is entirely numeric.")
    return faults


def _is_similar(password: str, text: str) -> bool:
    whole = text.lower()
    for part in dict.fromkeys([*re.split(r"\W+", whole), whole]):
        # What is ten times as long as the other is never similar, and comparing it takes time.
        if len(part) < 3 or len(password) >= 10 * len(part) or len(part) >= 10 * len(password):
            continue
        likeness = SequenceMatcher(a=password, b=part)
        if likeness.quick_ratio() >= _SIMILAR and likeness.ratio() >= _SIMILAR:
            return True
    return False
