"""Pages that belong to no network: help, accessibility, privacy, language, health."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST


@require_GET
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view
    """Say that the web process answers and reaches the database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok"})


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language: for good when signed in, else for this browser; then go back."""
    code = request.POST.get("language", "")
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = redirect(target)
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, code, max_age=31536000, samesite="Lax", secure=settings.PRODUCTION
        )
        if request.user.is_authenticated:
            request.user.language = code
            request.user.save(update_fields=["language"])
    return response


@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "site/accessibility.html", {"contact": settings.CONTACT_EMAIL})


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why and how long."""
    context = {"contact": settings.CONTACT_EMAIL, "survey_days": settings.SURVEY_KEEP_DAYS}
    return render(request, "site/privacy.html", context)


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """How do I …, by role."""
    return render(request, "site/help.html")


@require_GET
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """Keep search engines to the public pages."""
    return HttpResponse("User-agent: *\nAllow: /public/\nDisallow: /\n", content_type="text/plain")


@require_GET
@cache_control(public=True, max_age=86400)
def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """The mark, for who asks for an icon by its old name."""
    path = settings.BASE_DIR / "static" / "img" / "mark.svg"
    return HttpResponse(path.read_bytes(), content_type="image/svg+xml")
