from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest

from recognition.errors import NotAVideo, VideoDamaged
from recognition.media import container
from recognition.media.boxes import top_boxes
from recognition.media.frames import frames
from recognition.media.hashing import sha256_file
from recognition.media.probe import probe
from tests.recognition.videos import grey_levels, rotate_mp4, write_video


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_video(tmp_path / "clip.mp4", grey_levels(40), [i / 20 for i in range(40)])


def test_a_video_is_described(clip: Path) -> None:
    info = probe(clip)
    assert (info.width, info.height, info.rotation, info.codec) == (64, 48, 0, "h264")
    assert info.duration == pytest.approx(2.0, abs=0.06)
    assert info.frame_rate == pytest.approx(20, abs=0.6)
    assert not info.truncated
    assert info.created_at is None


@pytest.mark.parametrize("clockwise", [90, 180, 270])
def test_a_turned_video_has_its_upright_size(clip: Path, clockwise: int) -> None:
    rotate_mp4(clip, clockwise)
    info = probe(clip)
    assert info.rotation == clockwise
    assert (info.width, info.height) == ((64, 48) if clockwise == 180 else (48, 64))


@pytest.mark.parametrize(
    ("written", "read"), [("2026-03-01T07:00:00Z", datetime(2026, 3, 1, 7, tzinfo=UTC)), ("1970-01-01T00:00:00Z", None)]
)
def test_the_creation_time_is_told_unless_the_clock_was_never_set(
    tmp_path: Path, written: str, read: datetime | None
) -> None:
    path = tmp_path / "x.mp4"
    with av.open(str(path), "w") as output:
        output.metadata["creation_time"] = written
        stream = output.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        output.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="bgr24")))
        output.mux(stream.encode())
    assert probe(path).created_at == read


def test_a_text_file_named_mp4_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("Buy milk.\n" * 100)
    with pytest.raises(NotAVideo, match=r"notes\.mp4 is not a video"):
        probe(path)


def test_a_play_list_that_names_another_file_is_no_video(tmp_path: Path, clip: Path) -> None:
    path = tmp_path / "list.mp4"
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:2,\n{clip}\n#EXT-X-ENDLIST\n")
    with pytest.raises(NotAVideo):
        probe(path)


def test_an_empty_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.touch()
    with pytest.raises(NotAVideo, match="empty"):
        probe(path)


def test_a_recording_cut_off_before_its_index_says_so(clip: Path) -> None:
    data = clip.read_bytes()
    clip.write_bytes(data[: data.index(b"moov") - 40])
    with pytest.raises(VideoDamaged, match=r"cut off before its index was written. Copy the file from the card again"):
        probe(clip)


def test_a_recording_cut_off_after_its_index_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    noise = [rng.integers(0, 255, (96, 128, 3), dtype=np.uint8) for _ in range(40)]
    whole = write_video(tmp_path / "whole.mp4", noise, [i / 20 for i in range(40)])
    fast = tmp_path / "fast.mp4"
    with av.open(str(whole)) as source, av.open(str(fast), "w", options={"movflags": "faststart"}) as output:
        stream = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                output.mux(packet)
    assert [box.kind for box in top_boxes(fast)][:2] == [b"ftyp", b"moov"]
    data = fast.read_bytes()
    fast.write_bytes(data[: len(data) // 2])
    info = probe(fast)
    assert info.truncated
    assert 0.4 < info.duration < 1.6
    assert 8 <= len(list(frames(fast))) <= 30


def test_a_file_with_sound_alone_says_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 8000
        output.mux(stream.encode(frame))
        output.mux(stream.encode())
    with pytest.raises(NotAVideo, match="no picture, only audio"):
        probe(path)


def test_a_video_whose_pictures_are_noise_is_damaged(clip: Path) -> None:
    data = bytearray(clip.read_bytes())
    mdat = next(box for box in top_boxes(clip) if box.kind == b"mdat")
    data[mdat.start + 8 : mdat.start + mdat.size] = bytes(mdat.size - 8)
    clip.write_bytes(bytes(data))
    with pytest.raises(VideoDamaged, match="not one of its pictures"):
        probe(clip)


def test_a_codec_that_nobody_knows_is_named_as_the_reason(clip: Path) -> None:
    clip.write_bytes(clip.read_bytes().replace(b"avc1", b"zzzz"))
    with pytest.raises(VideoDamaged, match=r"a codec that cannot be read here: H\.264"):
        probe(clip)


def test_pictures_that_no_camera_takes_are_refused_before_they_take_memory(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "MOST_PIXELS", 64 * 48 - 1)
    with pytest.raises(VideoDamaged, match="claims pictures of 64 × 48"):
        probe(clip)


def test_a_hash_is_of_the_content(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    assert sha256_file(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
