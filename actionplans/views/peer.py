"""Peer review: rounds, their pairs, a review written, read, answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from actionplans import policies
from actionplans.content import Part
from actionplans.enums import RoundState, Subject, Wish
from actionplans.models import AgreedChange, PeerReview, ReviewRound
from actionplans.services import peer as services
from actionplans.subjects import kinds
from actionplans.views.ideas import must_view
from aoce.common import autosave
from aoce.common.forms import text_area
from meetings.models import TransnationalMeeting
from partners.models import Partner

SELECT = {"class": "form-select"}


class RoundForm(forms.Form):
    """A new round."""

    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=150, widget=forms.TextInput({"class": "form-control"})
    )
    subject = forms.ChoiceField(
        label=gettext_lazy("What is reviewed"), choices=Subject.choices, widget=forms.Select(SELECT)
    )
    meeting = forms.ModelChoiceField(
        label=gettext_lazy("Meeting"),
        queryset=TransnationalMeeting.objects.none(),
        required=False,
        widget=forms.Select(SELECT),
    )
    each = forms.TypedChoiceField(
        label=gettext_lazy("How many others each city reviews"),
        choices=[(n, n) for n in range(1, 6)],
        coerce=int,
        initial=2,
        widget=forms.Select(SELECT),
    )
    reciprocal = forms.ChoiceField(
        label=gettext_lazy("Two cities that review each other"),
        choices=Wish.choices,
        initial=Wish.AVOID,
        widget=forms.Select(SELECT),
    )
    themes = forms.ChoiceField(
        label=gettext_lazy("Cities with the same needs"),
        choices=Wish.choices,
        initial=Wish.ANY,
        widget=forms.Select(SELECT),
    )


class AnswersForm(forms.Form):
    """A review's answers, or the replies to them: one text a question."""

    is_draft = True
    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, questions: Sequence[Sequence[str]], texts: dict[str, str], **kwargs: Any) -> None:
        """Ask each question of the round."""
        super().__init__(*args, **kwargs)
        self.codes = [code for code, _label, _help in questions]
        for code, label, help_text in questions:
            self.fields[code] = forms.CharField(
                label=label, help_text=help_text, required=False, max_length=4000, widget=text_area(4)
            )
            self.initial[code] = texts.get(code, "")

    @property
    def texts(self) -> dict[str, str]:
        """What was written, by question code."""
        return {code: self.cleaned_data[code].replace("\r\n", "\n").strip() for code in self.codes}


@require_http_methods(["GET", "POST"])
def rounds(request: HttpRequest) -> HttpResponse:
    """List the rounds. POST: plan a new one."""
    must_view(request)
    if request.method == "POST" and not request.actor.leads:
        raise PermissionDenied
    form = RoundForm(request.POST or None)
    form.fields["meeting"].queryset = TransnationalMeeting.objects.visible_to(request.actor)
    if request.method == "POST" and form.is_valid():
        made = services.begin(actor=request.actor, network=request.network, **form.cleaned_data)
        messages.success(request, _("The round is planned. Look at the pairs, then let the cities write."))
        return redirect("actionplans:round", network=request.network.slug, pk=made.pk)
    rows = list(ReviewRound.objects.visible_to(request.actor).select_related("meeting").prefetch_related("reviews"))
    context = {
        "rounds": [(row, sum(one.handed_at is not None for one in row.reviews.all())) for row in rows],
        "form": form if request.actor.leads else None,
    }
    return render(request, "actionplans/rounds.html", context, status=422 if form.errors else 200)


def _round(request: HttpRequest, pk: int) -> ReviewRound:
    must_view(request)
    rows = ReviewRound.objects.visible_to(request.actor).select_related("meeting", "network")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a round: its pairs, how far it is, the summary. POST with ``do``: pairs, propose, open, show, plan again."""
    found = _round(request, pk)
    if request.method == "POST":
        return _move(request, found)
    actor = request.actor
    reviews = list(found.reviews.select_related("reviewer", "reviewed").prefetch_related("changes"))
    cities = list(Partner.objects.visible_to(actor).filter(is_active=True)) if actor.leads else []
    is_shown = found.state == RoundState.SHOWN
    summary = [
        (label, [(row, row.answers[code]) for row in reviews if row.answers.get(code)])
        for code, label, _help in (found.questions if is_shown else [])
    ]
    context = {
        "round": found,
        "leads": policies.can_lead_round(actor, found),
        "plans": policies.can_lead_round(actor, found) and found.state == RoundState.PLANNED,
        "cities": cities,
        "rows": _by_reviewer(cities, reviews, found.each) if found.state == RoundState.PLANNED else [],
        "reviews": reviews,
        "own": [row for row in reviews if row.reviewer_id in actor.partner_ids],
        "got": [row for row in reviews if row.reviewed_id in actor.partner_ids] if is_shown else [],
        "summary": summary,
        "handed": sum(row.handed_at is not None for row in reviews),
        "is_shown": is_shown,
    }
    return render(request, "actionplans/round.html", context)


def _by_reviewer(cities: list[Partner], reviews: list[PeerReview], each: int) -> list[tuple[Partner, list[int]]]:
    """Return each city with whom it reviews, as many places as each has."""
    rows = []
    for city in cities:
        seen = [row.reviewed_id for row in reviews if row.reviewer_id == city.pk]
        rows.append((city, [*seen, *([0] * (each - len(seen)))]))
    return rows


def _move(request: HttpRequest, found: ReviewRound) -> HttpResponse:
    do, actor = request.POST.get("do", ""), request.actor
    if do == "pairs":
        pairs = [
            (int(name.removeprefix("of-")), int(value))
            for name, values in request.POST.lists()
            if name.startswith("of-") and name.removeprefix("of-").isdecimal()
            for value in values
            if value.isdecimal()
        ]
        services.set_pairs(actor=actor, round_=found, pairs=pairs)
        messages.success(request, _("Saved."))
    elif do == "propose":
        services.propose_pairs(actor=actor, round_=found)
        messages.success(request, _("The pairs are proposed anew."))
    elif do in ("open", "show", "plan_again"):
        services.move(actor=actor, round_=found, step=do)
        words = {
            "open": _("The cities can write. They get a message."),
            "show": _("All reviews are shown. The cities get a message."),
            "plan_again": _("The round is being planned again; what was written stays."),
        }
        messages.success(request, words[do])
    else:
        return HttpResponseBadRequest()
    return redirect("actionplans:round", network=request.network.slug, pk=found.pk)


def _review(request: HttpRequest, pk: int) -> PeerReview:
    must_view(request)
    rounds = ReviewRound.objects.visible_to(request.actor)
    rows = PeerReview.objects.filter(round__in=rounds).select_related(
        "round__network", "reviewer", "reviewed", "content"
    )
    found = get_object_or_404(rows, pk=pk)
    if not policies.can_read_review(request.actor, found):
        raise PermissionDenied
    return found


def _text_of(found: PeerReview) -> list[Part]:
    """Return the version the review is about."""
    if found.content is None:
        return []
    kind = next(one for one in kinds().values() if one.subject == found.round.subject)
    return kind.parts(found.content)


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a review (its city, while the round is open), read it, answer it (the other city, once it is shown)."""
    found = _review(request, pk)
    writes = policies.can_write_review(request.actor, found) and found.round.state == RoundState.OPEN
    if request.method == "POST":
        return (
            _write(request, found)
            if request.POST.get("do") in ("save", "autosave", "hand_in")
            else _answer(request, found)
        )
    return _page(request, found, writes=writes)


def _page(request: HttpRequest, found: PeerReview, *, writes: bool, status: int = 200, **given: Any) -> HttpResponse:
    questions = found.round.questions
    answers = policies.can_answer_review(request.actor, found) and found.round.state == RoundState.SHOWN
    context = {
        "review": found,
        "round": found.round,
        "writes": writes,
        "answers": answers,
        "parts": _text_of(found) if writes else [],
        "form": AnswersForm(questions=questions, texts=found.answers, initial={"read_version": found.version})
        if writes
        else None,
        "rows": [
            (code, label, found.answers.get(code, ""), found.replies.get(code, "")) for code, label, _h in questions
        ],
        "changes": list(found.changes.all()),
        "torn": [],
    }
    return render(request, "actionplans/peer_review.html", context | given, status=status)


def _write(request: HttpRequest, found: PeerReview) -> HttpResponse:
    quiet, actor = request.POST.get("do") == "autosave", request.actor
    form = AnswersForm(request.POST, questions=found.round.questions, texts=found.answers)
    if not form.is_valid():
        words = _("Not saved: press “Save” to see why.")
        return autosave.refused(words) if quiet else _page(request, found, writes=True, form=form, status=422)
    version = form.cleaned_data["read_version"] or 0
    try:
        kept = services.save_review(actor=actor, review=found, answers=form.texts, read_version=version)
    except services.NewerReviewError as newer:
        if quiet:
            return autosave.torn()
        data = request.POST.copy()
        data["read_version"] = str(newer.current.version)
        again = AnswersForm(data, questions=found.round.questions, texts=found.answers)
        torn = [
            (label, newer.current.answers.get(code, ""), again[code].id_for_label)
            for code, label, _help in found.round.questions
            if newer.current.answers.get(code, "") != form.texts[code]
        ]
        return _page(request, found, writes=True, form=again, torn=torn, status=409)
    if quiet:
        return autosave.saved(kept.version)
    if request.POST.get("do") == "hand_in":
        services.hand_in(actor=actor, review=kept)
        messages.success(request, _("Your review is handed in. You can change it until all are shown."))
        return redirect("actionplans:round", network=request.network.slug, pk=found.round_id)
    messages.success(request, _("Saved."))
    return redirect("actionplans:review", network=request.network.slug, pk=found.pk)


def _answer(request: HttpRequest, found: PeerReview) -> HttpResponse:
    do, actor = request.POST.get("do", ""), request.actor
    what, _dash, number = do.partition("-")
    if do == "answer":
        replies = {code: request.POST.get(f"reply-{code}", "")[:4000] for code, _label, _help in found.round.questions}
        services.answer(actor=actor, review=found, thanks=request.POST.get("thanks", "")[:4000], replies=replies)
        messages.success(request, _("Your answers are saved."))
    elif do == "agree":
        text = request.POST.get("text", "").strip()
        if text:
            services.agree(actor=actor, review=found, text=text)
        else:
            messages.error(request, _("Write what will change."))
    elif what in ("done", "undone") and number.isdecimal():
        change = get_object_or_404(AgreedChange.objects.filter(review=found), pk=int(number))
        change.review = found
        services.tick(actor=actor, change=change, done=what == "done")
    else:
        return HttpResponseBadRequest()
    return redirect("actionplans:review", network=request.network.slug, pk=found.pk)
