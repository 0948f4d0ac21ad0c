/** Streams over TLS, with our client and with other programs. */

import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { certificate, expiredCertificate } from "./certificate.ts";
import { TempDir } from "./pictures.ts";
import { installed, portOf, run, startClient, startServer } from "./programs.ts";

const SIZE = 64 * 48;
const small = ["--test", "-r", "64x48"];

Deno.test({
  name: "--tls: the stream is encrypted; a wrong name, issuer and date are three errors",
  ignore: !installed("openssl"),
  fn: async () => {
    await using dir = new TempDir();
    const good = await certificate(dir);
    await using server = startServer([...small, "--tls-cert", good.cert, "--tls-key", good.key]);
    const port = await portOf(server);
    await server.line(/^watch: .* --tls \[--tls-ca FILE\]$/);
    const frames = ["--frames", "5", "-o", "-"];
    for (const wire of ["raw", "y4m", "mjpeg"]) {
      const args = ["--tls", "--tls-ca", good.cert, "--wire", wire, ...frames];
      await using client = startClient(port, args);
      const { code, stdout, stderr } = await client.end();
      assertEquals([code, stdout.length], [0, 5 * SIZE], stderr);
    }
    for (const size of [[], ["64", "48"], ["64", "48", "--raw"]]) {
      await using clear = startClient(port, size);
      const { code, stderr } = await clear.end();
      assertEquals(code, 1);
      assertMatch(stderr, /error: The server closed the connection.*\nhint: .* --tls/);
    }

    const fails = async (port: number, ca: string[], words: string) => {
      await using client = startClient(port, ["--tls", ...ca]);
      const { code, stderr } = await client.end();
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, words);
      assertEquals(stderr.split("\n").length, 2, stderr);
    };
    await fails(port, [], "its CA certificate is not known");
    const other = await certificate(dir, { names: "DNS:elsewhere.example" });
    await using named = startServer([...small, "--tls-cert", other.cert, "--tls-key", other.key]);
    await fails(await portOf(named), ["--tls-ca", other.cert], "is for another name");
    await using plain = startServer(small);
    await fails(await portOf(plain), [], "it does not speak TLS");
    const old = await expiredCertificate(dir);
    await using late = startServer([...small, "--tls-cert", old.cert, "--tls-key", old.key]);
    await fails(await portOf(late), ["--tls-ca", old.cert], "has expired");
  },
});

Deno.test({
  name: "--tls: openssl s_client and ffmpeg's tls:// work as clients",
  ignore: !installed("openssl", "ffmpeg", "bash"),
  fn: async () => {
    await using dir = new TempDir();
    const { cert, key } = await certificate(dir);
    await using server = startServer([...small, "--tls-cert", cert, "--tls-key", key]);
    const port = await portOf(server);
    const url = ["s_client", "-quiet", "-connect", `127.0.0.1:${port}`, "-CAfile", cert];
    const got = await run("bash", [
      "-c",
      `(sleep 5) | openssl "$@" 2>/dev/null | head -c ${3 * SIZE}`,
      "x",
      ...url,
    ]);
    assertEquals(got.length, 3 * SIZE);
    const format = ["-f", "rawvideo", "-pixel_format", "gray", "-video_size", "64x48"];
    const out = ["-frames:v", "3", "-f", "rawvideo", "-"];
    const input = ["-i", `tls://127.0.0.1:${port}?ca_file=${cert}`];
    assertEquals(
      (await run("ffmpeg", ["-v", "error", ...format, ...input, ...out])).length,
      3 * SIZE,
    );
  },
});
