const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decoded(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null; // not UTF-8: an answer, not a failure
  }
}

/** A file's name as text: UTF-8, with each byte that is none as `\xHH`. */
export function pathText(name: Uint8Array): string {
  const whole = decoded(name);
  if (whole !== null) return whole;
  let text = '';
  for (let at = 0; at < name.length;) {
    const length = [1, 2, 3, 4].find(
      (size) => at + size <= name.length && decoded(name.subarray(at, at + size)) !== null,
    );
    text +=
      length === undefined
        ? `\\x${(name[at] ?? 0).toString(16).padStart(2, '0').toUpperCase()}`
        : strict.decode(name.subarray(at, at + length));
    at += length ?? 1;
  }
  return text;
}
