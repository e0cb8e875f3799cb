"""Good practices: described by their city, checked by the Lead Expert, published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from aoce.common import files, mail, review
from aoce.common.enums import State
from aoce.common.models import ReviewPoint, StatusChange
from aoce.common.workflow import CommentMissingError, WrongStateError
from learning import policies
from learning.models import GoodPractice, PracticePhoto
from learning.workflow import PRACTICE
from partners.enums import Role
from partners.models import Membership, User

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network, Partner, SubTheme

KIND = PRACTICE.kind
PHOTO_FILE = "practice_photo"
MOST_PHOTOS = 6
#: The description, in the order it is read in.
TEXTS = ("summary", "why", "how", "for_whom", "cost", "results", "lessons", "watch")
#: What one row of the practice holds besides its sub-themes and photos.
FIELDS = ("name", "place", "country", *TEXTS, "links", "contact")
#: Addresses beside the practices' own.
RESERVED = ("new", "catalogue")
WRITABLE = (State.DRAFT, State.CHANGES)
#: What has to be written before a practice can be handed in.
NEEDED = ("summary", "why", "how", "lessons")


def verbose(name: str) -> Any:
    """Return what a field of the description is called."""
    field: Any = GoodPractice._meta.get_field(name)
    return field.verbose_name


LABELS = {
    **review.as_labels({name: verbose(name) for name in ("name", *TEXTS, "links", "contact")}),
    "sub_themes": gettext_noop("Sub-themes"),
    "photos": gettext_noop("Photos"),
}


class NewerTextError(Exception):
    """Somebody else saved the practice since it was read; ``current`` is what stands now."""

    def __init__(self, current: GoodPractice) -> None:
        """Keep what stands now."""
        super().__init__("edited by two people")
        self.current = current


class NewerVersionError(Exception):
    """A newer version was handed in after the checker opened the practice."""


class NotReadyError(Exception):
    """The practice cannot be handed in yet; ``problems`` are (field, sentence)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        """Keep the problems."""
        super().__init__("not ready")
        self.problems = problems


def locked(practice: GoodPractice) -> GoodPractice:
    """Return the row as it is now, locked; call it in a transaction."""
    rows = GoodPractice.objects.select_for_update(of=("self",)).select_related("owner", "network")
    return rows.get(pk=practice.pk)


def _must_be_writable(actor: Actor, practice: GoodPractice) -> None:
    if not policies.can_write_practice(actor, practice):
        raise PermissionDenied
    if practice.state not in WRITABLE:
        raise WrongStateError(_("It is with the Lead Expert, or published. Take it back or write a new version first."))


# --- Write ------------------------------------------------------------------------------------------------------------


def free_slug(network: Network, name: str) -> str:
    """Return an address for a practice that no other one of the network has."""
    stem = slugify(name)[:70] or "practice"
    if stem in RESERVED:
        stem = f"{stem}-practice"
    taken = set(GoodPractice.objects.filter(network=network, slug__startswith=stem).values_list("slug", flat=True))
    return next(s for s in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)


def create(
    *,
    actor: Actor,
    network: Network,
    owner: Partner | None,
    values: Mapping[str, str],
    sub_themes: Sequence[SubTheme],
) -> GoodPractice:
    """Begin a practice of a city, or (no ``owner``) of a place outside the network."""
    practice = GoodPractice(network=network, owner=owner, **_known(values))
    if actor.network_id != network.pk or not policies.can_write_practice(actor, practice):
        raise PermissionDenied
    with transaction.atomic():
        practice.slug = free_slug(network, practice.name)
        practice.version, practice.updated_by_id = 1, actor.user_id
        practice.save()
        practice.sub_themes.set(sub_themes)
    return practice


def _known(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name in FIELDS}


def save(
    *,
    actor: Actor,
    practice: GoodPractice,
    values: Mapping[str, str],
    sub_themes: Sequence[SubTheme],
    read_version: int,
) -> bool:
    """Write what was changed; return whether anything was.

    Raises NewerTextError when somebody else saved other words since ``read_version``: nothing is written then.
    """
    _must_be_writable(actor, practice)
    with transaction.atomic():
        row = locked(practice)
        _must_be_writable(actor, row)
        different = {name: value for name, value in _known(values).items() if getattr(row, name) != value}
        wanted = {theme.pk for theme in sub_themes}
        moved = wanted != set(row.sub_themes.values_list("pk", flat=True))
        if not different and not moved:
            return False
        if row.version != read_version:
            raise NewerTextError(row)
        for name, value in different.items():
            setattr(row, name, value)
        row.version += 1
        row.updated_by_id = actor.user_id
        row.save()
        row.sub_themes.set(sub_themes)
    practice.refresh_from_db()
    return True


def add_photo(*, actor: Actor, practice: GoodPractice, upload: UploadedFile, alt: str) -> PracticePhoto:
    """Keep a photo. Raises UploadRefusedError with a sentence."""
    _must_be_writable(actor, practice)
    if not alt.strip():
        raise files.UploadRefusedError(_("Say what the photo shows, for people who do not see it."))
    if practice.photos.count() >= MOST_PHOTOS:
        words = _("There are %(most)s photos already. Remove one before you add another.")
        raise files.UploadRefusedError(words % {"most": MOST_PHOTOS})
    with transaction.atomic():
        photo = PracticePhoto.objects.create(practice=practice, alt=alt.strip()[:300])
        photo.file = files.store_picture(
            actor=actor, network_id=practice.network_id, owner_kind=PHOTO_FILE, owner_id=photo.pk, upload=upload
        )
        photo.save(update_fields=["file"])
    return photo


def remove_photo(*, actor: Actor, photo: PracticePhoto) -> None:
    """Take a photo away, from what is published, too."""
    _must_be_writable(actor, photo.practice)
    with transaction.atomic():
        file = photo.file
        photo.delete()
        if file is not None:
            files.remove(file=file)


def answer_point(*, actor: Actor, practice: GoodPractice, point: ReviewPoint, answer: str, addressed: bool) -> None:
    """Say that a point the Lead Expert raised is addressed, and how."""
    _must_be_writable(actor, practice)
    if (point.kind, point.object_id) != (KIND, practice.pk):
        raise PermissionDenied
    if (point.answer, point.addressed_at is not None) != (answer.strip(), addressed):
        review.address_point(actor=actor, point=point, answer=answer, addressed=addressed)


# --- Hand in and check ------------------------------------------------------------------------------------------------


def version_data(practice: GoodPractice) -> dict[str, str]:
    """Return what is frozen when a practice is handed in: field → text."""
    texts = {name: getattr(practice, name) for name in ("name", *TEXTS, "links", "contact")}
    photos = practice.photos.exclude(file=None).values_list("alt", flat=True)
    return {**texts, "sub_themes": "\n".join(map(str, practice.sub_themes.all())), "photos": "\n".join(photos)}


def published_data(practice: GoodPractice) -> dict[str, Any]:
    """Return what is shown of an approved practice."""
    return {
        **{name: getattr(practice, name) for name in FIELDS},
        "sub_themes": [str(theme) for theme in practice.sub_themes.select_related("theme")],
        "photos": [[photo.pk, photo.alt] for photo in practice.photos.exclude(file=None)],
    }


def problems_of(practice: GoodPractice) -> list[tuple[str, str]]:
    """Return what is to be written before the practice can be handed in."""
    words = _("Write something about “%(field)s”.")
    found = [(name, words % {"field": verbose(name)}) for name in NEEDED if not getattr(practice, name).strip()]
    if not practice.sub_themes.exists():
        found.append(("sub_themes", _("Choose at least one sub-theme.")))
    return found


def submit(*, actor: Actor, practice: GoodPractice) -> StatusChange:
    """Hand it in: freezes a version and tells the Lead Expert by mail. Raises NotReadyError with what is missing."""
    with transaction.atomic():
        row = locked(practice)
        PRACTICE.check(actor, row, "submit")
        if problems := problems_of(row):
            raise NotReadyError(problems)
        change = PRACTICE.apply(actor=actor, obj=row, name="submit")
        review.record_version(
            actor=actor,
            network_id=row.network_id,
            kind=KIND,
            object_id=row.pk,
            data=version_data(row),
            labels=LABELS,
        )
        _tell(row, Role.LEAD_EXPERT, "submitted", actor)
    practice.refresh_from_db()
    return change


def step(*, actor: Actor, practice: GoodPractice, name: str) -> StatusChange:
    """Take it back from the check (``take_back``), or begin a new version of a published one (``revise``)."""
    if name not in ("take_back", "revise"):
        raise KeyError(name)
    change = PRACTICE.apply(actor=actor, obj=practice, name=name)
    practice.refresh_from_db()
    return change


def approve(*, actor: Actor, practice: GoodPractice, comment: str = "", version: int | None = None) -> StatusChange:
    """Accept and publish it as it is now; tells the city's coordinators by mail. Raises NewerVersionError."""
    with transaction.atomic():
        row = locked(practice)
        PRACTICE.check(actor, row, "approve", comment)
        _must_be_newest(row, version)
        data = published_data(row)
        text = "\n".join([data["name"], *(data[name] for name in TEXTS), *data["sub_themes"]])
        change = PRACTICE.apply(
            actor=actor,
            obj=row,
            name="approve",
            comment=comment,
            fields={"published": data, "published_text": text, "published_at": timezone.now()},
        )
        _tell(row, Role.COORDINATOR, "accepted", actor, comment=comment)
    practice.refresh_from_db()
    return change


def ask_changes(
    *,
    actor: Actor,
    practice: GoodPractice,
    points: Sequence[tuple[str, str]],
    comment: str = "",
    version: int | None = None,
) -> StatusChange:
    """Return it with points to address, ``(where, text)`` each; tells the city's coordinators by mail.

    Raises CommentMissingError when there is neither a point nor a comment, NewerVersionError.
    """
    asked = [(where.strip()[:100], text.strip()) for where, text in points if text.strip()]
    with transaction.atomic():
        row = locked(practice)
        PRACTICE.check(actor, row, "ask_changes", comment)
        _must_be_newest(row, version)
        if not asked and not comment.strip():
            raise CommentMissingError(_("Write at least one point, or a comment, so that the city knows what to mend."))
        change = PRACTICE.apply(actor=actor, obj=row, name="ask_changes", comment=comment)
        review.ask_for_changes(change=change, points=asked)
        told = [{"where": where, "text": text} for where, text in asked]
        _tell(row, Role.COORDINATOR, "returned", actor, comment=comment, points=told)
    practice.refresh_from_db()
    return change


def withdraw(*, actor: Actor, practice: GoodPractice, comment: str) -> StatusChange:
    """Take a published practice out of the public, with the reason; tells the city's coordinators by mail."""
    with transaction.atomic():
        row = locked(practice)
        PRACTICE.check(actor, row, "withdraw", comment)
        if row.published_at is None:
            raise WrongStateError(_("It is not published."))
        change = PRACTICE.apply(
            actor=actor,
            obj=row,
            name="withdraw",
            comment=comment,
            fields={"published": {}, "published_text": "", "published_at": None},
        )
        _tell(row, Role.COORDINATOR, "returned", actor, comment=comment)
    practice.refresh_from_db()
    return change


def _must_be_newest(practice: GoodPractice, version: int | None) -> None:
    newest, _before = review.latest_versions(KIND, practice.pk)
    if version is not None and newest is not None and newest.number != version:
        raise NewerVersionError


def _tell(
    practice: GoodPractice,
    role: str,
    template: str,
    actor: Actor,
    *,
    comment: str = "",
    points: Sequence[Mapping[str, str]] = (),
) -> None:
    """Write a mail to the Lead Expert or the city's coordinators, but not to the one who acts."""
    rows = Membership.objects.live().filter(network=practice.network_id, role=role)
    if role == Role.COORDINATOR:
        rows = rows.filter(partner=practice.owner_id)
    path = reverse("learning:practice", kwargs={"network": practice.network.slug, "slug": practice.slug})
    person = User.objects.filter(pk=actor.user_id).first()
    for user in User.objects.filter(memberships__in=rows).exclude(pk=actor.user_id).distinct():
        mail.queue(
            to_user=user,
            network=practice.network,
            purpose=template,
            template=template,
            context={
                "title": practice.name,
                "party": practice.where,
                "url": settings.SITE_URL + path,
                "comment": comment.strip(),
                "points": list(points),
                "person": str(person or ""),
            },
        )
