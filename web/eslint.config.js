import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const REACT = ["react", "react-dom", "react/*", "react-dom/*"];
const DESIGN = ["@mantine/*", "@tabler/*", "@tanstack/*"];
const MESSAGE = "See the folder rules in docs/explain/web.md: imports go down the floors only.";

/** Files of `folder` may not import what `groups` names. Across folders the alias `@/` is the only way. */
function floor(folder, groups) {
  const upward = { group: ["../../*", "../../../*"], message: "Use the alias @/ across folders." };
  const restricted = { patterns: [upward, { group: groups, message: MESSAGE }] };
  return {
    files: [`src/${folder}/**/*.{ts,tsx}`],
    rules: { "no-restricted-imports": ["error", restricted] },
  };
}

export default tseslint.config(
  { ignores: ["node_modules", "src/api/schema.gen.ts", "dist"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ["**/*.{ts,tsx}"],
    plugins: { "react-hooks": reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      "@typescript-eslint/no-explicit-any": "error",
      // `as const` stays allowed; everything else is narrowed or parsed.
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "@typescript-eslint/consistent-type-imports": "error",
      "max-params": ["error", 3],
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": [
        "error",
        { max: 120, skipBlankLines: true, skipComments: true, IIFEs: true },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "No raw HTML anywhere." },
        { selector: "MemberExpression[property.name='innerHTML']", message: "No raw HTML anywhere." },
      ],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  {
    files: ["**/*.test.{ts,tsx}", "bench/**"],
    rules: {
      "max-lines-per-function": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "no-console": "off",
    },
  },
  { files: ["scripts/**"], languageOptions: { globals: { process: "readonly", URL: "readonly" } } },
  floor("canvas", [
    ...REACT,
    ...DESIGN,
    "@/api/*",
    "@/ui/*",
    "@/app/*",
    "@/keys/*",
    "@/canvas-react/*",
    "@/graph/*",
    "@/query/*",
    "@/video/*",
    "@/features/*",
  ]),
  floor("keys", [
    ...REACT,
    ...DESIGN,
    "@/api/*",
    "@/ui/*",
    "@/app/*",
    "@/canvas/*",
    "@/canvas-react/*",
    "@/graph/*",
    "@/features/*",
  ]),
  floor("canvas-react", [
    "@mantine/*",
    "@/api/*",
    "@/ui/*",
    "@/app/*",
    "@/graph/*",
    "@/query/*",
    "@/video/*",
    "@/features/*",
  ]),
  floor("api", [
    "@mantine/*",
    "@/ui/*",
    "@/app/*",
    "@/canvas-react/*",
    "@/graph/*",
    "@/query/*",
    "@/video/*",
    "@/features/*",
  ]),
  floor("query", [
    "@/canvas/*",
    "@/canvas-react/*",
    "@/graph/*",
    "@/features/*",
    "@/app/router",
    "@/app/shell*",
  ]),
  floor("ui", [
    "@/api/queries/*",
    "@/app/*",
    "@/graph/*",
    "@/query/*",
    "@/video/*",
    "@/assistants/*",
    "@/features/*",
  ]),
  floor("graph", [
    "@/api/queries/*",
    "@/app/*",
    "@/keys/*",
    "@/canvas/*",
    "@/canvas-react/*",
    "@/features/*",
  ]),
  floor("assistants", [
    "@/graph/*",
    "@/query/*",
    "@/video/*",
    "@/features/*",
    "@/app/router",
    "@/app/shell*",
  ]),
  floor("video", ["@/app/*", "@/graph/*", "@/query/*", "@/features/*"]),
  floor("features", ["@/features/*", "@/app/router", "@/app/shell*"]),
);
