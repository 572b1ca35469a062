"""The faces of drawn vehicles, rear and front, without their plates."""

from __future__ import annotations

from recognition.training.synth.bodies import MARGIN, Body, Color, Point, Sheet, mirrored, rounded, shade

TIRE, SHADOW, CHROME = (26, 24, 24), (22, 20, 20), (206, 204, 200)
GLASS_TOP, GLASS_FOOT = (138, 122, 104), (44, 38, 34)
RED, DEEP_RED, GLOW = (52, 40, 226), (26, 16, 132), (176, 168, 255)


def draw_face(body: Body, paint: Color, *, rear: bool) -> Sheet:
    sheet = Sheet(body)
    _stance(sheet, body)
    _shell(sheet, body, paint)
    _mirrors(sheet, body, paint)
    if rear:
        _rear_window(sheet, body)
        _rear_panel(sheet, body, paint)
        _rear_bumper(sheet, body, paint)
    else:
        _windshield(sheet, body)
        _nose(sheet, body, paint)
        _front_bumper(sheet, body, paint)
    sheet.bulge()
    if rear:
        _tail_lamps(sheet, body)
    else:
        _head_lamps(sheet, body)
    return sheet


def _stance(sheet: Sheet, body: Body) -> None:
    """Tires, and the dark below the body."""
    half = body.width / 2
    sheet.fill(mirrored([(half * 0.84, 0.15), (half * 0.88, 0.36)]), SHADOW)
    for side in (-1, 1):
        x = side * (half - 0.15)
        tire = rounded([(x - 0.12, 0.0), (x + 0.12, 0.0), (x + 0.12, 0.45), (x - 0.12, 0.45)], 0.05)
        sheet.fill(tire, (44, 42, 42), TIRE)


def _shell(sheet: Sheet, body: Body, paint: Color) -> None:
    half = [(body.width / 2 * share, up) for up, share in body.profile()]
    half += [(body.width / 2 * body.roof * 0.9, body.height - 0.015), (0.3, body.height)]
    sheet.fill(rounded(mirrored(half), 0.14), shade(paint, 1.16), shade(paint, 0.66))
    crown = mirrored([(body.half(body.height - 0.1), body.height - 0.1), (body.half(body.height) * 0.92, body.height)])
    sheet.fill(rounded(crown, 0.1), shade(paint, 1.3), shade(paint, 1.05), 0.7)


def _mirrors(sheet: Sheet, body: Body, paint: Color) -> None:
    edge, up = body.half(body.waist), body.waist + 0.05
    for side in (-1, 1):
        outline = [
            (edge - 0.03, up),
            (edge + MARGIN - 0.06, up + 0.01),
            (edge + MARGIN - 0.04, up + 0.11),
            (edge, up + 0.12),
        ]
        sheet.fill(rounded([(side * x, y) for x, y in outline], 0.05), shade(paint, 1.0), shade(paint, 0.5))


def _pane(body: Body, top: float, foot: float, inset: float) -> list[Point]:
    """A window's outline between two heights, `inset` meters from the body's edge."""
    return mirrored([(body.half(foot) - inset, foot), (body.half(top) - inset, top)])


def _glass(sheet: Sheet, body: Body, top: float, foot: float, inset: float) -> None:
    sheet.fill(rounded(_pane(body, top + 0.018, foot - 0.018, inset - 0.018), 0.09), (26, 24, 24))
    sheet.fill(rounded(_pane(body, top, foot, inset), 0.09), GLASS_TOP, GLASS_FOOT)


def _reflection(sheet: Sheet, body: Body, top: float, foot: float, inset: float) -> None:
    """The sky in a window: two slanted bands."""
    left, right = -body.half(top) + inset + 0.2, body.half(foot) - inset
    for start, wide, share in ((left, 0.3, 0.16), (left + 0.4, 0.1, 0.12)):
        slant = (top - foot) * 0.42
        sheet.fill([(start, top - 0.02), (min(start + wide, right), top - 0.02), (start + wide - slant, foot + 0.02),
                    (start - slant + 0.04, foot + 0.02)], (250, 238, 222), share=share)  # fmt: skip


def _rear_window(sheet: Sheet, body: Body) -> None:
    top, foot, inset = body.height - 0.15, body.waist + 0.05, 0.13
    _glass(sheet, body, top, foot, inset)
    for x in (-0.37, 0.0, 0.37) if body.windows == 3 else (-0.36, 0.36):
        seat = [(x - 0.16, foot), (x + 0.16, foot), (x + 0.13, foot + 0.16), (x - 0.13, foot + 0.16)]
        head = [(x - 0.1, foot + 0.13), (x + 0.1, foot + 0.13), (x + 0.09, foot + 0.29), (x - 0.09, foot + 0.29)]
        for outline in (seat, head):
            sheet.fill(rounded(outline, 0.08), (22, 20, 19), share=0.75)
    _reflection(sheet, body, top, foot, inset)
    sheet.fill(_pane(body, top + 0.06, top + 0.025, 0.36), (40, 30, 190), (30, 20, 120))  # the third brake lamp
    sheet.line([(0.0, foot - 0.01), (0.16, foot + 0.03), (0.46, foot + 0.06)], (20, 18, 18), 0.018)  # wiper


def _rear_panel(sheet: Sheet, body: Body, paint: Color) -> None:
    waist, half = body.waist, body.half(body.waist)
    sheet.fill(rounded(mirrored([(half * 0.97, waist - 0.08), (half * 0.98, waist - 0.01)]), 0.03), shade(paint, 1.5),
               shade(paint, 1.15), 0.75)  # fmt: skip
    sheet.fill(
        mirrored([(half * 0.96, waist - 0.13), (half, waist - 0.085)]), shade(paint, 0.62), shade(paint, 0.9), 0.8
    )
    foot = body.plate - 0.19
    seam = [(half * 0.80, waist - 0.1), (half * 0.80, foot + 0.06), (half * 0.74, foot)]
    sheet.line(mirrored(seam), shade(paint, 0.32), 0.008)
    sheet.line([(x, y - 0.008) for x, y in mirrored(seam[1:])], shade(paint, 1.3), 0.006, 0.5)
    _badge(sheet, (waist - 0.1 + body.plate + 0.1) / 2 + 0.04)
    for step in range(3):  # letters of a model's name, too small to read
        sheet.line(
            [(-half * 0.62 + 0.05 * step, waist - 0.2), (-half * 0.62 + 0.05 * step + 0.03, waist - 0.2)], CHROME, 0.014
        )


def _badge(sheet: Sheet, up: float) -> None:
    sheet.ring(0, up, 0.046, (84, 80, 76))
    sheet.ring(0, up, 0.046, CHROME, 0.012)
    sheet.line([(-0.022, up - 0.012), (0, up + 0.02), (0.022, up - 0.012)], CHROME, 0.01)


def _rear_bumper(sheet: Sheet, body: Body, paint: Color) -> None:
    half, ledge = body.width / 2, body.plate - 0.2
    sheet.fill(mirrored([(half * 0.99, ledge - 0.045), (half, ledge)]), shade(paint, 1.28), shade(paint, 0.95), 0.6)
    sheet.fill(
        rounded(mirrored([(half * 0.80, 0.17), (half * 0.93, 0.22), (half * 0.80, 0.32)]), 0.06),
        (48, 46, 46),
        (24, 22, 22),
    )
    for side in (-1, 1):
        sheet.fill([(side * half * 0.93, 0.345), (side * half * 0.70, 0.345), (side * half * 0.70, 0.375),
                    (side * half * 0.93, 0.385)], (40, 30, 190), (26, 16, 120))  # fmt: skip
    if not body.tall_lamps:
        x = half * 0.58
        sheet.fill(rounded([(x, 0.2), (x + 0.13, 0.2), (x + 0.13, 0.255), (x, 0.255)], 0.03), CHROME, (110, 108, 106))
        sheet.fill(
            rounded([(x + 0.015, 0.21), (x + 0.115, 0.21), (x + 0.115, 0.245), (x + 0.015, 0.245)], 0.03), (16, 14, 14)
        )


def _tail_lamps(sheet: Sheet, body: Body) -> None:
    half, waist = body.width / 2, body.waist
    outline = [(0.99, -0.11), (0.60, -0.13), (0.55, -0.21), (0.66, -0.30), (0.99, -0.33)]
    bar = [(0.96, -0.15), (0.66, -0.165), (0.62, -0.215), (0.69, -0.265), (0.95, -0.285)]
    if body.tall_lamps:
        outline = [(0.985, 0.03), (0.84, 0.02), (0.83, -0.5), (0.99, -0.52)]
        bar = [(0.955, -0.02), (0.88, -0.03), (0.87, -0.45), (0.96, -0.46)]
    for side in (-1, 1):
        sheet.fill(rounded([(side * half * x, waist + y) for x, y in outline], 0.05), RED, DEEP_RED)
        sheet.line([(side * half * x, waist + y) for x, y in bar], GLOW, 0.02, 0.85)
        if not body.tall_lamps:
            lens = [(0.93, -0.195), (0.74, -0.2), (0.74, -0.235), (0.93, -0.24)]
            sheet.fill([(side * half * x, waist + y) for x, y in lens], (214, 214, 236), (150, 150, 200), 0.9)


def _windshield(sheet: Sheet, body: Body) -> None:
    top, foot, inset = body.height - 0.11, body.waist + 0.03, 0.1
    _glass(sheet, body, top, foot, inset)
    x = 0.36  # the driver, on our right as the car comes towards us
    head = [(x - 0.09, foot + 0.16), (x + 0.09, foot + 0.16), (x + 0.08, foot + 0.37), (x - 0.08, foot + 0.37)]
    trunk = [(x - 0.24, foot), (x + 0.24, foot), (x + 0.17, foot + 0.2), (x - 0.17, foot + 0.2)]
    for outline in (trunk, head):
        sheet.fill(rounded(outline, 0.1), (34, 30, 28), share=0.75)
    sheet.fill([(-0.1, top - 0.03), (0.1, top - 0.03), (0.1, top - 0.09), (-0.1, top - 0.09)], (24, 22, 22))
    _reflection(sheet, body, top, foot, inset)
    for start, end in ((-0.62, -0.05), (-0.02, 0.55)):
        sheet.line([(start, foot + 0.005), (end, foot + 0.05)], (18, 16, 16), 0.014)


def _nose(sheet: Sheet, body: Body, paint: Color) -> None:
    half, waist = body.width / 2, body.waist
    hood = mirrored([(half * 0.86, waist - 0.24), (half * 0.97, waist - 0.16), (body.half(waist) * 0.97, waist)])
    sheet.fill(rounded(hood, 0.1), shade(paint, 1.0), shade(paint, 1.45))
    for side in (-1, 1):
        sheet.line([(side * half * 0.5, waist), (side * half * 0.42, waist - 0.22)], shade(paint, 0.7), 0.01, 0.6)
    grille = rounded(mirrored([(half * 0.40, waist - 0.44), (half * 0.52, waist - 0.27)]), 0.05)
    sheet.fill(grille, (40, 38, 38), (20, 18, 18))
    for step in range(4):
        y = waist - 0.30 - 0.035 * step
        sheet.line([(-half * (0.48 - 0.025 * step), y), (half * (0.48 - 0.025 * step), y)], (120, 118, 116), 0.008)
    sheet.line([*grille, grille[0]], CHROME, 0.012)
    _badge(sheet, waist - 0.345)


def _front_bumper(sheet: Sheet, body: Body, paint: Color) -> None:
    half = body.width / 2
    sheet.fill(mirrored([(half * 0.97, 0.52), (half, 0.56)]), shade(paint, 1.3), shade(paint, 1.0), 0.5)
    sheet.fill(rounded(mirrored([(half * 0.62, 0.2), (half * 0.7, 0.34)]), 0.05), (34, 32, 32), (18, 16, 16))
    for y in (0.24, 0.28):
        sheet.line([(-half * 0.62, y), (half * 0.62, y)], (70, 68, 68), 0.008)
    for side in (-1, 1):
        corner = [(0.92, 0.3), (0.78, 0.3), (0.76, 0.42), (0.94, 0.44)]
        sheet.fill(rounded([(side * half * x, y) for x, y in corner], 0.03), (36, 34, 34), (22, 20, 20))
        sheet.ring(side * half * 0.85, 0.365, 0.035, (226, 230, 232))


def _head_lamps(sheet: Sheet, body: Body) -> None:
    half, waist = body.width / 2, body.waist
    outline = [(0.99, -0.19), (0.62, -0.25), (0.56, -0.33), (0.66, -0.37), (0.96, -0.36)]
    glow = [(0.96, -0.215), (0.66, -0.265), (0.615, -0.325)]
    for side in (-1, 1):
        sheet.fill(rounded([(side * half * x, waist + y) for x, y in outline], 0.05), (170, 166, 160), (78, 74, 72))
        for x in (0.74, 0.87):
            sheet.ring(side * half * x, waist - 0.305, 0.04, (52, 48, 46))
            sheet.ring(side * half * x, waist - 0.305, 0.03, (240, 248, 252))
        sheet.line([(side * half * x, waist + y) for x, y in glow], (255, 255, 255), 0.02)
