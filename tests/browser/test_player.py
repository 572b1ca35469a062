"""The player of a trip: the frame that was asked for, the box where the plate is in it, and clips that play on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NAME, Site
from tests.browser.numbered import READ, STEP, block_at, enlarged, uneven, write_hevc, write_jpegs, write_numbered

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("script_errors")]

SEEN_IN = (7, 23, 42, 61, 88, 104)  # frames in which a plate is read best
MADE = """
import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from recognition.media.probe import probe
from recognition.media.times import frame_times
from sightings import storage
from sightings.models import Fleet, Observation, Rendition, Track
from sightings.processing import files
from tests.factories import NOON, make_run, make_sighting, make_trip, make_video
def where(points, at):
    near = min(points, key=lambda point: abs(point[0] - at), default=[0, None, None])
    return {"lat": near[1], "lon": near[2]}
told = json.loads(Path(PLAN).read_text())
fleet = Fleet.objects.get(members__user__username=told["user"])
trip = make_trip(fleet, name=told["name"], started_at=NOON)
for clip in told["clips"]:
    info = probe(clip["path"])
    video = make_video(trip, sha256=clip["sha"], camera=clip["camera"], width=info.width, height=info.height,
        original_name=Path(clip["path"]).name, codec=info.codec, duration_s=info.duration, frame_rate=info.frame_rate,
        started_at=NOON + timedelta(seconds=clip["offset"]), file="videos/" + clip["sha"] + ".mp4")
    files.keep(Path(clip["path"]), video.file.name)
    files.put(storage.times_name(video), json.dumps(asdict(frame_times(clip["path"]))).encode())
    if clip["light"]:
        files.keep(Path(clip["light"]), storage.light_name(video))
        Rendition.objects.create(video=video, state="done", progress=1.0, file=storage.light_name(video))
    if clip["points"]:
        Track.objects.create(video=video, source="gpx", points=clip["points"])
    run = make_run(video)
    for number, (at, boxes) in enumerate(clip["seen"]):
        first, last = boxes[0][0], boxes[-1][0]
        sighting = make_sighting(run, f"B{number:02d}ABC", first_seen_s=first, last_seen_s=last, best_s=at, **where(clip["points"], at))
        sighting.observations.all().delete()
        for seconds, box in boxes:
            Observation.objects.create(sighting=sighting, seconds=seconds, box=box, dscore=0.9, confidence=0.9)
print(trip.pk)
"""  # noqa: E501


@dataclass(frozen=True)
class Clip:
    path: Path
    times: list[float]
    seen: tuple[int, ...] = ()
    camera: str = "front"
    offset: float = 0.0
    points: tuple[tuple[float, float, float], ...] = ()
    light: Path | None = None

    def plan(self, sha: str) -> dict[str, Any]:
        return {
            "path": str(self.path), "sha": sha, "camera": self.camera, "offset": self.offset,
            "points": self.points, "light": str(self.light or ""),
            "seen": [[self.times[number], self._boxes(number)] for number in self.seen],
        }  # fmt: skip

    def _boxes(self, number: int) -> list[Any]:
        """Read in every third frame only, as it is where frames are left out: the rest lies between them."""
        return [[self.times[at], block_at(at)] for at in range(number - 6, number + 7, 3)]


def make(site: Site, folder: Path, name: str, *clips: Clip) -> str:
    """The address of a trip of these clips."""
    plan = {"user": NAME, "name": name, "clips": [c.plan(f"{name}{i}".ljust(64, "0")) for i, c in enumerate(clips)]}
    (folder / f"{name}.json").write_text(json.dumps(plan))
    code = MADE.replace("PLAN", repr(str(folder / f"{name}.json")))
    return f"/trips/{site.manage('shell', '--verbosity', '0', '-c', code).splitlines()[-1]}/"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("numbered")


@pytest.fixture(scope="module")
def uneven_trip(site: Site, folder: Path) -> str:
    times = uneven(120)
    return make(site, folder, "uneven", Clip(write_numbered(folder / "uneven.mp4", times), times, SEEN_IN))


def shows(page: Page, number: int) -> None:
    """The picture on the screen becomes that frame."""
    page.wait_for_function(
        "(number) => { const video = document.querySelector('#stage video.on');"
        " return video.readyState >= 2 && !video.seeking && frameOf(video) === number; }",
        arg=number,
        timeout=20_000,
    )


def opened(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate(READ)
    page.wait_for_function("() => document.querySelector('#stage video.on').readyState >= 2")


def off_by(page: Page) -> float:
    """Pixels of the video between the block in the picture and the box drawn over it."""
    both = "blockOf(document.querySelector('#stage video.on')) - boxOf(document.querySelector('canvas'))"
    return abs(float(page.evaluate(both)))


def test_a_sighting_shows_the_very_frame_with_its_box_on_the_plate(page: Page, uneven_trip: str) -> None:
    opened(page, uneven_trip)
    for place, number in enumerate(SEEN_IN):
        page.locator("#list .seen-time").nth(place).click()
        shows(page, number)
        expect(page.locator("#in-picture .lit")).to_have_text(f"B{place:02d}ABC")
        assert off_by(page) < STEP, number


def test_the_arrows_go_by_single_frames_where_frames_come_unevenly(page: Page, uneven_trip: str) -> None:
    opened(page, uneven_trip)
    page.locator("#list .seen-time").nth(2).click()
    shows(page, 42)
    for number in range(43, 49):
        page.keyboard.press("ArrowRight")
        shows(page, number)
        assert off_by(page) < STEP, number
    for number in range(47, 40, -1):
        page.keyboard.press("ArrowLeft")
        shows(page, number)


def test_arrows_pressed_fast_are_all_counted(page: Page, uneven_trip: str) -> None:
    opened(page, uneven_trip)
    page.locator("#list .seen-time").nth(1).click()
    shows(page, 23)
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    shows(page, 35)


def test_boxes_stay_on_their_plates_while_it_plays(page: Page, uneven_trip: str) -> None:
    opened(page, uneven_trip)
    page.locator("#list .seen-time").nth(2).click()
    shows(page, 42)
    page.evaluate("""() => {
      const video = document.querySelector('#stage video.on');
      window.off = [];
      const note = () => {
        const box = boxOf(document.querySelector('canvas'));
        if (box !== null) window.off.push(Math.abs(blockOf(video) - box));
        video.requestVideoFrameCallback(note);
      };
      video.requestVideoFrameCallback(note);
    }""")
    page.keyboard.press("<")
    page.keyboard.press("<")
    page.keyboard.press(" ")
    page.wait_for_function("() => window.off.length >= 4")
    assert max(page.evaluate("window.off")) <= STEP + 1, "a box lies more than one frame behind or ahead"
    assert page.evaluate("document.querySelector('#stage video.on').playbackRate") == 0.25


def test_a_click_on_the_box_chooses_its_sighting_in_the_list(page: Page, uneven_trip: str) -> None:
    opened(page, uneven_trip)
    page.locator("#list .seen-time").nth(2).click()
    shows(page, 42)
    page.evaluate("history.replaceState(null, '', '#')")
    page.keyboard.press("ArrowRight")
    shows(page, 43)
    stage = page.locator("#stage").bounding_box()
    assert stage is not None
    scale = min(stage["width"] / 640, stage["height"] / 360)
    left, top, _, _ = block_at(43)
    across = (stage["width"] - 640 * scale) / 2 + (left + 20) * scale
    page.mouse.move(stage["x"] + across, stage["y"] + (stage["height"] - 360 * scale) / 2 + (top + 20) * scale)
    expect(page.locator("#list .seen.lit .plate")).to_have_attribute("data-copy", "B02ABC")
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("#list .seen.now .plate")).to_have_attribute("data-copy", "B02ABC")
    shows(page, 43)


def test_line_list_picture_and_time_line_move_and_light_up_together(page: Page, site: Site, folder: Path) -> None:
    times = uneven(120)
    east = tuple((float(second), 44.43, 26.1 + 0.001 * second) for second in range(int(times[-1]) + 2))
    clip = Clip(write_numbered(folder / "driven.mp4", times), times, SEEN_IN, points=east)
    opened(page, make(site, folder, "driven", clip))
    expect(page.locator("#map .pin")).to_have_count(len(SEEN_IN))
    page.locator("#list .seen-time").nth(3).click()
    shows(page, SEEN_IN[3])
    page.mouse.move(0, 0)
    page.locator("#list .seen").nth(3).hover()
    for place in ("#list .seen.lit", "#map .pin.lit", "#timeline .timeline-mark.lit", "#in-picture .lit"):
        expect(page.locator(place)).to_have_count(1)
    first, last = (page.locator(f"#map .end-mark >> text={letter}").bounding_box() for letter in "AB")
    assert first is not None
    assert last is not None
    middle = (first["x"] + last["x"] + last["width"]) / 2, first["y"] + first["height"] / 2
    page.mouse.click(middle[0] + 3, middle[1] + 9)  # beside the pins that lie on the line
    page.wait_for_function(
        "(half) => Math.abs(document.querySelector('#stage video.on').currentTime - half) < 1.5", arg=east[-1][0] / 2
    )


def test_the_next_clip_plays_on_and_the_rear_camera_shows_the_same_moment(page: Page, site: Site, folder: Path) -> None:
    times = [round(i / 25, 3) for i in range(60)]
    first, second = (write_numbered(folder / f"part{n}.mp4", times) for n in (1, 2))
    rear = write_numbered(folder / "rear.mp4", times)
    clips = (Clip(first, times), Clip(second, times, offset=2.4), Clip(rear, times, camera="rear", offset=0.2))
    opened(page, make(site, folder, "clips", *clips))
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    shows(page, 20)
    page.keyboard.press("v")  # the rear one began 0.2 s, five frames, later
    expect(page.locator("#video-select")).to_have_value(
        str(page.locator("#video-select option", has_text="rear.mp4").get_attribute("value"))
    )
    shows(page, 15)
    page.keyboard.press("v")
    shows(page, 20)
    page.wait_for_function(
        "() => [...document.querySelectorAll('#stage video:not(.quick)')].every((one) => one.readyState >= 3)"
    )
    page.keyboard.press(" ")
    page.wait_for_function("() => document.querySelector('#video-select').selectedOptions[0].text.includes('part2')")
    assert page.evaluate("!document.querySelector('#stage video.on').paused")
    page.keyboard.press(" ")


@pytest.mark.parametrize(("write", "name"), [(write_jpegs, "camera.avi"), (write_hevc, "phone.mp4")])
def test_what_the_browser_cannot_play_plays_through_its_light_copy(
    page: Page, folder: Path, write: Callable[[Path, int], Path], name: str
) -> None:
    source = write(folder / name, 45)
    page.goto("/upload/")
    page.set_input_files("#file-input", [source])
    page.locator(".upload-row", has_text=name).get_by_role("link", name="Open trip").click()
    page.wait_for_url("**/trips/*/")
    page.evaluate(READ)
    page.wait_for_function("() => document.querySelector('#stage video.on').currentSrc.endsWith('/light/')")
    shows(page, 0)
    for number in range(1, 20):
        page.keyboard.press("ArrowRight")
        shows(page, number)
    expect(page.locator("#player-note")).to_be_hidden()


def test_a_recording_that_is_slow_to_seek_in_gets_a_light_copy_which_shows_the_frame_first(
    page: Page, site: Site, folder: Path
) -> None:
    times = [round(i / 30, 3) for i in range(200)]
    path = write_numbered(folder / "slow.mp4", times, enlarged, key_frames_apart=1000)
    frames = (143, 152, 161, 170, 179, 188)
    opened(page, make(site, folder, "slow", Clip(path, times, frames)))
    rows = page.locator("#list .seen-time")
    for place, number in enumerate(frames[:3]):
        rows.nth(place).click()
        shows(page, number)
    page.wait_for_function("() => document.querySelector('#stage .quick').currentSrc.endsWith('/light/')")
    page.wait_for_function("() => document.querySelector('#stage .quick').readyState >= 2")
    page.evaluate("""() => {
      const quick = document.querySelector('#stage .quick');
      window.first = [];
      const note = () => quick.classList.contains('on') && first.push(frameOf(quick));
      new MutationObserver(note).observe(quick, { attributes: true, attributeFilter: ['class'] });
    }""")
    for place, number in enumerate(frames[3:], start=3):
        rows.nth(place).click()
        shows(page, number)
        expect(page.locator("#stage .quick")).not_to_have_class(re.compile(r"\bon\b"))
    assert page.evaluate("first") == list(frames[3:])


def test_of_many_sightings_only_the_rows_in_view_are_in_the_page(page: Page, site: Site, folder: Path) -> None:
    times = [round(i / 25, 3) for i in range(500)]
    clip = Clip(write_numbered(folder / "many.mp4", times), times, tuple(7 + i % 480 for i in range(400)))
    opened(page, make(site, folder, "many", clip))
    expect(page.locator("#list-count")).to_have_text("400")
    assert page.locator("#list .seen").count() < 60
    for _ in range(30):
        page.keyboard.press("j")
    expect(page.locator("#list .seen.now")).to_be_in_viewport()
