"""Measures native OpenCV's time per filter, on one thread. Prints "NAME MILLISECONDS" lines.

The film is in 4:2:0; the filters get its gray plane.

usage: vision_native.py FILM.yuv WIDTH HEIGHT CASCADE.xml
"""
import sys
import time

import cv2
import numpy

film, width, height, cascade = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
cv2.setNumThreads(1)
planes = numpy.fromfile(film, numpy.uint8).reshape(-1, height * 3 // 2, width)
frames = numpy.ascontiguousarray(planes[:, :height])
faces = cv2.CascadeClassifier(cascade)
mog2 = cv2.createBackgroundSubtractorMOG2(500, 16, False)
clahe = cv2.createCLAHE(2, (8, 8))
hog = cv2.HOGDescriptor()
hog.setSVMDetector(cv2.HOGDescriptor_getDefaultPeopleDetector())


def lines(frame):
    return cv2.HoughLinesP(cv2.Canny(frame, 50, 150), 1, numpy.pi / 180, 50, None, 30, 10)


filters = {
    "edges": lambda frame: cv2.Canny(frame, 50, 150),
    "blur": lambda frame: cv2.GaussianBlur(frame, (5, 5), 0),
    "median": lambda frame: cv2.medianBlur(frame, 5),
    "equalize": cv2.equalizeHist,
    "clahe": clahe.apply,
    "threshold": lambda frame: cv2.threshold(frame, 128, 255, cv2.THRESH_BINARY),
    "motion": mog2.apply,
    "lines": lines,
    "faces=plain=1": lambda frame: faces.detectMultiScale(frame, 1.1, 3, 0, (30, 30)),
    "people": lambda frame: hog.detectMultiScale(frame, winStride=(8, 8), scale=1.05),
}
for name, run in filters.items():
    run(frames[0])
    started = time.perf_counter()
    count = 0
    while time.perf_counter() - started < 0.5:
        run(frames[count % len(frames)])
        count += 1
    print(name, 1000 * (time.perf_counter() - started) / count)
