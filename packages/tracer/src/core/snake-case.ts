/** Python's spelling of names: the inverse of the rule `a_b` → `aB`. */

/** Names in which the underscore stands before a digit, where the rule leaves no trace of it. */
const digits: Readonly<Record<string, string>> = {
  atleast1d: "atleast_1d",
  atleast2d: "atleast_2d",
  atleast3d: "atleast_3d",
};

/** `expand_dims` for `expandDims`; nothing for a name that is the same in Python, or a class. */
export function snakeCase(name: string): string | undefined {
  if (Object.hasOwn(digits, name)) return digits[name];
  if (!/^[a-z]/.test(name)) return undefined;
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return snake === name ? undefined : snake;
}
