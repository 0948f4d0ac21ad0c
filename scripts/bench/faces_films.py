"""Creates films for the benchmark of `faces`, with known positions of the faces.

    faces_films.py DIRECTORY [FILMS [SECONDS]]

Film N is film<N>.gray (gray pictures of 640x480, one after the other) and film<N>.json: its rate, and the
true faces of each picture. Even films are for tuning, odd ones for reports; no person is in both.

The persons are the 100 faces of scikit-image's `lfw_subset` and its `astronaut` (NASA, public domain);
the backgrounds are its other pictures. Faces come, go, grow, turn in the picture and out of it; scenes are cut,
dark, noisy. Needs Debian's python3-skimage and python3-opencv.
"""

import json
import sys

try:
    import cv2
    import numpy
    import skimage.data
    import skimage.color
except ImportError as missing:
    sys.exit(f"faces_films.py: {missing}; install them (Debian: apt install python3-skimage python3-opencv)")

WIDTH, HEIGHT = 640, 480
BACKGROUNDS = ["brick", "gravel", "grass", "coffee", "rocket", "chelsea", "coins", "page", "moon", "hubble_deep_field"]


def gray(picture):
    if picture.ndim == 3:
        picture = skimage.color.rgb2gray(picture[..., :3]) * 255
    return picture.astype(numpy.float32)


def portraits():
    """Square patches with a face, and the face's box in them, as shares of the patch's side."""
    faces = [(cv2.resize((face * 255).astype(numpy.float32), (200, 200), interpolation=cv2.INTER_CUBIC),
              (0.08, 0.08, 0.84)) for face in skimage.data.lfw_subset()[:100]]
    astronaut = gray(skimage.data.astronaut())[16:210, 128:322]
    return faces + [(cv2.resize(astronaut, (200, 200)), (0.25, 0.25, 0.5))]


def mask():
    """An ellipse with a soft edge."""
    y, x = numpy.mgrid[0:200, 0:200] / 99.5 - 1
    return numpy.clip((1.0 - numpy.sqrt((x / 0.98) ** 2 + (y / 1.0) ** 2)) * 8, 0, 1).astype(numpy.float32)


class Actor:
    def __init__(self, random, person, seconds):
        self.patch, self.face = person
        self.start = 0 if random.random() < 0.5 else random.uniform(0, seconds * 0.5)
        self.end = seconds if random.random() < 0.6 else random.uniform(seconds * 0.6, seconds)
        size = 36 * 2 ** random.uniform(0, 2.6)
        self.size = (size, size * 2 ** random.uniform(-0.8, 0.8))
        self.x = (random.uniform(60, WIDTH - 60), random.uniform(60, WIDTH - 60))
        self.y = (random.uniform(60, HEIGHT - 60), random.uniform(60, HEIGHT - 60))
        self.shake = random.uniform(0, 12), random.uniform(1, 6), random.uniform(0, 6)
        self.turn = random.uniform(0, 28) if random.random() < 0.6 else 0, random.uniform(0.8, 3), random.uniform(0, 6)
        self.squeeze = random.uniform(0, 0.45) if random.random() < 0.5 else 0, random.uniform(0.8, 3), random.uniform(0, 6)
        self.mirrored = random.random() < 0.5

    def draw(self, picture, time, seconds, soft):
        """Draws the face and returns its box; none if it is not visible."""
        if not self.start <= time < self.end:
            return None
        share = time / seconds
        side = (self.size[0] * (1 - share) + self.size[1] * share) / self.face[2]
        amount, rate, phase = self.shake
        x = self.x[0] * (1 - share) + self.x[1] * share + amount * numpy.sin(rate * time + phase)
        y = self.y[0] * (1 - share) + self.y[1] * share + amount * numpy.cos(rate * time + phase)
        angle = self.turn[0] * numpy.sin(self.turn[1] * time + self.turn[2])
        squeeze = 1 - self.squeeze[0] * (0.5 + 0.5 * numpy.sin(self.squeeze[1] * time + self.squeeze[2]))
        scale = side / 200
        turn = cv2.getRotationMatrix2D((0, 0), angle, scale)
        flip = -1 if self.mirrored else 1
        matrix = numpy.hstack([turn[:, :2] @ numpy.diag([squeeze * flip, 1]), [[0], [0]]])
        matrix[:, 2] = (x, y) - matrix[:, :2] @ (100, 100)
        size = (WIDTH, HEIGHT)
        shrink = max(1.0, 1 / scale)
        patch = cv2.GaussianBlur(self.patch, (0, 0), 0.45 * shrink) if shrink > 1.2 else self.patch
        drawn = cv2.warpAffine(patch, matrix, size, flags=cv2.INTER_LINEAR)
        cover = cv2.warpAffine(soft, matrix, size, flags=cv2.INTER_LINEAR)
        picture += (drawn - picture) * cover
        middle = matrix @ (100, (self.face[1] + self.face[2] / 2) * 200, 1)
        width = self.face[2] * side
        return [float(middle[0] - width / 2), float(middle[1] - width / 2), float(width), float(width)]


class Scene:
    def __init__(self, random, people, backgrounds, seconds):
        self.seconds = seconds
        self.background = cv2.resize(backgrounds[random.integers(len(backgrounds))], (1000, 750))
        self.pan = [(random.uniform(0, 360), random.uniform(0, 270)) for _ in range(2)]
        count = random.choice([0, 1, 1, 2, 2, 3, 4])
        self.actors = [Actor(random, people[random.integers(len(people))], seconds) for _ in range(count)]
        self.light = random.choice([1, 1, 0.8, 0.5, 0.25])
        self.noise = random.choice([0, 2, 5, 10])
        self.random = random

    def draw(self, time, soft):
        share = time / self.seconds
        x, y = (self.pan[0][i] * (1 - share) + self.pan[1][i] * share for i in (0, 1))
        matrix = numpy.float32([[1, 0, -x], [0, 1, -y]])
        picture = cv2.warpAffine(self.background, matrix, (WIDTH, HEIGHT)) * 0.8 + 20
        faces = [actor.draw(picture, time, self.seconds, soft) for actor in self.actors]
        picture *= self.light
        picture += self.random.normal(0, self.noise, picture.shape) if self.noise else 0
        return numpy.clip(picture, 0, 255).astype(numpy.uint8), [face for face in faces if face]


def make(directory, number, seconds):
    random = numpy.random.default_rng(1000 + number)
    people, soft = portraits()[number % 2::2], mask()
    backgrounds = [gray(getattr(skimage.data, name)()) for name in BACKGROUNDS]
    rate = 24 if number // 2 % 2 else 30
    truth = []
    with open(f"{directory}/film{number}.gray", "wb") as film:
        while len(truth) < seconds * rate:
            scene = Scene(random, people, backgrounds, random.uniform(1.2, 3.5))
            for frame in range(int(scene.seconds * rate)):
                picture, faces = scene.draw(frame / rate, soft)
                film.write(picture.tobytes())
                truth.append(faces)
    with open(f"{directory}/film{number}.json", "w") as file:
        json.dump({"rate": rate, "truth": truth}, file)


if __name__ == "__main__":
    directory, films, seconds = (sys.argv[1:] + [8, 8])[:3] if len(sys.argv) == 2 else (sys.argv[1:] + [8])[:3]
    for number in range(int(films)):
        make(directory, number, float(seconds))
