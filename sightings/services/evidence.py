"""Evidence packs: asked for here, made by a worker, deleted here, or by themselves when their time is over."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from sightings import storage
from sightings.errors import EvidenceNotMade, EvidenceSpan
from sightings.models import EvidencePack, RenditionState, Role, Sighting, User
from sightings.progress import publish_evidence
from sightings.queue import enqueue
from sightings.services import audit
from sightings.services.likeness import likeness_to
from sightings.services.roles import require_role

LEAST_S, MOST_S = 1.0, 20.0  # of the clip, on either side of the clearest moment
USUAL_S = 5.0
KEPT = timedelta(days=1)  # how long a deletion can be undone
UNMADE = (RenditionState.WAITING, RenditionState.MAKING)


@transaction.atomic
def ask(*, sighting: Sighting, user: User, before_s: float = USUAL_S, after_s: float = USUAL_S) -> EvidencePack:
    """Have a pack made; where the same one is on its way, that one. It takes the place of one that failed.

    Raises NotAllowed, EvidenceSpan.
    """
    require_role(user, sighting.fleet, Role.REVIEWER)
    if not (LEAST_S <= before_s <= MOST_S and LEAST_S <= after_s <= MOST_S):
        raise EvidenceSpan
    Sighting.objects.select_for_update(of=("self",)).get(pk=sighting.pk)  # of two clicks at once, one waits
    same = EvidencePack.objects.filter(sighting=sighting, before_s=before_s, after_s=after_s, deleted_at=None)
    if (there := same.filter(state__in=UNMADE).first()) is not None:
        return there
    same.filter(state=RenditionState.FAILED).delete()
    pack = EvidencePack.objects.create(
        fleet=sighting.fleet,
        sighting=sighting,
        video=sighting.video,
        seconds=sighting.best_s,
        box=sighting.box,
        text=sighting.text,
        before_s=before_s,
        after_s=after_s,
        language=get_language() or "en",
        user=user,
    )
    audit.record(action="evidence.asked", user=user, fleet=pack.fleet, target=pack, detail={"sighting": sighting.pk})
    _begin(pack)
    return pack


@transaction.atomic
def delete(*, pack: EvidencePack, user: User) -> None:
    """Its file goes a day later, until when this can be taken back. Raises NotAllowed."""
    require_role(user, pack.fleet, Role.REVIEWER)
    if EvidencePack.objects.filter(pk=pack.pk).let_go():
        audit.record(action="evidence.deleted", user=user, fleet=pack.fleet, target=pack)


@transaction.atomic
def restore(*, pack: EvidencePack, user: User) -> EvidencePack:
    """Take a deletion back; restoring what is there changes nothing. Raises NotAllowed."""
    require_role(user, pack.fleet, Role.REVIEWER)
    if EvidencePack.objects.filter(pk=pack.pk).bring_back():
        audit.record(action="evidence.restored", user=user, fleet=pack.fleet, target=pack)
        _begin(pack)
    pack.refresh_from_db()
    return pack


def take_along(*, pack: EvidencePack, user: User, resumed: bool = False) -> str:
    """The stored name of a pack that is sent to a person, which is written down. Raises NotAllowed, EvidenceNotMade.

    `resumed`: the rest of a download that was written down when it began.
    """
    require_role(user, pack.fleet, Role.REVIEWER)
    if pack.state != RenditionState.DONE:
        raise EvidenceNotMade
    if not resumed:
        detail = {"sighting": pack.sighting_id, "sha256": pack.sha256}
        audit.record(action="evidence.downloaded", user=user, fleet=pack.fleet, target=pack, detail=detail)
    return str(pack.file)


def packs_of(user: User, sighting: Sighting) -> list[EvidencePack]:
    """Those that show this pass, latest first, also where it was read anew since; with what was just deleted."""
    found = EvidencePack.objects.deleted_too(user).filter(video=sighting.video_id).select_related("user", "fleet")
    return [
        pack
        for pack in found.exclude(deleted_at__lt=timezone.now() - KEPT)
        if pack.sighting_id == sighting.pk or likeness_to(sighting, pack.seconds, pack.box, pack.text) > 0.0
    ]


def over() -> QuerySet[EvidencePack]:
    """Those whose time is over, and those that were deleted for good."""
    now = timezone.now()
    return EvidencePack.objects.filter(Q(expires_at__lt=now) | Q(deleted_at__lt=now - KEPT))


def drop(pack: EvidencePack) -> None:
    """Remove a pack whose time is over, its file first: a row without one is dropped again, a file would be lost."""
    drop_files(pack)
    expired = pack.deleted_at is None
    if EvidencePack.objects.filter(pk=pack.pk).delete()[0] and expired:
        audit.record(action="evidence.expired", user=None, fleet=pack.fleet, target=pack)


def drop_files(pack: EvidencePack, but: int = 0) -> None:
    """What attempts at a pack left in storage, but for one of them."""
    for attempt in range(1, pack.attempts + 1):
        if attempt != but:
            default_storage.delete(storage.evidence_name(pack, attempt))


def _begin(pack: EvidencePack) -> None:
    if pack.state in UNMADE:
        enqueue("pack_next", queue="evidence")
    publish_evidence(pack.pk)
