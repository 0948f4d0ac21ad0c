import { checkEncoding } from "../../lib/cli/check_encoding.ts";
import { Failure } from "../../lib/log/failure.ts";
import { assertRejects } from "../assert.ts";

const encoder = "libx264";

Deno.test("checkEncoding() refuses --wire h264 with --lossless", async () => {
  const camera = { wire: "h264", lossless: true, encoder } as const;
  await assertRejects(() => checkEncoding(camera), Failure, "Cannot serve H.264 with --lossless");
  await checkEncoding({ ...camera, wire: "y4m" });
  await checkEncoding({ ...camera, lossless: false });
});
