import { formatChanges, NO_CHANGES } from "../../lib/cli/camera_changes.ts";
import { assertEquals } from "../assert.ts";

Deno.test("formatChanges() counts what was done, and leaves out what was not", () => {
  const table: [changes: Partial<typeof NO_CHANGES>, text: string][] = [
    [{ added: 1, removed: 1, unchanged: 2 }, "1 camera added, 1 removed, 2 unchanged"],
    [{ unchanged: 3 }, "3 cameras unchanged"],
    [{ changed: 2, failed: 1 }, "2 cameras changed, 1 failed"],
  ];
  for (const [changes, text] of table) {
    assertEquals(formatChanges({ ...NO_CHANGES, ...changes }), text);
  }
});
