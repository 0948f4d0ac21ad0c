"""Detects faces in a film with native OpenCV, on one thread. Prints a JSON line per frame.

    faces_native.py FILM WIDTH HEIGHT CASCADE SCALE NEIGHBOURS MIN
"""

import json
import sys
import time

import cv2
import numpy

path, width, height, cascade, scale, neighbours, least = sys.argv[1:]
width, height, least = int(width), int(height), int(least)
cv2.setNumThreads(1)
classifier = cv2.CascadeClassifier(cascade)
if classifier.empty():
    sys.exit(f"faces_native.py: no cascade in {cascade}")

with open(path, "rb") as film:
    while len(frame := film.read(width * height)) == width * height:
        picture = numpy.frombuffer(frame, numpy.uint8).reshape(height, width)
        started = time.perf_counter()
        found = classifier.detectMultiScale(
            picture, float(scale), int(neighbours), 0, (least, least)
        )
        taken = (time.perf_counter() - started) * 1000
        boxes = [[int(side) for side in box] for box in found]
        print(json.dumps({"ms": taken, "boxes": boxes}))
