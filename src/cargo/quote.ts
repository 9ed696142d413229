/** Shapes of keys that someone may have put where a name belongs. */
const KEY_SHAPE = /cio_tp_[A-Za-z0-9]+|cio[A-Za-z0-9]{20,}|k3\.secret\.[\w-]+/g;
const LONGEST = 200;

/** Foreign text made fit for a message: control characters dropped, anything like a key masked, at most 200 characters. */
export function quote(text: string): string {
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
  const masked = plain.replace(KEY_SHAPE, '********');
  return masked.length > LONGEST ? `${masked.slice(0, LONGEST)}…` : masked;
}

/** Whether a word has the shape of a key, and so is no name, path or id. */
export function looksLikeKey(word: string): boolean {
  return word.search(KEY_SHAPE) >= 0;
}

/** Anything shorter protects nothing, and taking it out would only garble the words. */
const SHORTEST_SECRET = 6;

/** `text` as `quote` gives it, with these secrets taken out wherever a server sent them back. */
export function quoteWithout(text: string, secrets: readonly (string | undefined)[]): string {
  const clean = secrets.reduce<string>(
    (rest, secret) =>
      secret === undefined || secret.length < SHORTEST_SECRET ? rest : rest.replaceAll(secret, '********'),
    text,
  );
  return quote(clean);
}
