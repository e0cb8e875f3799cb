"""How django-allauth works here: no open sign-up, mails through the portal's own outbox."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from aoce.common import mail
from partners.models import User

#: allauth's names for its mails, and our templates below ``templates/mail``.
MAILS = {
    "account/email/login_code": "account_login_code",
    "account/email/password_reset_key": "account_password_reset",
    "account/email/email_confirmation": "account_confirm_email",
    "account/email/email_confirmation_signup": "account_confirm_email",
}


def user_display(user: User) -> str:
    """Return how a person is called."""
    return str(user)


class AccountAdapter(DefaultAccountAdapter):
    """People come in by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Nobody signs up by themselves."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put one of allauth's mails into the outbox, in the language of whoever gets it.

        A mail we have no words of our own for goes out with allauth's, in our frame.
        """
        user = context.get("user") or User.objects.filter(email__iexact=email).first()
        language = user.language if user and user.language in dict(settings.LANGUAGES) else ""
        template, own = MAILS.get(template_prefix), {}
        if template is None:
            with translation.override(language or translation.get_language()):
                told = self.render_mail(
                    template_prefix, email, {"request": allauth_context.request, "email": email, **context}
                )
            template, own = "account_notice", {"subject": told.subject, "text": told.body}
        plain = {k: v for k, v in context.items() if isinstance(v, str | int)}
        plain |= own | {
            "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60,
            "person": user,
            "site": settings.SITE_URL,
        }
        mail.queue(
            to_user=user,
            to=email,
            purpose=template,
            template=template,
            context=plain,
            language=language or translation.get_language() or settings.LANGUAGE_CODE,
        )


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Single sign-on recognises invited people by their verified address; it makes no accounts."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002 - allauth's signature
        """Nobody signs up by themselves."""
        return False

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:  # noqa: ARG002 - allauth's signature
        """Trust the address the city's own sign-on has verified: the installation names that server itself."""
        return True
