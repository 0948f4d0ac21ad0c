/** All built-in filters. A new filter is one file and one line here. */

export { blur } from "./filters/blur.ts";
export { clahe } from "./filters/clahe.ts";
export { contours } from "./filters/contours.ts";
export { corners } from "./filters/corners.ts";
export { crop } from "./filters/crop.ts";
export { detect } from "./filters/detect.ts";
export { diff } from "./filters/diff.ts";
export { edges } from "./filters/edges.ts";
export { equalize } from "./filters/equalize.ts";
export { eyes } from "./filters/eyes.ts";
export { faces } from "./filters/faces.ts";
export { flip } from "./filters/flip.ts";
export { flow } from "./filters/flow.ts";
export { inrange } from "./filters/inrange.ts";
export { lines } from "./filters/lines.ts";
export { median } from "./filters/median.ts";
export { motion } from "./filters/motion.ts";
export { people } from "./filters/people.ts";
export { resize } from "./filters/resize.ts";
export { rotate } from "./filters/rotate.ts";
export { text } from "./filters/text.ts";
export { threshold } from "./filters/threshold.ts";
export { track } from "./filters/track.ts";
