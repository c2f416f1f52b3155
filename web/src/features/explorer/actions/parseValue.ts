/** What a person typed as a metadata value: a number, true or false, nothing (which removes the field), else text. */
export function parseValue(written: string): string | number | boolean | null {
  const text = written.trim();
  if (text === "") return null;
  if (text === "true" || text === "false") return text === "true";
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/iu.test(text) && Number.isFinite(Number(text)))
    return Number(text);
  const quoted = /^"(.*)"$/su.exec(text);
  return quoted?.[1] ?? text;
}
