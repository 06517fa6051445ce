"""Secrets of people on this machine: passwords, login keys, sessions, access tokens. Never in git."""

from cvatcore.accounts.access_tokens import AccessToken, AccessTokens
from cvatcore.accounts.accounts import Accounts
from cvatcore.accounts.password_rules import password_faults

__all__ = ["AccessToken", "AccessTokens", "Accounts", "password_faults"]
