/** The server's --exec: a program runs at the first viewer of a camera, and after the last one. */

import { assertEquals, assertMatch } from "../assert.ts";
import { camera, configIn, watch } from "./cameras.ts";
import { LiveClient } from "./live_client.ts";
import { TempDir } from "./pictures.ts";
import { hasBytes, portOf, startServer, until } from "./programs.ts";
import { urlOf } from "./web_pages.ts";

Deno.test({
  name:
    "server --exec: runs at the first viewer of each camera, after the last one, and at the end",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using dir = new TempDir();
    const [hook, log] = [dir.file("lamp.sh"), dir.file("log")];
    const line = `echo "$FRAMEWIRE_EVENT $FRAMEWIRE_STREAM $1" >> ${log}`;
    await Deno.writeTextFile(hook, `#!/bin/sh\n${line}\necho lit\n`, { mode: 0o755 });
    const lines = async () =>
      (await Deno.readTextFile(log).catch(() => "")).split("\n").filter((line) => line !== "");
    const tells = (count: number) =>
      until(`${count} events`, async () => (await lines()).length >= count);
    const config = await configIn(dir, camera("hall", "64x48") + camera("attic", "32x24"));
    await using server = startServer([
      ...["--config", config, "--http", "127.0.0.1:0", "--exec", `${hook} 'a;b'`],
    ]);
    const port = await portOf(server);
    const url = await urlOf(server);
    assertEquals(await lines(), []);

    await (await fetch(`${url}state`)).text();
    assertEquals(await lines(), [], "who reads the state sees no picture");
    const film = dir.file("a.gray");
    const first = watch(port, "hall", ["-o", film]);
    await hasBytes(film);
    await tells(1);
    await using second = watch(port, "hall", ["--frames", "3", "-o", dir.file("b.gray")]);
    assertEquals((await second.end()).code, 0);
    first.kill("SIGINT");
    await first.end();
    await tells(2);
    assertEquals(await lines(), ["watched hall a;b", "unwatched hall a;b"]);

    using page = await LiveClient.open(url);
    await page.until("the streams", () => page.messages.length > 0);
    page.watch({ attic: { width: 320, wire: "jpeg" } });
    await page.until("a picture", () => page.pictures.length > 0);
    await tells(3);
    server.kill("SIGTERM");
    assertEquals((await server.end()).code, 0);
    assertEquals((await lines()).slice(2), ["watched attic a;b", "unwatched attic a;b"]);
    assertMatch(server.errors.join("\n"), /^.*lamp\.sh: lit$/m);
  },
});
