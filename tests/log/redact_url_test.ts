import { withoutPassword, withoutSecrets } from "../../lib/log/redact_url.ts";
import { assertEquals } from "../assert.ts";

Deno.test("withoutPassword() removes the user and password of each URL, and nothing else", () => {
  const table: [text: string, expected: string][] = [
    ["rtsp://me:secret@camera/live?a=b@c", "rtsp://camera/live?a=b@c"],
    ["RTSP://me@camera", "RTSP://camera"],
    ["http://me:p@ss:w@camera:80/x", "http://camera:80/x"],
    ["http://me:secret@[::1]:80?x=y@z", "http://[::1]:80?x=y@z"],
    ["concat:http://a:b@h/1|http://c:d@h/2", "concat:http://h/1|http://h/2"],
    ["[rtsp @ 0x1] rtsp://me:secret@camera: 401", "[rtsp @ 0x1] rtsp://camera: 401"],
    ["http://camera/x@y", "http://camera/x@y"],
    ["/films/me@home.mp4", "/films/me@home.mp4"],
  ];
  for (const [text, expected] of table) assertEquals(withoutPassword(text), expected);
});

Deno.test("withoutSecrets() removes the query, too, and the key of an RTMP stream", () => {
  const table: [url: string, expected: string][] = [
    ["rtmp://me:secret@host/live/key", "rtmp://host/live/..."],
    ["rtmps://host/live/key?user=me", "rtmps://host/live/..."],
    ["rtsp://me:secret@host:8554/cam", "rtsp://host:8554/cam"],
    ["srt://host:9000?passphrase=secret", "srt://host:9000"],
  ];
  for (const [url, expected] of table) assertEquals(withoutSecrets(url), expected);
});
