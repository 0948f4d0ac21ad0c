"""Runs a model with OpenCV's dnn on one thread for some seconds. Prints the results a second.

    detect_native.py MODEL SIDE WIDTH HEIGHT SECONDS
"""

import sys
import time

import cv2
import numpy

model, side, width, height, seconds = sys.argv[1], *map(int, sys.argv[2:])
cv2.setNumThreads(1)
net = cv2.dnn.readNetFromONNX(model)
frame = numpy.random.default_rng(1).integers(0, 256, (height, width, 3), numpy.uint8)
scale = side / max(width, height)
inner = (round(width * scale), round(height * scale))
top, left = (side - inner[1]) // 2, (side - inner[0]) // 2


def detect():
    scaled = cv2.resize(frame, inner)
    below, right = side - inner[1] - top, side - inner[0] - left
    boxed = cv2.copyMakeBorder(scaled, top, below, left, right, cv2.BORDER_CONSTANT, value=[114] * 3)
    net.setInput(cv2.dnn.blobFromImage(boxed, 1 / 255, swapRB=True))
    scores = net.forward()[0][4:]
    return scores.max(0) > 0.25


detect()
started, count = time.perf_counter(), 0
while time.perf_counter() - started < seconds:
    detect()
    count += 1
print(count / (time.perf_counter() - started))
