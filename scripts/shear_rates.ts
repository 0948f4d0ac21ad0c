/**
 * Measures how often the size of a raw stream is detected (`lib/wire/raw_geometry.ts`): films from ffmpeg in
 * several sizes, read with the right size and with eight wrong ones, from two positions in the film. Prints
 * Markdown tables. Needs ffmpeg.
 *
 *     deno run -A scripts/shear_rates.ts [MOVIE_OR_PICTURE...]
 *
 * It takes about three minutes. `SHEAR_FILM=panned` selects the films with that text in their name;
 * `SHEAR_VERBOSE=1` prints each wrong answer to stderr.
 */

import { findShear, type RawGeometry, USEFUL_BYTES } from "../lib/wire/raw_geometry.ts";
import { table } from "./bench/table.ts";

/** An input of ffmpeg and its filters; W and H stand for the size. */
interface Film {
  readonly name: string;
  readonly input: string[];
  readonly filter: string;
}

const picture = ["-loop", "1", "-i", "tests/media/astronaut.jpg"];
const lavfi = (source: string) => ["-f", "lavfi", "-i", source];

/** A part of the picture that moves; `n` is the frame. */
const cut = (x: string, y: string) => `scale=1.4*W:1.4*H,crop=W:H:${x}:${y}`;

const films: Film[] = [
  { name: "picture, still", input: picture, filter: "scale=W:H" },
  { name: "picture, sensor noise", input: picture, filter: "scale=W:H,noise=alls=12:allf=t" },
  { name: "picture, panned", input: picture, filter: cut("2*n", "n/2") },
  { name: "picture, panned down", input: picture, filter: cut("20", "n") },
  { name: "picture, panned aslant", input: picture, filter: cut("n", "n") },
  {
    name: "picture, zoomed",
    input: picture,
    filter: "scale=W*(1+0.01*n):-1:eval=frame,crop=W:min(ih\\,H),scale=W:H:eval=frame",
  },
  {
    name: "picture, dark and noisy",
    input: picture,
    filter: "scale=W:H,lutyuv=y=16+val/9,noise=alls=14:allf=t",
  },
  { name: "picture, blurred", input: picture, filter: "scale=W:H,gblur=sigma=4" },
  { name: "picture, upside down", input: picture, filter: "scale=W:H,hflip,vflip" },
  { name: "picture, turned by 45°", input: picture, filter: cut("3*n", "0") + ",rotate=PI/4" },
  {
    name: "picture, bars at the sides",
    input: picture,
    filter: "scale=-2:H,pad=max(iw\\,W):H:-1:-1,crop=W:H",
  },
  {
    name: "picture, bars above",
    input: picture,
    filter: "scale=W:H,drawbox=h=ih/8:t=fill:c=black,drawbox=y=ih*7/8:h=ih/8:t=fill:c=black",
  },
  {
    name: "picture, four times",
    input: picture,
    filter: "scale=W:H,split[a][b];[a][b]hstack,split[c][d];[c][d]vstack,scale=W:H",
  },
  {
    name: "picture, interlaced pan",
    input: picture,
    filter: cut("4*n", "0") + ",tinterlace=mode=interleave_top,scale=W:H",
  },
  ...["testsrc2", "smptebars", "smptehdbars", "testsrc", "rgbtestsrc", "pal75bars", "yuvtestsrc"]
    .map((name) => ({
      name,
      input: lavfi(`${name}=s=WxH`),
      filter: "null",
    })),
  { name: "mandelbrot", input: lavfi("mandelbrot=s=WxH"), filter: "null" },
  { name: "life", input: lavfi("life=s=WxH:mold=10:seed=1"), filter: "null" },
  { name: "cellauto", input: lavfi("cellauto=s=WxH:rule=110:seed=1"), filter: "null" },
  { name: "gradients", input: lavfi("gradients=s=WxH:seed=1"), filter: "null" },
  { name: "sierpinski", input: lavfi("sierpinski=s=WxH:seed=1"), filter: "null" },
  { name: "flat", input: lavfi("color=gray:s=WxH"), filter: "null" },
  { name: "black", input: lavfi("color=black:s=WxH"), filter: "null" },
  { name: "lens cap", input: lavfi("color=black:s=WxH"), filter: "noise=alls=10:allf=t" },
  { name: "noise", input: lavfi("color=gray:s=WxH"), filter: "noise=alls=100:allf=t" },
  {
    name: "checkerboard",
    input: lavfi("color=gray:s=WxH"),
    filter: "format=gray,geq=lum=255*mod(floor(X/16)+floor(Y/16)\\,2)",
  },
  {
    name: "stripes upright",
    input: lavfi("color=gray:s=WxH"),
    filter: "format=gray,geq=lum=255*mod(floor(X/20)\\,2)",
  },
  {
    name: "stripes aslant",
    input: lavfi("color=gray:s=WxH"),
    filter: "format=gray,geq=lum=128+100*sin((X+Y+3*N)/5)",
  },
  {
    name: "constant rows",
    input: lavfi("color=gray:s=WxH"),
    filter: "format=gray,geq=lum=255*Y/H",
  },
];

const sizes: RawGeometry[] = [
  ...[[160, 120], [176, 144], [320, 240], [352, 240], [352, 288], [424, 240]],
  ...[[640, 360], [640, 480], [800, 600], [1280, 720], [1920, 1080]],
].map(([width = 0, height = 0]) => ({ width, height, stride: width }));
sizes.splice(3, 0, { width: 323, height: 240, stride: 324 });

/** Eight wrong sizes. */
function wrongReads({ width: w, height: h, stride }: RawGeometry): RawGeometry[] {
  const packed = (width: number, height: number) => ({ width, height, stride: width });
  return [
    packed(h, w),
    packed(stride / 2, h / 2),
    packed(stride * 2, h * 2),
    stride === w ? packed(w - 1, h) : packed(w, h),
    packed(stride + 1, h),
    packed(w === 352 ? 320 : 352, h),
    { width: w, height: h + 1, stride },
    { width: w, height: h - 8, stride },
  ];
}

/** The bytes of a film at a size, with rows padded with 0 up to the stride. */
async function stream(
  film: Film,
  { width, height, stride }: RawGeometry,
  from: number,
): Promise<Uint8Array> {
  const fill = (text: string) =>
    text.replace(/\bWxH\b/g, `${width}x${height}`).replace(/\bW\b/g, `${width}`).replace(
      /\bH\b/g,
      `${height}`,
    );
  const frames = Math.max(3, Math.min(24, Math.ceil(USEFUL_BYTES / (stride * height))));
  const filter = [
    fill(film.filter),
    `trim=start_frame=${from}`,
    "format=gray",
    `pad=${stride}:${height}:0:0:black`,
  ];
  if (stride === width) filter.pop();
  const args = [
    "-v",
    "error",
    ...film.input.map(fill),
    "-vf",
    filter.join(","),
    "-frames:v",
    `${frames}`,
  ];
  const command = new Deno.Command("ffmpeg", {
    args: [...args, "-f", "rawvideo", "-pix_fmt", "gray", "-"],
    stdin: "null",
  });
  const { stdout, stderr, success } = await command.output();
  if (!success) {
    throw new Error(`Cannot make "${film.name}": ${new TextDecoder().decode(stderr).trim()}`);
  }
  // The tutorial's server pads with 0. ffmpeg's black is 0 in full range, and 16 in limited range.
  for (let end = stride; stride > width && end <= stdout.length; end += stride) {
    stdout.fill(0, end - (stride - width), end);
  }
  if (stdout.length < 2 * stride * height) throw new Error(`Cannot make "${film.name}": too short`);
  return stdout;
}

interface Count {
  named: number;
  misnamed: number;
  silent: number;
  wrong: number;
  right: number;
  alarms: number;
}

const times: { pixels: number; ms: number }[] = [];
const verbose = Deno.env.get("SHEAR_VERBOSE") !== undefined;

function judge(
  bytes: Uint8Array,
  truth: RawGeometry,
  read: RawGeometry,
  count: Count,
  where: string,
): void {
  const begun = performance.now();
  const found = findShear(bytes, read);
  times.push({ pixels: truth.width * truth.height, ms: performance.now() - begun });
  const same = found?.stride === truth.stride && found.height === truth.height;
  const say = (what: string) => {
    if (!verbose) return;
    const as = found === undefined
      ? ""
      : `: ${found.width}x${found.height}, stride ${found.stride}`;
    console.error(`${what}: ${where} read as ${read.width}x${read.height}${as}`);
  };
  if (read.stride === truth.stride && read.height === truth.height) {
    count.right++;
    if (found) count.alarms++;
    if (found) say("FALSE ALARM");
    return;
  }
  count.wrong++;
  if (!found) count.silent++;
  else if (same) count.named++;
  else count.misnamed++;
  if (!same) say(found ? "MISNAMED" : "SILENT");
}

const only = Deno.env.get("SHEAR_FILM");
for (const path of Deno.args) {
  films.push({
    name: path.replace(/.*\//, ""),
    input: ["-stream_loop", "-1", "-i", path],
    filter: "scale=W:H",
  });
}
const counts = new Map<string, Count>();
const bySize = new Map<string, Count>();
const none = (): Count => ({ named: 0, misnamed: 0, silent: 0, wrong: 0, right: 0, alarms: 0 });
const countOf = (map: Map<string, Count>, key: string): Count => {
  const count = map.get(key) ?? none();
  map.set(key, count);
  return count;
};
for (const film of films) {
  if (only !== undefined && !film.name.includes(only)) continue;
  for (const size of sizes) {
    for (const from of [0, 7]) {
      const bytes = await stream(film, size, from);
      const name = `${size.width}x${size.height}`;
      for (const read of [size, ...wrongReads(size)]) {
        const one = none();
        judge(bytes, size, read, one, `${film.name} ${name} from ${from}`);
        for (
          const count of [countOf(counts, film.name), countOf(bySize, name), countOf(counts, "all")]
        ) {
          for (const key of ["named", "misnamed", "silent", "wrong", "right", "alarms"] as const) {
            count[key] += one[key];
          }
        }
      }
    }
  }
}

const heads = [
  "film",
  "named right",
  "named another",
  "silent",
  "read right",
  "false alarms",
];
const percent = (part: number, of: number) => of === 0 ? "-" : `${(100 * part / of).toFixed(1)} %`;
const lines = (map: Map<string, Count>) =>
  [...map].map(([name, { named, misnamed, silent, wrong, right, alarms }]) => [
    name,
    percent(named, wrong),
    `${misnamed}`,
    percent(silent, wrong),
    `${right}`,
    `${alarms}`,
  ]);
const total = countOf(counts, "all");
counts.delete("all"); // and to the end
counts.set("all", total);
console.log(table(heads, lines(counts)) + "\n");
console.log(table(["size", ...heads.slice(1)], lines(bySize)) + "\n");
const timeRows = [...new Set(times.map(({ pixels }) => pixels))].map((pixels) => {
  const of = times.filter((time) => time.pixels === pixels).map(({ ms }) => ms).sort((a, b) =>
    a - b
  );
  return [`${pixels}`, (of[of.length >> 1] ?? 0).toFixed(1), (of.at(-1) ?? 0).toFixed(1)];
});
console.log(table(["pixels in a frame", "ms a call, p50", "ms, max"], timeRows));
