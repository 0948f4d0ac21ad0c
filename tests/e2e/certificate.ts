/** Certificates for the tests, from openssl. */

import type { TempDir } from "./pictures.ts";
import { run } from "./programs.ts";

/** A key and a self-signed certificate for `names`, as in the README. */
export async function certificate(
  dir: TempDir,
  { names = "DNS:localhost,IP:127.0.0.1" } = {},
): Promise<{ cert: string; key: string }> {
  const [cert, key] = [
    dir.file(`${crypto.randomUUID()}.pem`),
    dir.file(`${crypto.randomUUID()}.key`),
  ];
  await run("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-days", "2", "-subj", "/CN=framewire", "-keyout", key, "-out", cert],
    ...["-addext", `subjectAltName=${names}`, "-addext", "basicConstraints=critical,CA:FALSE"],
  ]);
  return { cert, key };
}

/** An expired pair like `certificate`'s: only `openssl ca` can create one. */
export async function expiredCertificate(dir: TempDir): Promise<{ cert: string; key: string }> {
  const [cert, key, request] = ["old.pem", "old.key", "old.csr"].map((name) => dir.file(name));
  await Deno.writeTextFile(dir.file("index"), "");
  await Deno.writeTextFile(dir.file("serial"), "01\n");
  await Deno.writeTextFile(
    dir.file("ca.conf"),
    `[ca]\ndefault_ca=d\n[d]\ndatabase=${dir.file("index")}\nnew_certs_dir=${dir.path}\n` +
      `serial=${dir.file("serial")}\ndefault_md=sha256\npolicy=p\nx509_extensions=e\n` +
      "[p]\ncommonName=supplied\n[e]\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n" +
      "basicConstraints=critical,CA:FALSE\n",
  );
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const subject = ["-subj", "/CN=framewire", "-keyout", key!, "-out", request!];
  await run("openssl", ["req", ...curve, ...subject]);
  await run("openssl", [
    ...["ca", "-batch", "-selfsign", "-config", dir.file("ca.conf"), "-keyfile", key!],
    ...["-in", request!, "-out", cert!, "-notext"],
    ...["-startdate", "20200101000000Z", "-enddate", "20200102000000Z"],
  ]);
  return { cert: cert!, key: key! };
}
