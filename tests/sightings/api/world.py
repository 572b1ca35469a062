"""One row of everything in the fleet Northwind, so that every address of the API has something to lead to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import override_settings
from django.utils import timezone

from sightings.models import Alert, Delivery, EvidencePack, Reprocess, SavedSearch, Sighting, Upload, User
from sightings.services import (
    alerts,
    aliases,
    batches,
    evidence,
    plate_merge,
    reviews,
    trip_clock,
    uploads,
    watchlists,
    webhooks,
)
from sightings.services.alerting import watch
from sightings.services.compare import compare_video
from sightings.services.events import tell
from sightings.services.tokens import create_token
from tests.factories import NOON, make_run, make_sighting, make_trip, make_video

Keys = dict[str, Any]
CELL = "891e2e6b0c3ffff"


def build(sighting: Sighting, alice: User, letter: str = "B") -> Keys:
    """What addresses and bodies name, by name. Everything that a person made is alice's; plates begin with `letter`."""
    fleet, trip, run = sighting.fleet, sighting.trip, sighting.run
    trip.started_at, trip.ended_at = NOON, NOON + timedelta(hours=1)
    trip.save()
    make_video(trip, started_at=NOON + timedelta(minutes=30))
    later = make_trip(fleet, vehicle=trip.vehicle, started_at=NOON + timedelta(hours=2))
    make_video(later, started_at=NOON + timedelta(hours=2))
    other, third = make_sighting(run, f"{letter}77XYZ", at=20.0), make_sighting(run, f"{letter}70XYZ", at=30.0)
    doubtful = make_sighting(run, f"{letter}11AAA", at=40.0, confidence=0.3)
    correction = reviews.correct_sighting(
        sighting=make_sighting(run, f"{letter}12AAA", at=50.0), user=alice, text=f"{letter}13AAA"
    )
    flag = reviews.flag_sighting(sighting=other, user=alice, reason="other")
    batch = batches.correct_batch(
        user=alice, fleet=fleet, sightings=[make_sighting(run, f"{letter}14AAA", at=55.0).pk], text=f"{letter}15AAA"
    )
    plate_merge.merge_plates(plate=sighting.plate, other=third.plate, user=alice)  # type: ignore[arg-type]
    edit = trip_clock.shift_trip(trip=later, user=alice, seconds=5.0)
    job = Reprocess.objects.create(fleet=fleet, state="ready")
    fresh_video = make_video(later, started_at=NOON + timedelta(hours=3))
    make_sighting(make_run(fresh_video), f"{letter}02OLD")
    fresh = make_run(fresh_video, is_current=False, reprocess=job, model_version="test@2")
    make_sighting(fresh, "", plate_raw=f"{letter}02NEW", at=10.1)
    compare_video(fresh_video)
    watchlist = watchlists.create_watchlist(user=alice, fleet=fleet, values={"name": f"Wanted {letter}"})
    gone_watchlist = watchlists.create_watchlist(user=alice, fleet=fleet, values={"name": f"Gone {letter}"})
    watchlists.delete_watchlist(watchlist=gone_watchlist, user=alice)
    entry = watchlists.add_entry(watchlist=watchlist, user=alice, pattern=f"{letter}99*")
    gone_entry = watchlists.add_entry(watchlist=watchlist, user=alice, pattern=f"{letter}01*")
    watchlists.remove_entry(entry=gone_entry, user=alice)
    watch(Sighting.objects.filter(pk__in=[sighting.pk, make_sighting(run, f"{letter}99ZZZ", at=57.0).pk]))
    open_alert, closed_alert = Alert.objects.filter(fleet=fleet).order_by("pk")
    alerts.acknowledge_alert(alert=closed_alert, user=alice)
    values = {"name": f"Ours {letter}", "url": "http://127.0.0.1:9/", "events": ["sighting.created"], "reveal": True}
    with override_settings(WEBHOOK_ALLOW_PRIVATE_HOSTS=["127.0.0.1"]):  # kept, but never reached
        webhook, _ = webhooks.create_webhook(user=alice, fleet=fleet, values=values)
        gone_webhook, _ = webhooks.create_webhook(user=alice, fleet=fleet, values=values)
    webhooks.delete_webhook(webhook=gone_webhook, user=alice)
    tell(Sighting.objects.filter(pk=sighting.pk))
    delivery = Delivery.objects.get(webhook=webhook)
    Delivery.objects.filter(pk=delivery.pk).update(state="dead", answer=f"heard {letter}99BNX")
    gone = SavedSearch.objects.create(fleet=fleet, user=alice, name=f"Gone {letter}", deleted_at=timezone.now())
    packs = [evidence.ask(sighting=sighting, user=alice, before_s=seconds) for seconds in (3.0, 4.0)]
    EvidencePack.objects.filter(fleet=fleet).update(state="done", file="evidence/drawn.zip", sha256="0" * 64)
    default_storage.save("evidence/drawn.zip", ContentFile(b"PK"))
    evidence.delete(pack=packs[1], user=alice)
    failed = Upload.objects.create(
        fleet=fleet, user=alice, filename=f"{letter}bad.mp4", size=4, offset=4, kind="video", state="failed"
    )
    return {
        "trip": trip.pk,
        "later": later.pk,
        "video": sighting.video_id,
        "run": run.pk,
        "vehicle": trip.vehicle_id,
        "sighting": sighting.pk,
        "doubtful": doubtful.pk,
        "plate": sighting.plate_id,
        "other_plate": other.plate_id,
        "correction": correction.pk,
        "flag": flag.pk,
        "batch": batch.pk,
        "alias": aliases.make_alias(user=alice, fleet=fleet, misread=f"{letter}0ZZZ", text=f"{letter}OZZZ").pk,
        "edit": edit.pk,
        "job": job.pk,
        "evidence": packs[0].pk,
        "gone_evidence": packs[1].pk,
        "watchlist": watchlist.pk,
        "gone_watchlist": gone_watchlist.pk,
        "entry": entry.pk,
        "gone_entry": gone_entry.pk,
        "alert": open_alert.pk,
        "closed_alert": closed_alert.pk,
        "search": SavedSearch.objects.create(fleet=fleet, user=alice, name=f"Mine {letter}").pk,
        "token": create_token(user=alice, name=f"{letter} gate")[0].pk,
        "webhook": webhook.pk,
        "gone_webhook": gone_webhook.pk,
        "delivery": delivery.pk,
        "gone_search": gone.pk,
        "upload": uploads.create_upload(user=alice, fleet=fleet, filename=f"{letter}drive.mp4", size=10).pk,
        "failed_upload": failed.pk,
    }
