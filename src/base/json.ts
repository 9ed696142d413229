export type JsonObject = Readonly<Record<string, unknown>>;

/** True for an object of JSON, YAML or TOML: no array, no date, not null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The value of a JSON text; undefined where it is none. The parser's message would quote the text, which may hold a key. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A JSON object; undefined where the text is none. */
export function parseObject(text: string): JsonObject | undefined {
  const value = parseJson(text);
  return isRecord(value) ? value : undefined;
}
