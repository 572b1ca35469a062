"""What each camera writes, built byte by byte, with known positions.

All drive east from 50° N 30° E, a row a second, 5 m/s, from 07:00:00 UTC on 1 March 2026.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import reduce

from tests.recognition.telemetry.containers import FTYP, START, box, lines, mp4, mvhd

LAT, LON, STEP = 50.0, 30.0, 0.00007  # 5 m of longitude
SPEED = 5.0


def lon(row: int) -> float:
    return LON + STEP * row


def dddmm(value: float) -> float:
    """50.5 -> 5030.0"""
    return int(value) * 100 + (value - int(value)) * 60


def at(row: float, start: datetime = START) -> datetime:
    return start + timedelta(seconds=row)


def signed(body: str) -> str:
    return f"${body}*{reduce(lambda total, c: total ^ ord(c), body, 0):02X}"


def rmc(row: int, start: datetime = START, status: str = "A") -> str:
    time = at(row, start)
    place = f"{dddmm(LAT):.5f},N,{dddmm(lon(row)):010.5f},E" if status == "A" else ",,,"
    return f"GPRMC,{time:%H%M%S}.00,{status},{place},{SPEED / 0.514444:.3f},90.00,{time:%d%m%y},,,A"


def nmea(rows: int = 10) -> bytes:
    return "".join(signed(rmc(row)) + "\r\n" for row in range(rows)).encode()


def gpx(rows: int = 10) -> bytes:
    points = "".join(
        f'<trkpt lat="{LAT}" lon="{lon(row):.6f}"><ele>80</ele><time>{at(row):%Y-%m-%dT%H:%M:%SZ}</time></trkpt>'
        for row in range(rows)
    )
    return f'<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{points}</trkseg></trk></gpx>'.encode()


def blackvue_text(rows: int = 10, zone_h: int = 1) -> bytes:
    """The clock in brackets is the camera's, in its own zone."""
    clock = int((START.timestamp() + zone_h * 3600) * 1000)
    return "".join(f"[{clock + row * 1000}]{signed(rmc(row))}\r\n" for row in range(rows)).encode()


def seventymai(rows: int = 10) -> bytes:
    early = START - timedelta(hours=8)
    lines = [
        f"{int(at(row, early).timestamp())},A,{LAT:.6f},{lon(row):.6f},9000,{SPEED * 100:.0f},100,-5,-12,"
        f"NO20260301-090000-000001F.MP4,0,0,0"
        for row in range(rows)
    ]
    return "\n".join(["$V02", *lines]).encode()


def dji_cue(row: int) -> str:
    return (
        f'<font size="28">SrtCnt : {row + 1}, DiffTime : 1000ms\n{at(row):%Y-%m-%d %H:%M:%S},000\n'
        f"[iso : 100] [latitude: {LAT:.6f}] [longitude: {lon(row):.6f}] [rel_alt: 5.0 abs_alt: 80.0]</font>"
    )


def dji_srt(rows: int = 10) -> bytes:
    cues = (f"{r + 1}\n00:00:{r:02d},000 --> 00:00:{r + 1:02d},000\n{dji_cue(r)}\n" for r in range(rows))
    return "\n".join(cues).encode()


def dji_old_srt(rows: int = 10) -> bytes:
    cues = (
        f"{r + 1}\n00:00:{r:02d},000 --> 00:00:{r + 1:02d},000\nF/2.8, SS 206, ISO 150, EV 0, "
        f"GPS ({lon(r):.5f}, {LAT:.5f}, 18), D 2.8m, H 6.0m, H.S {SPEED}m/s, V.S 0.0m/s\n"
        for r in range(rows)
    )
    return "\n".join(cues).encode()


def thinkware(rows: int = 10) -> bytes:
    return lines([f"gsensori,4,512,5,-3,8;{signed(rmc(row))[1:]}\r\n;CAR,0,0,0".encode() for row in range(rows)])


def garmin(rows: int = 10) -> bytes:
    turn = 2**31 / 180
    return mp4(
        b"sbtl",
        b"tx3g",
        [struct.pack("<4s4xHxxii", b"PNDM", 11, int(LAT * turn), int(lon(row) * turn)) for row in range(rows)],
    )


def dji_track(rows: int = 10) -> bytes:
    return lines([dji_cue(row).encode() for row in range(rows)])


def camm(case: int, rows: int = 10) -> bytes:
    return mp4(b"meta", b"camm", [camm_sample(case, row) for row in range(rows)])


def camm_sample(case: int, row: int, fix: int = 3) -> bytes:
    head = struct.pack("<HH", 0, case)
    if case == 5:
        return head + struct.pack("<ddd", LAT, lon(row), 80.0)
    clock = (at(row) - datetime(1980, 1, 6, tzinfo=UTC)).total_seconds() + 18
    return head + struct.pack("<didd7f", clock, fix, LAT, lon(row), 80.0, 3.0, 4.0, SPEED, 0.0, 0.0, 0.5)


def key(name: bytes, kind: bytes, size: int, body: bytes) -> bytes:
    return struct.pack(">4scBH", name, kind, size, len(body) // size) + body + bytes(-len(body) % 4)


def nest(name: bytes, body: bytes) -> bytes:
    return key(name, b"\0", 1, body)


def gps5_sample(row: int, fix: int = 3, per_second: int = 2) -> bytes:
    rows = b"".join(
        struct.pack(">iiiii", int(LAT * 1e7), round(lon(row) * 1e7 + 1e7 * STEP * i / per_second), 80_000, 5000, 500)
        for i in range(per_second)
    )
    stream = (
        key(b"GPSF", b"L", 4, struct.pack(">I", fix))
        + key(b"GPSU", b"U", 16, f"{at(row):%y%m%d%H%M%S}.000".encode())
        + key(b"GPSP", b"S", 2, struct.pack(">H", 150))
        + key(b"SCAL", b"l", 4, struct.pack(">5i", 10_000_000, 10_000_000, 1000, 1000, 100))
        + key(b"GPS5", b"l", 20, rows)
    )
    return nest(b"DEVC", key(b"DVID", b"L", 4, bytes(4)) + nest(b"STRM", stream))


def gps9_sample(row: int, fix: int = 3) -> bytes:
    since = at(row) - datetime(2000, 1, 1, tzinfo=UTC)
    numbers = (int(LAT * 1e7), round(lon(row) * 1e7), 80_000, 5000, 500, since.days, since.seconds * 1000, 150, fix)
    stream = (
        key(b"TYPE", b"c", 1, b"lllllllSS")
        + key(b"SCAL", b"l", 4, struct.pack(">9i", 10_000_000, 10_000_000, 1000, 1000, 100, 1, 1000, 100, 1))
        + key(b"GPS9", b"?", 32, struct.pack(">7i2H", *numbers))
    )
    return nest(b"DEVC", nest(b"STRM", stream))


def gopro(sample: Callable[[int], bytes], rows: int = 10) -> bytes:
    return mp4(b"meta", b"gpmd", [sample(row) for row in range(rows)])


def record(row: int, status: bytes = b"ANE", start: datetime = START) -> bytes:
    """The moment, the status, the place: the same in every block of Novatek's."""
    t = at(row, start)
    place = (dddmm(LAT), dddmm(lon(row)), SPEED / 0.514444, 90.0) if status[:1] == b"A" else (0.0,) * 4
    return struct.pack("<6I3sx4f", t.hour, t.minute, t.second, t.year - 2000, t.month, t.day, status, *place)


def novatek_block(row: int, status: bytes = b"ANE", start: datetime = START) -> bytes:
    return b"freeGPS " + struct.pack("<I", 0x4C) + bytes(32) + record(row, status, start) + bytes(100)


def viofo_block(row: int, status: bytes = b"ANE", start: datetime = START) -> bytes:
    return b"freeGPS " + struct.pack("<I", 0x2C) + record(row, status, start) + bytes(132)


def vantrue_block(row: int) -> bytes:
    return b"freeGPS " + struct.pack("<I", 0xE8) + bytes(92) + signed(rmc(row)).encode() + b"\r\n" + bytes(60)


def vantrue_s1_block(row: int) -> bytes:
    t = at(row)
    moment = struct.pack("<3sx6I", b"ANE", t.year - 2000, t.month, t.day, t.hour, t.minute, t.second)
    place = struct.pack("<5f", dddmm(lon(row)), dddmm(LAT), SPEED / 0.514444, 90.0, 80.0)
    return (
        b"freeGPS " + struct.pack("<I", 0x78) + bytes(32) + b"horsontech".ljust(16, b"\0") + moment + place + bytes(40)
    )


def blackvue_mp4(rows: int = 10) -> bytes:
    return FTYP + box(b"free", box(b"gps ", blackvue_text(rows))) + box(b"moov", mvhd(rows, None))


def ligo(row: int) -> bytes:
    text = (
        f"normal:{at(row):%Y/%m/%d %H:%M:%S} N:{LAT:.6f} E:{lon(row):.6f} {SPEED * 3.6:.1f} km/h x:0.00 y:0.00 z:0.00 "
    )
    return (text + "A:090.0 H:80.0").encode().ljust(152, b"\0")


def varint(value: int) -> bytes:
    found = b""
    while value > 127:
        found, value = found + bytes([value & 127 | 128]), value >> 7
    return found + bytes([value])


def tesla_message(row: int, per_second: int = 2) -> bytes:
    place = ((11, LAT), (12, LON + STEP * row / per_second), (13, 90.0))
    doubles = b"".join(varint(number << 3 | 1) + struct.pack("<d", value) for number, value in place)
    return varint(1 << 3) + varint(1) + varint(4 << 3 | 5) + struct.pack("<f", SPEED) + doubles


def escaped(content: bytes) -> bytes:
    """With a 3 wherever two zeros would look like a start code."""
    found, zeros = bytearray(), 0
    for byte in content:
        if zeros >= 2 and byte <= 3:
            found.append(3)
            zeros = 0
        found.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(found)


def tesla_picture(row: int, message: bytes | None = None) -> bytes:
    payload = b"BBBi" + (tesla_message(row) if message is None else message)
    unit = b"\x06" + escaped(b"\x05" + bytes([len(payload)]) + payload + b"\x80")
    slice_ = b"\x65" + bytes([row + 1]) * 40
    return b"".join(struct.pack(">I", len(part)) + part for part in (unit, slice_))


def tesla(rows: int = 20) -> bytes:
    return mp4(b"vide", b"avc1", [tesla_picture(row) for row in range(rows)], step=0.5)
