"""What a form that saves itself while somebody types is told; ``static/js/draft.js`` says it below the form."""

from __future__ import annotations

from django.http import JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def saved(version: int) -> JsonResponse:
    """Say when it was saved; the next save begins from this version."""
    time = date_format(timezone.localtime(), "H:i")
    return JsonResponse({"version": version, "said": _("Saved at %(time)s") % {"time": time}})


def refused(said: str) -> JsonResponse:
    """Say that it was not saved, and what to do."""
    return JsonResponse({"said": said}, status=422)


def torn(target: str = "") -> JsonResponse:
    """Say that somebody else changed it: both texts are at ``target``, or come with the next save."""
    if not target:
        said = _("Somebody else saved this meanwhile. Press “Save” to see both texts; nothing is lost.")
        return JsonResponse({"said": said}, status=409)
    said = _("Somebody else changed this text meanwhile. Nothing is lost.")
    return JsonResponse({"said": said, "conflict": target, "link": _("See both texts")}, status=409)
