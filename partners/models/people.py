"""People: their account, what they are in which network, and the invitation that brings them in."""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.enums import CITY_ROLES, Role
from partners.models.network import Network, validate_time_zone
from partners.models.partner import Partner
from partners.querysets import InvitationQuerySet, MembershipQuerySet


class UserManager(BaseUserManager["User"]):
    """Makes accounts that sign in by e-mail."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Create an account; without a password it signs in by mailed code only."""
        user = self.model(email=self.normalize_email(email).strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Create an account that uses the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find an account by its e-mail, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person; the same one in every network."""

    email = models.EmailField(_("E-mail"))
    name = models.CharField(_("Name"), max_length=150)
    organisation = models.CharField(_("Organisation"), max_length=200, blank=True)
    language = models.CharField(_("Language"), max_length=10, default="en")
    time_zone = models.CharField(
        _("Time zone"), max_length=64, default="Europe/Brussels", validators=[validate_time_zone]
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ("name",)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_once"),)

    def __str__(self) -> str:
        return self.name or self.email


class Membership(models.Model):
    """What somebody is in a network; a coordinator or member belongs to one of its cities."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    network = models.ForeignKey(Network, models.CASCADE, related_name="memberships")
    role = models.CharField(_("Role"), max_length=20, choices=Role)
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, blank=True, related_name="memberships")
    expires = models.DateField(_("Until"), null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ("user__name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "network", "role"), condition=models.Q(partner=None), name="network_membership_once"
            ),
            models.UniqueConstraint(
                fields=("user", "network", "role", "partner"),
                condition=models.Q(partner__isnull=False),
                name="city_membership_once",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=CITY_ROLES, partner__isnull=False)
                | (~models.Q(role__in=CITY_ROLES) & models.Q(partner__isnull=True)),
                name="city_roles_need_a_city",
            ),
        )
        indexes = (models.Index(fields=("user", "network")),)

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


def invitation_token() -> str:
    """Return a secret that fits in an address."""
    return secrets.token_urlsafe(32)


def invitation_expiry() -> datetime:
    """Return the moment an invitation made now ends: thirty days."""
    return timezone.now() + timedelta(days=30)


class Invitation(models.Model):
    """An invitation by e-mail into a network, for one role and (for city roles) one city."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("E-mail"))
    name = models.CharField(_("Name"), max_length=150, blank=True)
    role = models.CharField(_("Role"), max_length=20, choices=Role)
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, blank=True, related_name="invitations")
    language = models.CharField(max_length=10, default="en")
    expires_membership = models.DateField(null=True, blank=True)
    token = models.CharField(max_length=64, unique=True, default=invitation_token)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=invitation_expiry)
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(role__in=CITY_ROLES, partner__isnull=False)
                | (~models.Q(role__in=CITY_ROLES) & models.Q(partner__isnull=True)),
                name="invited_city_roles_need_a_city",
            ),
        )

    def __str__(self) -> str:
        return self.email
