"""Runs models with OpenCV's own dnn and NMSBoxes: the foreign check of the filter `detect`.

usage: opencv_dnn.py CASES.json   prints one list of [label, score, x, y, width, height, landmarks...] for each case

It shares no code with Framewire: colors, letterbox, decoding and the way back are written again from the formats' own
descriptions (Ultralytics' letterbox, OpenCV's face_detect.cpp).
"""

import json
import sys

import cv2
import numpy as np

CONFIDENCE, IOU, BORDER = 0.25, 0.45, 114


def read_frame(path, width, height, color):
    data = np.fromfile(path, np.uint8)
    luma = data[: width * height].reshape(height, width).astype(np.float64)
    if not color:
        return cv2.merge([luma.astype(np.uint8)] * 3)
    columns, rows = (width + 1) // 2, (height + 1) // 2
    chroma = data[width * height :].reshape(2, rows, columns).astype(np.float64) - 128
    u, v = (np.repeat(np.repeat(c, 2, 0), 2, 1)[:height, :width] for c in chroma)
    blue, red = luma + 1.772 * u, luma + 1.402 * v
    green = luma - (0.114 * 1.772 * u + 0.299 * 1.402 * v) / 0.587
    return cv2.merge([np.clip(np.rint(c), 0, 255).astype(np.uint8) for c in (blue, green, red)])


def letterbox(frame, side_x, side_y):
    height, width = frame.shape[:2]
    gain = min(side_x / width, side_y / height)
    inner = (round(width * gain), round(height * gain))
    left, top = (side_x - inner[0]) // 2, (side_y - inner[1]) // 2
    scaled = cv2.resize(frame, inner, interpolation=cv2.INTER_LINEAR)
    right, bottom = side_x - inner[0] - left, side_y - inner[1] - top
    boxed = cv2.copyMakeBorder(scaled, top, bottom, left, right, cv2.BORDER_CONSTANT, value=[BORDER] * 3)
    back = lambda x, y: ((x - left) * width / inner[0], (y - top) * height / inner[1])
    return boxed, back


def center_crop(frame, side_x, side_y):
    height, width = frame.shape[:2]
    gain = max(side_x / width, side_y / height)
    scaled = cv2.resize(frame, (round(width * gain), round(height * gain)), interpolation=cv2.INTER_LINEAR)
    left, top = (scaled.shape[1] - side_x + 1) // 2, (scaled.shape[0] - side_y + 1) // 2
    return scaled[top : top + side_y, left : left + side_x]


def suppress(rows):
    """rows of [label, score, left, top, right, bottom, landmarks...]; NMSBoxes for each label."""
    kept = []
    for label in {row[0] for row in rows}:
        own = [row for row in rows if row[0] == label]
        boxes = [[r[2], r[3], r[4] - r[2], r[5] - r[3]] for r in own]
        for i in cv2.dnn.NMSBoxes(boxes, [r[1] for r in own], CONFIDENCE, IOU):
            kept.append(own[int(i)])
    return kept


def centered(label, score, box, rest=()):
    x, y, w, h = (float(v) for v in box)
    return [int(label), float(score), x - w / 2, y - h / 2, x + w / 2, y + h / 2, *map(float, rest)]


def yolo8(net):
    out = net.forward()[0].T
    return suppress([centered(r[4:].argmax(), r[4:].max(), r[:4]) for r in out if r[4:].max() > CONFIDENCE])


def yolo5(net):
    out = net.forward()[0]
    rows = [(r, r[4] * r[5:].max()) for r in out]
    return suppress([centered(r[5:].argmax(), score, r[:4]) for r, score in rows if score > CONFIDENCE])


def end_to_end(net):
    out = net.forward()[0]
    return [[int(r[5]), float(r[4]), *map(float, r[:4])] for r in out if r[4] > CONFIDENCE]


def ssd(net, side_x, side_y):
    scores, boxes = net.forward(["scores", "boxes"])
    size = np.array([side_x, side_y, side_x, side_y], np.float64)
    rows = []
    for score, box in zip(scores[0][:, 1:], boxes[0]):
        if score.max() > CONFIDENCE:
            rows.append([int(score.argmax()), float(score.max()), *map(float, box * size)])
    return suppress(rows)


def yunet(net, side_x, side_y):
    rows = []
    for stride in (8, 16, 32):
        names = [f"{part}_{stride}" for part in ("cls", "obj", "bbox", "kps")]
        cls, obj, bbox, kps = (out.reshape(-1, out.shape[-1]) for out in net.forward(names))
        columns = side_x // stride
        for n in range(columns * (side_y // stride)):
            score = float(np.sqrt(np.clip(cls[n, 0], 0, 1) * np.clip(obj[n, 0], 0, 1)))
            if score <= CONFIDENCE:
                continue
            c, r = n % columns, n // columns
            box = [(c + bbox[n, 0]) * stride, (r + bbox[n, 1]) * stride]
            box += [np.exp(bbox[n, 2]) * stride, np.exp(bbox[n, 3]) * stride]
            points = [(kps[n, i] + (r if i % 2 else c)) * stride for i in range(10)]
            rows.append(centered(0, score, box, points))
    return suppress(rows)


def blob_of(form, frame, side_x, side_y):
    if form == "classification":
        return cv2.dnn.blobFromImage(center_crop(frame, side_x, side_y), 1 / 255, swapRB=True), None
    boxed, back = letterbox(frame, side_x, side_y)
    if form == "ssd":
        return cv2.dnn.blobFromImage(boxed, 1 / 128, mean=(127, 127, 127), swapRB=True), back
    if form == "yunet":
        return cv2.dnn.blobFromImage(boxed), back
    return cv2.dnn.blobFromImage(boxed, 1 / 255, swapRB=True), back


def run(case):
    form, (side_x, side_y) = case["form"], case["input"]
    frame = read_frame(case["frame"], case["width"], case["height"], case["color"])
    net = cv2.dnn.readNetFromONNX(case["model"])
    blob, back = blob_of(form, frame, side_x, side_y)
    net.setInput(blob)
    if form == "classification":
        shares = net.forward()[0]
        best = [[int(i), float(shares[i])] for i in np.argsort(-shares)[:5]]
        return [row for row in best if row[1] > CONFIDENCE]
    args = (net, side_x, side_y) if form in ("ssd", "yunet") else (net,)
    found = {"yolo8": yolo8, "yolo5": yolo5, "end-to-end": end_to_end, "ssd": ssd, "yunet": yunet}[form](*args)
    rows = []
    for label, score, left, top, right, bottom, *points in found:
        (x1, y1), (x2, y2) = back(left, top), back(right, bottom)
        x1, x2 = (min(max(x, 0), case["width"]) for x in (x1, x2))
        y1, y2 = (min(max(y, 0), case["height"]) for y in (y1, y2))
        marks = [v for i in range(0, len(points), 2) for v in back(points[i], points[i + 1])]
        if x2 > x1 and y2 > y1:
            rows.append([label, score, x1, y1, x2 - x1, y2 - y1, *marks])
    return rows


with open(sys.argv[1]) as cases:
    print(json.dumps({"version": cv2.__version__, "results": [run(case) for case in json.load(cases)]}))
