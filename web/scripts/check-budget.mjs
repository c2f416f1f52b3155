// What a browser loads before the first page is there, compressed, against the budget.
// Usage: node scripts/check-budget.mjs [folder of the built app]
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET = 400_000;
// The pages that people see first; the studio and the pages with charts and graphs load their own when opened.
const FIRST_PAGES = [/features\/(login|projects|overview)\//];

const folder = process.argv[2] ?? fileURLToPath(new URL("../../src/whorl/_web", import.meta.url));
const manifest = JSON.parse(await readFile(join(folder, ".vite/manifest.json"), "utf8"));

function filesOf(key, seen = new Map()) {
  if (seen.has(key)) return seen;
  const chunk = manifest[key];
  seen.set(key, [chunk.file, ...(chunk.css ?? [])]);
  for (const imported of chunk.imports ?? []) filesOf(imported, seen);
  return seen;
}

async function sizeOf(keys) {
  const files = new Set(keys.flatMap((key) => [...filesOf(key).values()].flat()));
  const sizes = await Promise.all([...files].map((file) => compressedSize(join(folder, file))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

// gzip, because browsers ask for brotli over TLS and on this machine only.
async function compressedSize(path) {
  return gzipSync(await readFile(path), { level: 9 }).length;
}

const pages = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry);
const first = pages.filter((key) => FIRST_PAGES.some((pattern) => pattern.test(key)));
const start = await sizeOf(["index.html"]);
const total = Math.max(start, ...(await Promise.all(first.map((page) => sizeOf(["index.html", page])))));
const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
for (const page of pages) {
  process.stdout.write(`${kilo((await sizeOf(["index.html", page])) - start).padStart(10)}  ${page}\n`);
}
process.stdout.write(`first load: ${kilo(total)} of ${kilo(BUDGET)} (${kilo(start)} before any page)\n`);
if (total > BUDGET) {
  process.stderr.write(
    "error: the first load is over its budget\nhint: load what it does not need with import()\n",
  );
  process.exit(1);
}
