from django.contrib import admin

from meetings.models import TransnationalMeeting, UlgMeeting, UlgReport


@admin.register(TransnationalMeeting)
class TransnationalMeetingAdmin(admin.ModelAdmin):
    list_display = ("title", "network", "start", "end", "place")
    list_filter = ("network", "kind")


@admin.register(UlgMeeting)
class UlgMeetingAdmin(admin.ModelAdmin):
    list_display = ("__str__", "partner", "number", "date")
    list_filter = ("partner__network",)


@admin.register(UlgReport)
class UlgReportAdmin(admin.ModelAdmin):
    list_display = ("meeting", "state", "version", "updated_at")
    list_filter = ("state",)
