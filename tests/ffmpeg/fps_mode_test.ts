import { type FpsModeOption, fpsModeOption, optionIn } from "../../lib/ffmpeg/fps_mode.ts";
import { assertEquals } from "../assert.ts";

Deno.test("optionIn() finds the option in the list of each ffmpeg", () => {
  const table: [list: string, option: FpsModeOption][] = [
    ["-vsync              video sync method\n", "-vsync"], // 4.3
    ["-vsync <>  deprecated\n-fps_mode[:<spec>] <mode>  set it\n", "-fps_mode"], // 5.1, 7.1
    ["-fps_mode[:<spec>] <mode>  set it\n", "-fps_mode"], // 9.0
    ["", "-fps_mode"],
  ];
  for (const [list, option] of table) assertEquals(optionIn(list), option, list);
});

Deno.test("fpsModeOption() names an option that the installed ffmpeg takes, and asks it only once", async () => {
  const asked = fpsModeOption();
  assertEquals(fpsModeOption(), asked);
  const args = ["-v", "error", "-f", "lavfi", "-i", "color=size=16x16:duration=0.1"];
  const { code, stderr } = await new Deno.Command("ffmpeg", {
    args: [...args, await asked, "passthrough", "-f", "null", "-"],
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
});
