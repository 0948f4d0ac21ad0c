import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { overlap } from "../../lib/vision/boxes.ts";
import { cv } from "../../lib/vision/cv.ts";
import type { Box, Report } from "../../lib/frame/detection.ts";
import type { Detector } from "../../lib/vision/filter.ts";
import { eyes } from "../../lib/vision/filters/eyes.ts";
import { faces } from "../../lib/vision/filters/faces.ts";
import { people } from "../../lib/vision/filters/people.ts";
import { loadModel } from "../../lib/vision/models.ts";

const WIDTH = 320;
const HEIGHT = 240;
const SIZE = WIDTH * HEIGHT;
const RATE = 30;

const context = { cv, width: WIDTH, height: HEIGHT, model: loadModel };
const common = { rate: 0, draw: 1 };
const search = { cascade: "alt2", scale: 1.1, neighbours: 3, min: 30, workers: 2, sync: 0 };
const defaults = { ...search, plain: 0, ...common };

/** Gray pictures of 320x240 from ffmpeg. */
async function pictures(...args: string[]): Promise<Uint8Array> {
  const { success, stdout } = await new Deno.Command("ffmpeg", {
    args: ["-nostdin", "-loglevel", "error", ...args, "-pix_fmt", "gray", "-f", "rawvideo", "-"],
    stderr: "inherit",
  }).output();
  assert(success, "ffmpeg failed");
  return stdout;
}

/** A film of tests/media/astronaut.jpg in which the face moves from side to side. */
let film: Promise<Uint8Array> | undefined;
function faceFilm(): Promise<Uint8Array> {
  const photo = new URL("../media/astronaut.jpg", import.meta.url).pathname;
  const motion = `crop=384:384:x='64+64*sin(2*PI*t/4)':y=0,scale=${WIDTH}:${HEIGHT}`;
  const input = ["-loop", "1", "-framerate", String(RATE), "-i", photo];
  return film ??= pictures(...input, "-vf", motion, "-t", "4");
}

/** The face's box: at 176, 65 and 97 wide in the photo, of which 384 pixels are visible. */
function face(frame: number): Box {
  const left = 64 + 64 * Math.sin(2 * Math.PI * frame / RATE / 4);
  const [x, y] = [WIDTH / 384, HEIGHT / 384];
  return [(176 - left) * x, 65 * y, 97 * x, 97 * y];
}

/** The boxes of a detector in each picture, or in the given ones. */
async function findAll(
  detector: Detector,
  film: Uint8Array,
  frames?: number[],
): Promise<Report[]> {
  using mat = new cv.Mat(HEIGHT, WIDTH, cv.CV_8UC1);
  const all = frames ?? Array.from({ length: film.length / SIZE }, (_, frame) => frame);
  try {
    const reports: Report[] = [];
    for (const frame of all) {
      mat.data.set(film.subarray(frame * SIZE, (frame + 1) * SIZE));
      reports.push(await detector.detect(mat));
    }
    return reports;
  } finally {
    detector.close?.();
  }
}

/** Whether a box has the center of the face, and about its width. */
function isNear([x, y, width, height]: Box, place: Box): boolean {
  return Math.abs(x + width / 2 - place[0] - place[2] / 2) < 8 &&
    Math.abs(y + height / 2 - place[1] - place[3] / 2) < 8 &&
    Math.abs(width - place[2]) < 0.2 * place[2];
}

for (const cascade of ["alt2", "default"]) {
  Deno.test(`faces detects the moving face of a film, with the cascade ${cascade}`, async () => {
    const reports = await findAll(
      faces.create({ ...context, options: { ...defaults, cascade } }),
      await faceFilm(),
    );
    assertEquals(reports.length, 4 * RATE);
    const right = reports.filter(({ boxes = [] }, frame) =>
      boxes.length === 1 && boxes.every((box) => isNear(box, face(frame)))
    );
    assertGreaterOrEqual(right.length, 0.95 * reports.length);
  });
}

for (const source of ["testsrc2", "smptebars", "mandelbrot"]) {
  Deno.test(`faces detects nothing in ${source}`, async () => {
    const input = `${source}=s=${WIDTH}x${HEIGHT}:r=10`;
    const film = await pictures("-f", "lavfi", "-i", input, "-t", "4");
    const reports = await findAll(faces.create({ ...context, options: defaults }), film);
    assertEquals(reports.length, 40);
    assertEquals(reports.flatMap(({ boxes = [] }) => boxes), []);
  });
}

// The boxes of native OpenCV 4.6, with frame i of the film above in `film[i]`:
//     cv2.CascadeClassifier(f"haarcascade_frontalface_{name}.xml")
//         .detectMultiScale(film[i], 1.1, 3, 0, (30, 30))
const native: Record<string, Record<number, Box[]>> = {
  alt2: {
    0: [[94, 32, 78, 78]],
    20: [[49, 32, 78, 78]],
    47: [[65, 34, 73, 73]],
    83: [[144, 30, 81, 81]],
    119: [[98, 33, 77, 77]],
  },
  default: {
    0: [[92, 33, 76, 76]],
    20: [[46, 31, 80, 80]],
    47: [[59, 33, 77, 77]],
    83: [[142, 32, 79, 79]],
    119: [[94, 31, 79, 79]],
  },
};
for (const [cascade, table] of Object.entries(native)) {
  Deno.test(`faces=plain=1 returns native OpenCV's boxes, with the cascade ${cascade}`, async () => {
    const detector = faces.create({ ...context, options: { ...defaults, cascade, plain: 1 } });
    const reports = await findAll(detector, await faceFilm(), Object.keys(table).map(Number));
    assertEquals(reports, Object.values(table).map((boxes) => ({ boxes })));
  });
}

for (const [cascade, table] of Object.entries(native)) {
  for (const workers of [1, 3]) {
    Deno.test(`faces=sync=1:workers=${workers} returns native OpenCV's boxes, with ${cascade}`, async () => {
      const options = { ...defaults, cascade, sync: 1, workers };
      const detector = faces.create({ ...context, options });
      const reports = await findAll(detector, await faceFilm(), Object.keys(table).map(Number));
      assertEquals(reports, Object.values(table).map((boxes) => ({ boxes })));
    });
  }
}

Deno.test("faces uses OpenCV's own search for a cascade that is not a Haar cascade", async () => {
  const lbp = '<?xml version="1.0"?><opencv_storage><cascade type_id="opencv-cascade-classifier">' +
    "<stageType>BOOST</stageType><featureType>LBP</featureType><height>24</height>" +
    "<width>24</width><stageParams><maxWeakCount>1</maxWeakCount></stageParams><featureParams>" +
    "<maxCatCount>256</maxCatCount></featureParams><stageNum>1</stageNum><stages><_>" +
    "<maxWeakCount>1</maxWeakCount><stageThreshold>-1.</stageThreshold><weakClassifiers><_>" +
    `<internalNodes>0 -1 0${" -1".repeat(8)}</internalNodes><leafValues>-2. -2.</leafValues></_>` +
    "</weakClassifiers></_></stages><features><_><rect>0 0 3 3</rect></_></features></cascade>" +
    "</opencv_storage>";
  const model = () => new TextEncoder().encode(lbp);
  const detector = faces.create({ ...context, model, options: { ...defaults, cascade: "my.xml" } });
  assertEquals(await findAll(detector, await faceFilm(), [0]), [{ boxes: [] }]);
});

Deno.test("faces does not grow WebAssembly's memory", async () => {
  const film = await faceFilm();
  const frames = Array.from({ length: 300 }, (_, call) => call % 100);
  const options = { ...defaults, min: 60 }; // faster
  const detector = faces.create({ ...context, options });
  const once = faces.create({ ...context, options });
  await findAll(once, film, frames.slice(0, 60));
  const [before, at] = [cv.HEAPU8.length, probe()];
  await findAll(detector, film, frames);
  assertEquals(cv.HEAPU8.length, before);
  // A leaked frame is 76,800 bytes: 300 of them would be 23 MB.
  assertLessOrEqual(probe() - at, 1024 * 1024);
});

/** The address of a new large Mat in WebAssembly's memory: it grows with the memory in use. */
function probe(): number {
  using mat = new cv.Mat(1000, 1000, cv.CV_8UC1);
  return mat.data.byteOffset;
}

Deno.test("faces and eyes delete all objects that they create", async () => {
  const made: { isDeleted(): boolean }[] = [];
  const construct = (of: new () => (typeof made)[0], args: []) => {
    made.push(new of(...args));
    return made.at(-1)!;
  };
  const recorded = ["Mat", "RectVector", "CascadeClassifier"] as const;
  const counted: typeof cv = Object.create(cv);
  for (const name of recorded) {
    Object.defineProperty(counted, name, { value: new Proxy(cv[name], { construct }) });
  }
  using mat = new cv.Mat(HEIGHT, WIDTH, cv.CV_8UC1);
  mat.data.set((await faceFilm()).subarray(0, SIZE));
  const roi = mat.roi.bind(mat);
  mat.roi = (rect) => {
    made.push(roi(rect));
    return made.at(-1) as typeof mat;
  };
  for (const { create } of [faces, eyes]) {
    const detector = create({ ...context, cv: counted, options: defaults });
    for (let call = 0; call < 5; call++) await detector.detect(mat);
    detector.close?.();
  }
  assertGreaterOrEqual(made.length, 10);
  assertEquals(made.filter((one) => !one.isDeleted()).length, 0);
});

Deno.test("faces throws a clear error for an invalid cascade", () => {
  const create = (cascade: string, model = loadModel) =>
    assertThrows(
      () => faces.create({ ...context, model, options: { ...defaults, cascade } }),
      Error,
    )
      .message;
  assertStringIncludes(create("/no/such.xml"), 'cascade "/no/such.xml": there is no such file');
  for (
    const text of ["", "no XML", "<a><width>20</width><height>20</height></a>", "<width>2</width"]
  ) {
    const message = create("mine.xml", () => new TextEncoder().encode(text));
    assertStringIncludes(message, 'Cannot use the cascade "mine.xml": it is not an OpenCV cascade');
  }
});

Deno.test("faces detects nothing in a picture smaller than a face", async () => {
  for (const plain of [0, 1]) {
    const options = { ...defaults, plain };
    const detector = faces.create({ ...context, width: 16, height: 12, options });
    using mat = new cv.Mat(12, 16, cv.CV_8UC1, [128, 0, 0, 0]);
    assertEquals(await detector.detect(mat), { boxes: [] });
    detector.close?.();
  }
});

Deno.test("eyes detects both eyes in the upper part of the face", async () => {
  const options = { ...search, ...common };
  const film = await faceFilm();
  const reports = await findAll(eyes.create({ ...context, options }), film, [0, 1, 2, 3, 4, 5]);
  for (const { boxes = [], faces } of reports) {
    const found = (faces as Box[])[0]!;
    assertEquals(boxes.length, 2);
    for (const eye of boxes) {
      assert(overlap(eye, found) > 0 && eye[1] + eye[3] / 2 < found[1] + found[3] / 2);
    }
  }
});

Deno.test("people returns native OpenCV's boxes", async () => {
  // cv2.HOGDescriptor with the default people detector:
  //     hog.detectMultiScale(film[0], 0, (8, 8), (0, 0), 1.05, 2)
  const options = { stride: 8, scale: 1.05, threshold: 0, ...common };
  const reports = await findAll(people.create({ ...context, options }), await faceFilm(), [0]);
  assertEquals(reports, [{ boxes: [[240, 32, 74, 146]] }]);
});

Deno.test("people detects nothing in a picture smaller than its window", () => {
  const options = { stride: 8, scale: 1.05, threshold: 0, ...common };
  const detector = people.create({ ...context, width: 60, height: 40, options });
  using mat = new cv.Mat(40, 60, cv.CV_8UC1, [128, 0, 0, 0]);
  assertEquals(detector.detect(mat), { boxes: [] });
});
