"""Sub-groups of a city's local group: made, filled, taken away."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from partners import policies
from partners.models import LocalGroupMember, LocalSubGroup, Partner
from partners.services import cities as services
from partners.views.cities import find_city


class SubGroupForm(forms.ModelForm):
    """A sub-group's name, what it works on, and who is in it."""

    members = forms.ModelMultipleChoiceField(
        LocalGroupMember.objects.none(),
        label=gettext_lazy("Who is in it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = LocalSubGroup
        fields = ("name", "purpose")

    def __init__(self, *args: object, partner: Partner, **kwargs: object) -> None:
        """Offer the city's members."""
        super().__init__(*args, **kwargs)
        self.instance.partner = partner
        today = partner.network.today()
        self.fields["members"].queryset = LocalGroupMember.objects.filter(partner=partner).current(today)
        if self.instance.pk:
            self.initial["members"] = list(self.instance.members.values_list("pk", flat=True))

    def clean_name(self) -> str:
        """Refuse a name that another sub-group of the city has."""
        name = self.cleaned_data["name"].strip()
        same = LocalSubGroup.objects.filter(partner=self.instance.partner, name__iexact=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("The city has a sub-group of this name already."))
        return name


@require_http_methods(["GET", "HEAD", "POST"])
def sub_group(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """Make a sub-group, change who is in it, or take it away."""
    city = find_city(request, slug)
    city.network = request.network
    if not policies.can_edit_group(request.actor, city):
        raise PermissionDenied
    found = None
    if pk is not None:
        found = get_object_or_404(LocalSubGroup.objects.visible_to(request.actor), partner=city, pk=pk)
    if found is not None and request.POST.get("do") == "remove":
        services.remove_sub_group(actor=request.actor, sub_group=found)
        messages.success(request, _("“%(name)s” is taken away. Its members stay in the group.") % {"name": found.name})
        return redirect("partners:group", network=request.network.slug, slug=slug)
    form = SubGroupForm(request.POST or None, instance=found or LocalSubGroup(), partner=city)
    if request.method == "POST" and form.is_valid():
        saved = services.save_sub_group(actor=request.actor, partner=city, sub_group=found, **form.cleaned_data)
        messages.success(request, _("“%(name)s” is saved.") % {"name": saved.name})
        return redirect("partners:group", network=request.network.slug, slug=slug)
    context = {"city": city, "form": form, "found": found}
    return render(request, "partners/sub_group.html", context, status=422 if form.errors else 200)
