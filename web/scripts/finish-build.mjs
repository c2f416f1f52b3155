// After `vite build`: writes the licences of what is shipped, and compresses what is worth it.
// Usage: node scripts/finish-build.mjs [folder of the built app]
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { shippedLicences } from "./licences.mjs";

const LICENCES = "THIRD_PARTY_LICENSES.txt";
const TEXTS = new Set([".css", ".js", ".json", ".mjs", ".svg", ".txt", ".wasm"]);
const SMALLEST = 1024;

const web = fileURLToPath(new URL("..", import.meta.url));
const folder = process.argv[2] ?? join(web, "../src/whorl/_web");

async function filesBelow(from) {
  const entries = await readdir(from, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function compress(path) {
  const content = await readFile(path);
  const brotli = await promisify(brotliCompress)(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
  });
  const gzipped = await promisify(gzip)(content, { level: 9 });
  await Promise.all([writeFile(`${path}.br`, brotli), writeFile(`${path}.gz`, gzipped)]);
}

await writeFile(join(folder, LICENCES), await shippedLicences(web));
for (const path of await filesBelow(folder)) {
  const isHidden = path.slice(folder.length).includes("/.");
  if (isHidden || !TEXTS.has(extname(path)) || (await stat(path)).size < SMALLEST) continue;
  await compress(path);
}
