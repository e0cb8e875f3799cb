"""For superusers: people and networks when something has to be mended by hand."""

from __future__ import annotations

from django.contrib import admin

from partners.models import Invitation, Membership, Network, Partner, User


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ("network", "partner")


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ("name", "email", "is_active", "is_superuser")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("name", "email")
    fields = ("name", "email", "organisation", "language", "time_zone", "is_active", "is_staff", "is_superuser")
    inlines = (MembershipInline,)


@admin.register(Network)
class NetworkAdmin(admin.ModelAdmin):
    list_display = ("name", "slug", "programme", "start", "end")
    search_fields = ("name", "slug")


@admin.register(Partner)
class PartnerAdmin(admin.ModelAdmin):
    list_display = ("name", "network", "country", "is_lead", "is_active")
    list_filter = ("network",)
    search_fields = ("name", "slug")


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    list_display = ("email", "network", "role", "created_at", "expires_at", "accepted_at", "revoked_at")
    list_filter = ("network",)
    exclude = ("token",)
