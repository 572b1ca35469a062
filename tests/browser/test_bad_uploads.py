"""Files that are not what they should be: each ends in words that say what is wrong and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from recognition.training.synth.drive import draw_drive

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("script_errors")]

EMPTY_GPX = (
    '<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg/></trk></gpx>'
)


@pytest.fixture(scope="module")
def short_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds without positions."""
    return draw_drive(tmp_path_factory.mktemp("short"), seconds=2.0, seed=11, width=640, height=360, fps=8.0).video


def send(page: Page, *files: Path) -> Locator:
    page.goto("/upload/")
    page.set_input_files("#file-input", list(files))
    return page.locator(".upload-row", has=page.locator(".upload-name b", has_text=files[0].name)).first


def test_a_text_file_named_mp4_is_refused_kindly(page: Page, tmp_path: Path) -> None:
    fake = tmp_path / "holiday.mp4"
    fake.write_text("This is a shopping list, not a video.\n" * 40)
    row = send(page, fake)
    expect(row).to_have_attribute("data-state", "failed")
    expect(row.locator(".upload-state")).to_contain_text("not a video")
    expect(row.get_by_role("button", name="Try again")).to_have_count(0)  # nothing would change
    row.get_by_role("button", name="Forget").click()
    expect(row).to_have_count(0)


def test_a_video_cut_short_says_so(page: Page, short_clip: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    whole = short_clip.read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])
    row = send(page, cut)
    expect(row).to_have_attribute("data-state", "done")
    expect(row).to_contain_text("ends too early: its end is missing. What is there is read.")


def test_a_video_without_its_index_is_refused_and_may_be_tried_again(
    page: Page, short_clip: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    head = short_clip.read_bytes()[:400]  # where the index begins; the pictures never come
    broken.write_bytes(head)
    row = send(page, broken)
    expect(row).to_have_attribute("data-state", "failed")
    expect(row.locator(".upload-state")).not_to_be_empty()


def test_a_video_without_gps_is_read_without_a_map(page: Page, short_clip: Path, tmp_path: Path) -> None:
    lonely = tmp_path / "lonely.mp4"
    shutil.copy(short_clip, lonely)
    row = send(page, lonely)
    expect(row).to_contain_text("No GPS found")
    row.get_by_role("link", name="Open trip").click()
    expect(page.locator("#map")).to_contain_text("This trip has no GPS")


def test_a_track_without_positions_says_what_to_do(page: Page, tmp_path: Path) -> None:
    empty = tmp_path / "empty.gpx"
    empty.write_text(EMPTY_GPX)
    row = send(page, empty)
    expect(row).to_have_attribute("data-state", "failed")
    expect(row.locator(".upload-state")).to_contain_text("There are no positions in empty.gpx")


def test_the_same_file_twice_is_linked_not_doubled(page: Page, tmp_path: Path) -> None:
    clip = draw_drive(tmp_path, seconds=1.0, seed=12, width=640, height=360, fps=8.0).video
    once, twice = clip.rename(tmp_path / "once.mp4"), tmp_path / "twice.mp4"
    shutil.copy(once, twice)
    first = send(page, once)
    expect(first).to_have_attribute("data-state", "done")
    trip = first.get_by_role("link", name="Open trip").get_attribute("href")
    second = send(page, twice)
    expect(second).to_have_attribute("data-state", "duplicate")
    expect(second).to_contain_text("Nothing was doubled")
    assert second.get_by_role("link", name="Open trip").get_attribute("href") == trip


def test_an_empty_file_is_refused_before_a_byte_is_sent(page: Page, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.mp4"
    nothing.touch()
    expect(send(page, nothing).locator(".upload-state")).to_contain_text("empty (0 bytes)")
