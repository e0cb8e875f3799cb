"""Every city's reports to read one after another, and a period of them as a file."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from aoce.common.enums import State
from aoce.common.forms import DateInput
from meetings import policies
from meetings.services import stream_files
from meetings.stream import HANDED_IN, Wanted, entries_of, reports_for
from partners.models import Partner

PER_PAGE = 10


class StreamForm(forms.Form):
    """What to read: a city, a state, a period."""

    is_draft = True

    city = forms.ChoiceField(label=_("City"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    first = forms.DateField(label=_("From"), required=False, widget=DateInput())
    last = forms.DateField(label=_("Until"), required=False, widget=DateInput())

    def __init__(self, *args: object, cities: list[Partner], **kwargs: object) -> None:
        """Offer the network's cities and the states of what was handed in."""
        super().__init__(*args, **kwargs)
        self.fields["city"].choices = [("", _("All cities")), *((c.slug, c.name) for c in cities)]
        self.fields["state"].choices = [("", _("Every state")), *((s, State(s).label) for s in HANDED_IN)]

    def wanted(self) -> Wanted:
        """Return what is chosen; a wrong value counts as none."""
        self.is_valid()
        data = self.cleaned_data
        days: list[date | None] = [data.get("first"), data.get("last")]
        return Wanted(data.get("city") or "", data.get("state") or "", *days)


def _form(request: HttpRequest, data: object) -> StreamForm:
    if not policies.can_read_stream(request.actor):
        raise PermissionDenied
    cities = list(Partner.objects.visible_to(request.actor).filter(is_active=True))
    return StreamForm(data, cities=cities)


@require_safe
def stream(request: HttpRequest) -> HttpResponse:
    """Show the reports in full, ten a page; the filter stands in the address."""
    form = _form(request, request.GET)
    page = Paginator(reports_for(request.actor, form.wanted()), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "entries": entries_of(request.network, page.object_list), "form": form}
    context["narrowed"] = any(form.cleaned_data.values())
    return render(request, "meetings/ulg_stream.html", context)


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Ask the worker for the period as one PDF or one XLSX."""
    form = _form(request, request.POST)
    kind = request.POST.get("form", "")
    if kind not in stream_files.TYPES:
        return HttpResponseBadRequest()
    if not form.is_valid():
        kept = {key: request.POST.get(key, "") for key in form.fields}
        here = reverse("meetings:stream", kwargs={"network": request.network.slug})
        return redirect(f"{here}?{urlencode(kept)}")
    job = stream_files.start_export(
        actor=request.actor,
        network=request.network,
        wanted=form.wanted(),
        form=kind,
        language=get_language() or "en",
    )
    return redirect("common:job", network=request.network.slug, uuid=job.pk)
