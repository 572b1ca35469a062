"""Two people, or two connections, at the very same moment. Needs a database that lets both in."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from sightings import storage
from sightings.errors import PlatelogError, VersionClash
from sightings.models import Correction, Fleet, Plate, ProcessingRun, Sighting, Upload, User
from sightings.selectors_review import ReviewQueue
from sightings.services import batches, claims, reviews, uploads
from sightings.services.plates import plate_for
from tests.factories import make_sighting

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Start all acts together and return what each gave or raised."""
    start = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(index: int) -> None:
        start.wait()
        try:
            results[index] = acts[index]()
        except PlatelogError as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class Body:
    """A body of many small pieces, so that two of them would mix if anything let them."""

    def __init__(self, letter: bytes, pieces: int) -> None:
        self.left = [letter * 100] * pieces

    def read(self, size: int, /) -> bytes:
        return self.left.pop() if self.left else b""


def test_two_connections_that_send_the_same_piece_write_it_once(bob: User, northwind: Fleet) -> None:
    upload = uploads.create_upload(user=bob, fleet=northwind, filename="a.mp4", size=20_000)

    def send(letter: bytes) -> Callable[[], object]:
        mine = Upload.objects.get(pk=upload.pk)
        return lambda: uploads.append_chunk(upload=mine, offset=0, stream=Body(letter, 100))

    results = at_once(send(b"a"), send(b"b"), send(b"c"))
    assert sum(result == 10_000 for result in results) == 1
    upload.refresh_from_db()
    content = storage.upload_file(upload.path).read_bytes()
    assert upload.offset == len(content) == 10_000
    assert len(set(content)) == 1


def test_of_two_corrections_at_once_one_is_told_of_the_other(alice: User, bob: User, sighting: Sighting) -> None:
    def correct(user: User, text: str) -> Callable[[], object]:
        seen = Sighting.objects.select_related("fleet").get()
        return lambda: reviews.correct_sighting(sighting=seen, user=user, text=text)

    results = at_once(correct(alice, "B98BNX"), correct(bob, "B97BNX"))
    assert sum(isinstance(result, VersionClash) for result in results) == 1
    word = Correction.objects.get()
    assert Sighting.objects.get().text == word.text_after


def test_a_plate_first_seen_twice_at_once_comes_into_being_once(northwind: Fleet) -> None:
    results = at_once(*[lambda: plate_for(fleet=northwind, text="B99BNX").pk] * 4)
    assert set(results) == {Plate.objects.get().pk}
    assert Plate.objects.get().keys.count() == 6  # the two 9s and their neighbours give equal keys once


def test_reviewers_who_ask_at_the_same_moment_share_the_queue_out(alice: User, bob: User, run: ProcessingRun) -> None:
    rows = {make_sighting(run, f"B{n:02}AAA", confidence=0.1).pk for n in range(30)}

    def ask(user: User) -> Callable[[], object]:
        return lambda: claims.claim_next(user=user, queue=ReviewQueue(), count=10).new

    given = at_once(ask(alice), ask(bob))
    assert all(isinstance(one, list) and len(one) == 10 for one in given)
    both = [pk for one in given if isinstance(one, list) for pk in one]
    assert len(set(both)) == 20
    assert set(both) <= rows


def test_a_batch_and_a_word_at_once_never_both_stand(alice: User, bob: User, run: ProcessingRun) -> None:
    rows = [make_sighting(run, "B99BNX") for _ in range(5)]
    seen = Sighting.objects.select_related("fleet").get(pk=rows[4].pk)
    results = at_once(
        lambda: batches.correct_batch(
            user=bob, fleet=run.video.fleet, sightings=[row.pk for row in rows], text="B99BNZ"
        ),
        lambda: reviews.confirm_sighting(sighting=seen, user=alice),
    )
    now = Sighting.objects.get(pk=seen.pk)
    refused = isinstance(results[1], VersionClash)
    assert (now.text, now.review_state) == (("B99BNZ", "corrected") if refused else ("B99BNX", "confirmed"))
    assert now.corrections.count() == 1
