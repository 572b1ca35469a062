from __future__ import annotations

from typing import Any

import pytest
from kombu.exceptions import OperationalError

from anpr_site.celery import app
from sightings import queue

Sent = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    kept: Sent = []
    monkeypatch.setattr(app, "send_task", lambda name, **options: kept.append((name, options)))
    return kept


@pytest.mark.django_db
def test_work_is_sent_only_after_commit(sent: Sent, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        queue.enqueue("merge_run", queue="light", run_id=7)
        assert sent == []
    assert sent == [("merge_run", {"kwargs": {"run_id": 7}, "queue": "light", "retry": False})]


def test_a_broker_that_is_down_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(app, "send_task", refuse)
    assert queue.send("merge_run", "light", {"run_id": 7}) is False


def test_every_task_is_known_by_the_name_it_is_sent_under() -> None:
    app.loader.import_default_modules()
    assert {"inspect_next", "read_next", "merge_run", "sweep"} <= set(app.tasks)
    assert app.conf.beat_schedule["sweep"]["task"] == "sweep"


def test_a_killed_worker_s_task_is_not_lost() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
