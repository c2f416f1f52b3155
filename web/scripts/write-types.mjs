// Writes src/api/schema.gen.ts from the published API description; with --check only says whether it would change.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const source = new URL("../../tests/golden/openapi.json", import.meta.url);
const target = new URL("../src/api/schema.gen.ts", import.meta.url);
const options = {
  rootTypes: true,
  rootTypesNoSchemaPrefix: true,
  alphabetize: true,
  // Any JSON: its own description is recursive in a way that TypeScript refuses; readers narrow it.
  transform: (_, { path }) =>
    path === "#/components/schemas/JsonValue"
      ? ts.factory.createKeywordTypeNode(ts.SyntaxKind.UnknownKeyword)
      : undefined,
};
const text =
  "// Generated from the server's OpenAPI document by `npm run types`; do not edit.\n\n" +
  astToString(await openapiTS(source, options));
const isCheck = process.argv.includes("--check");
const present = await readFile(target, "utf8").catch(() => "");
if (present === text) process.exit(0);
if (isCheck) {
  process.stderr.write(`error: ${fileURLToPath(target)} is stale\nhint: run \`npm run types\` in web/\n`);
  process.exit(1);
}
await writeFile(target, text);
