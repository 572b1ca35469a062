"""The Celery app: what every worker and every sender of work shares."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import worker_process_init
from django.conf import settings

from anpr_site import broker
from anpr_site.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anpr_site.settings")

# Longer than the longest task may take, or a slow task would be handed out twice; a killed one comes back through the
# sweep much sooner than that.
VISIBILITY_S = 3600

app = Celery("anpr_site")
app.conf.update(
    broker_url=broker.celery_url(settings.REDIS_URL),
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=4,
    broker_transport_options={
        "visibility_timeout": VISIBILITY_S,
        # Unacknowledged tasks are looked after often; kombu's own pace is slow.
        "unacked_restore_interval": 10,
        "unacked_mutex_expire": 30,
        "socket_keepalive": True,
        "socket_connect_timeout": 4,
        "global_keyprefix": "platelog:",
        "queue_order_strategy": "priority",
    },
    result_backend=None,
    task_ignore_result=True,
    task_default_queue="light",
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    task_serializer="json",
    accept_content=["json"],
    timezone="UTC",
    enable_utc=True,
    beat_schedule={"sweep": {"task": "sweep", "schedule": settings.SWEEP_SECONDS, "options": {"expires": 60}}},
)
app.autodiscover_tasks(["sightings"])


def _do_not_outlive_the_worker(**_: object) -> None:
    """The process that does the work goes with the worker that started it, even when that one is killed."""
    die_with_parent()


worker_process_init.connect(_do_not_outlive_the_worker, weak=False)
