/** Text that tells static values apart: cache keys are made of it. */

const identities = new WeakMap<object, number>();
let nextIdentity = 0;

function identityOf(value: object): number {
  const known = identities.get(value);
  if (known !== undefined) return known;
  identities.set(value, nextIdentity);
  return nextIdentity++;
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
};

/** Plain data by value; numbers that JSON has no text for are spelled out. */
export function staticKey(statics: unknown): string {
  if (statics === undefined) return "";
  return JSON.stringify(statics, (_, value: unknown) =>
    typeof value === "bigint" ||
    (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
      ? `#${Object.is(value, -0) ? "-0" : String(value)}`
      : value,
  );
}

/** Any value: plain data by value, functions and class instances, wherever they stand in it, by identity. */
export function valueKey(value: unknown): string {
  if (typeof value === "symbol") return value.toString();
  if (typeof value === "function") return `@${identityOf(value)}`;
  if (typeof value !== "object" || value === null) return `${typeof value}${staticKey(value)}`;
  if (!isPlain(value)) return `@${identityOf(value)}`;
  if (Array.isArray(value)) return `[${value.map(valueKey).join()}]`;
  return `{${Object.entries(value)
    .map(([name, entry]) => `${JSON.stringify(name)}:${valueKey(entry)}`)
    .join()}}`;
}
