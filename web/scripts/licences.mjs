// What the built app is made from: every package that is no development tool, with its licence text.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const ALLOWED = /^\(?(MIT|ISC|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|0BSD|Unlicense|MPL-2\.0|Zlib)\b/;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;
const LINE = "-".repeat(80);

async function textsOf(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const named = entries
    .filter(({ name }) => LICENCE_FILE.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const read = async (entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [(await readFile(path, "utf8")).trim()];
    const within = (await readdir(path)).sort();
    return Promise.all(within.map(async (name) => (await readFile(join(path, name), "utf8")).trim()));
  };
  return (await Promise.all(named.map(read))).flat();
}

/** Name, version and licence of each package that may be in the built app, by path in node_modules. */
export async function shippedPackages(web) {
  const lock = JSON.parse(await readFile(join(web, "package-lock.json"), "utf8"));
  return Object.entries(lock.packages)
    .filter(
      ([path, entry]) => path !== "" && !entry.dev && !entry.devOptional && !entry.optional && !entry.peer,
    )
    .map(([path, entry]) => ({
      path,
      name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
      version: entry.version,
      licence: entry.license ?? "none named",
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The text that goes with the app. Throws when a package's licence is not one that Whorl may ship. */
export async function shippedLicences(web) {
  const packages = await shippedPackages(web);
  const refused = packages.filter(({ licence }) => !ALLOWED.test(licence));
  if (refused.length > 0) {
    const named = refused.map(({ name, licence }) => `${name} (${licence})`).join(", ");
    throw new Error(`not a licence that the app may carry: ${named}`);
  }
  const parts = await Promise.all(
    packages.map(async ({ path, name, version, licence }) => {
      const texts = await textsOf(join(web, path));
      return [LINE, `${name} ${version} (${licence})`, "", ...texts, ""].join("\n");
    }),
  );
  return ["Software of others that Whorl's web app is built from.", "", ...parts].join("\n");
}
