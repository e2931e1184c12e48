/**
 * Numbers as text. NumPy has two readers: `loadtxt` parses in C and takes plain numbers only; `genfromtxt` calls Python's
 * `int`, `float` and `complex`, which also take underscores and a bare `j`. Both ignore white space around the number.
 * `undefined` says that the text is no number. Every function takes time linear in the text.
 */

export type ComplexPair = readonly [re: number, im: number];

export interface NumberSyntax {
  readonly int: (text: string) => number | bigint | undefined;
  readonly float: (text: string) => number | undefined;
  readonly complex: (text: string) => ComplexPair | undefined;
}

const floatPattern = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i;
const intPattern = /^[+-]?\d{1,1000}$/;

/** A number where it is exact, else a bigint. */
function parseInteger(text: string): number | bigint | undefined {
  const digits = text.trim();
  if (!intPattern.test(digits)) return undefined;
  if (digits.length <= 15) return Number(digits);
  return BigInt(digits.startsWith("+") ? digits.slice(1) : digits);
}

const parseFloating = (text: string): number | undefined => strictFloat(text.trim());

/** Without white space around. `Number` agrees with C unless the second character makes it another base. */
function strictFloat(digits: string): number | undefined {
  const value = Number(digits);
  const second = digits.charCodeAt(1);
  const decimal = !(second > 57 && second !== 69 && second !== 101); // beyond "9", neither "E" nor "e"
  if (Number.isFinite(value) && decimal && digits !== "" && digits === digits.trim()) return value;
  if (!floatPattern.test(digits)) return undefined;
  if (/nan/i.test(digits)) return NaN;
  return digits.startsWith("-") ? -Infinity : Infinity;
}

/** `re`, `im j` or `re ± im j`, in parentheses or not. `unit` also allows the imaginary part to be a bare `j` or `J`. */
function parseComplex(text: string, unit: boolean): ComplexPair | undefined {
  const bare = text.trim();
  const inner = bare.startsWith("(") && bare.endsWith(")") ? bare.slice(1, -1).trim() : bare;
  if (!(inner.endsWith("j") || (unit && inner.endsWith("J")))) {
    const re = strictFloat(inner);
    return re === undefined ? undefined : [re, 0];
  }
  const body = inner.slice(0, -1);
  const split = joiningSign(body);
  // The C reader takes "1+-2j", which savetxt wrote before NumPy 1.14.
  const real = unit ? body.slice(0, split) : body.slice(0, split).replace(/\+$/, "");
  const re = split > 0 ? strictFloat(real) : 0;
  const imaginary = body.slice(split);
  const im = strictFloat(unit && /^[+-]?$/.test(imaginary) ? `${imaginary}1` : imaginary);
  return re === undefined || im === undefined ? undefined : [re, im];
}

/** Where the sign between the two parts stands, or 0: the last sign that belongs to no exponent. */
function joiningSign(body: string): number {
  for (let at = body.length - 1; at > 0; at--) {
    if ((body[at] === "+" || body[at] === "-") && !/e/i.test(body[at - 1])) return at;
  }
  return 0;
}

export const exceedsInt64 = (value: number | bigint): boolean => value < -(2 ** 63) || value >= 2 ** 63;

/** Python allows single underscores between digits; elsewhere they make the text no number. */
function withoutUnderscores(text: string): string {
  return text.includes("_") && !/(?<!\d)_|_(?!\d)/.test(text) ? text.replaceAll("_", "") : text;
}

export const cSyntax: NumberSyntax = {
  int: parseInteger,
  float: parseFloating,
  complex: (text) => parseComplex(text, false),
};

export const pythonSyntax: NumberSyntax = {
  int: (text) => parseInteger(withoutUnderscores(text)),
  float: (text) => parseFloating(withoutUnderscores(text)),
  complex: (text) => parseComplex(withoutUnderscores(text), true),
};
