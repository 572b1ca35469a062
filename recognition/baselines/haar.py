"""The Haar cascade for plates that OpenCV bundles, as a detector in front of our recognizer.

OpenCV 5 has dropped cascades from its main modules and their files from its wheel, so an interpreter that has OpenCV 4
(`python -m pip install 'opencv-python-headless<5'` in an environment of its own) finds the boxes, in a process beside.
"""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Callable, Sequence

from recognition import images
from recognition.geometry import box_to_corners
from recognition.inference.rectify import rectify
from recognition.types import Box, Detection, Image, Reading

CASCADE = "haarcascade_russian_plate_number.xml"
# Each picture comes as its length in a line and its bytes; a line of JSON with boxes [x, y, width, height] goes back.
WORKER = f"""
import json, sys
import cv2, numpy
cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "{CASCADE}")
print(json.dumps(not cascade.empty()), flush=True)
while size := sys.stdin.buffer.readline():
    data = numpy.frombuffer(sys.stdin.buffer.read(int(size)), numpy.uint8)
    found = cascade.detectMultiScale(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), 1.1, 4)
    print(json.dumps([[int(v) for v in box] for box in found]), flush=True)
"""

Recognize = Callable[[Sequence[Image]], list[Reading]]


class Haar:
    """A scene reader. Raises FileNotFoundError where `python` is not there or has no cascade classifier."""

    name = "Haar cascade + our recognizer"
    parameters = 0
    gflops = math.nan

    def __init__(self, python: str | None, recognize: Recognize) -> None:
        if not python:
            raise FileNotFoundError("OpenCV 5 has no cascades; name an interpreter that has OpenCV 4 by --opencv4")
        self.recognize = recognize
        self.process = subprocess.Popen([python, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self._answer() is not True:
            raise FileNotFoundError(f"{python} has no OpenCV with {CASCADE}")

    def _answer(self) -> object:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def boxes(self, image: Image) -> list[Box]:
        assert self.process.stdin is not None
        data = images.encode_jpeg(image, 95)
        self.process.stdin.write(b"%d\n" % len(data) + data)
        self.process.stdin.flush()
        found = self._answer()
        assert isinstance(found, list)
        return [Box(float(x), float(y), float(x + w), float(y + h)) for x, y, w, h in found]

    def read_scene(self, image: Image) -> list[tuple[Box, str]]:
        """Every box of a BGR picture with what our recognizer reads in it."""
        found = self.boxes(image)
        crops = [rectify(image, Detection(box, box_to_corners(box), 1.0)) for box in found]
        readings = self.recognize(crops) if crops else []
        return [(box, reading.plate) for box, reading in zip(found, readings, strict=True)]
