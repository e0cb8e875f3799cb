"""Every address of the portal, by app. ``<slug:network>`` is taken out by ``partners.middleware.NetworkMiddleware``."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

NETWORK = "n/<slug:network>/"

urlpatterns = [
    path("", include("partners.urls_account")),
    path("", include("aoce.common.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("calendar/", include("roadmap.urls_calendar")),
    path("join/", include("learning.urls_join")),
    path("skills/", include("learning.urls_skills")),
    path("answer/", include("meetings.urls_answers")),
    path("sign/", include("meetings.urls_sign")),
    path("public/", include("learning.urls_public")),
    path("public/", include("actionplans.urls_public")),
    path("public/", include("reports.urls_public")),
    path(NETWORK, include("roadmap.urls")),
    path(f"{NETWORK}cities/", include("partners.urls")),
    path(f"{NETWORK}meetings/", include("meetings.urls")),
    path(f"{NETWORK}learning/", include("learning.urls")),
    path(f"{NETWORK}action-plans/", include("actionplans.urls")),
    path(f"{NETWORK}reports/", include("reports.urls")),
    path(NETWORK, include("aoce.common.urls_network")),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", include("aoce.common.urls_styleguide")))

handler400 = "aoce.common.views.errors.bad_request"
handler403 = "aoce.common.views.errors.forbidden"
handler404 = "aoce.common.views.errors.not_found"
handler500 = "aoce.common.views.errors.server_error"
handler429 = "aoce.common.views.errors.too_many"
