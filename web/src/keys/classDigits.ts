/** Which digit key means which class. */

const IS_DIGIT = /^[0-9]$/;

/**
 * A digit for each class that gets one, else null, in the order of the names. A class whose name is a digit has that
 * key, 0 too; the n-th of the first nine classes has key n where no name claims it.
 */
export function classDigits(names: readonly string[]): readonly (number | null)[] {
  const claimed = new Set(names.filter((name) => IS_DIGIT.test(name)).map(Number));
  return names.map((name, at) => {
    if (IS_DIGIT.test(name)) return Number(name);
    return at < 9 && !claimed.has(at + 1) ? at + 1 : null;
  });
}
