/** One word for a POSIX shell, whatever is in it; never read as an option. */
export function quoteWord(text: string): string {
  const word = text.startsWith('-') ? `./${text}` : text;
  return /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
