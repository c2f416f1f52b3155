/** Pairs of numbers in answers: openapi-fetch's types widen `[number, number]` to `number[]`; this gives the pair back. */

/** A type as openapi-fetch widens it. */
type Widened<T> = T extends (infer One)[]
  ? Widened<One>[]
  : T extends object
    ? { [Key in keyof T]: Widened<T[Key]> }
    : T;

/** The answer under the schema's own type, which it has already: only the type was widened. */
export async function exactly<T>(answer: Promise<Widened<T>>): Promise<T> {
  const value: unknown = await answer;
  if (!isOfSchema<T>(value)) throw new Error("the server gave no answer");
  return value;
}

// The description of the API, kept the same as the server's by a test, is what vouches for the type.
function isOfSchema<T>(value: unknown): value is T {
  return value !== undefined;
}
