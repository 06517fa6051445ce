"""Times as people write and read them on the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from cvatcore.errors import InvalidInput

_UNITS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "week": 7 * 86400,
    "month": 30 * 86400,
    "year": 365 * 86400,
}
_AGO = re.compile(r"(\d+)[ .]?(second|minute|hour|day|week|month|year)s?(?:[ .]ago)?$")

_SHORT_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?(ms|s|m|h)?$")


def parse_time(text: str, *, now: datetime | None = None) -> int:
    """Seconds since 1970 of `2026-11-01`, `2026-11-01 14:30`, ISO 8601, `3 days ago`, `2 weeks`, `today`, `yesterday`.

    What names no zone is this machine's time.
    Errors: InvalidInput.
    """
    moment = now or datetime.now().astimezone()
    words = " ".join(text.lower().split())
    if found := _AGO.match(words):
        return int(moment.timestamp()) - int(found[1]) * _UNITS[found[2]]
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if words in {"today", "yesterday", "now"}:
        chosen = {"today": midnight, "yesterday": midnight - timedelta(days=1), "now": moment}[words]
        return int(chosen.timestamp())
    try:
        return int(datetime.fromisoformat(text.strip()).astimezone().timestamp())
    except (ValueError, OverflowError, OSError):
        raise InvalidInput(
            f"{text!r} is no time.", hint="Write: 2026-11-01, '2026-11-01 14:30', '3 days ago', yesterday."
        ) from None


def parse_end(text: str, *, now: datetime | None = None) -> int:
    """Seconds since 1970 of an end to come: `90 days`, `1 year`, and what `parse_time` knows.

    Errors: InvalidInput.
    """
    words = " ".join(text.lower().split())
    if (found := _AGO.match(words)) and not words.endswith("ago"):
        moment = now or datetime.now().astimezone()
        return int(moment.timestamp()) + min(int(found[1]), 10**6) * _UNITS[found[2]]
    try:
        return parse_time(text, now=now)
    except InvalidInput:
        raise InvalidInput(f"{text!r} is no time to come.", hint="Write: '90 days', '1 year', 2027-01-31.") from None


def shown_time(seconds: int, offset: int) -> str:
    """A commit's time in its author's zone (offset from UTC in minutes), to the minute."""
    return _moment(seconds, offset).strftime("%Y-%m-%d %H:%M")


def shown_here(seconds: int) -> str:
    """A time in this machine's zone, to the minute."""
    try:
        return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return shown_time(seconds, 0)


def iso_time(seconds: int) -> str:
    """A time in UTC, ISO 8601 with `Z`."""
    return _moment(seconds, 0).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(seconds: int, offset: int) -> datetime:
    zone = timezone(timedelta(minutes=offset)) if abs(offset) < 24 * 60 else UTC
    try:
        return datetime.fromtimestamp(seconds, zone)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, zone)  # Somebody's commit says a year that there is not.


def parse_duration(text: str) -> float:
    """Seconds of `2s`, `500ms`, `1.5`, `1m`, `2h`; a bare number is seconds.

    Errors: InvalidInput.
    """
    found = _DURATION.match(text.strip().lower())
    if not found:
        raise InvalidInput(f"{text!r} is no length of time.", hint="Write: 2s, 500ms, 1m.")
    return float(found[1]) * _SHORT_UNITS[found[2] or "s"]
