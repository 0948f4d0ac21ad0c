/** URLs for messages, logs and clients: without what is secret in them. Pure. */

/** The text without the user and password of each URL in it: `rtsp://USER:PASSWORD@HOST/` is `rtsp://HOST/`. */
export function withoutPassword(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/?#\s"']*@/gi, "$1");
}

/** The URL of a media server without password, query and the key of an RTMP stream. */
export function withoutSecrets(url: string): string {
  const plain = withoutPassword(url).replace(/\?.*$/, "");
  return /^rtmps?:/i.test(plain) ? plain.replace(/\/[^/]+$/, "/...") : plain;
}
