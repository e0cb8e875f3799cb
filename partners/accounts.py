"""How django-allauth works here: no open sign-up, mails through the portal's own outbox."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from partners.models import User


def user_display(user: User) -> str:
    """Return how a person is called."""
    return str(user)


class AccountAdapter(DefaultAccountAdapter):
    """People come in by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Nobody signs up by themselves."""
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Single sign-on recognises invited people; it makes no accounts."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002 - allauth's signature
        """Nobody signs up by themselves."""
        return False
