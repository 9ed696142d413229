/** How many columns text takes in a terminal. */

const ZERO = /[\p{Mn}\p{Me}\p{Cf}]/u;
/** East Asian Wide and Fullwidth blocks and emoji, coarsely: https://www.unicode.org/reports/tr11/ */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Columns of one character (code point): 0, 1 or 2. */
function characterWidth(character: string): number {
  if (character <= '\u02ff') return 1;
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Columns of a line without control characters. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The longest start of the text that fits into `columns`. */
export function fitting(text: string, columns: number): string {
  let width = 0;
  let end = 0;
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns) return text.slice(0, end);
    end += character.length;
  }
  return text;
}

/** The longest end of the text that fits into `columns`. */
export function fittingEnd(text: string, columns: number): string {
  let width = 0;
  const kept: string[] = [];
  for (const character of Array.from(text).reverse()) {
    width += characterWidth(character);
    if (width > columns) break;
    kept.unshift(character);
  }
  return kept.join('');
}

/** Words, and commands between backticks, which are copied whole. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let inCommand = false;
  for (const piece of text.split(' ')) {
    if (inCommand) words.push(`${words.pop() ?? ''} ${piece}`);
    else words.push(piece);
    if (piece.split('`').length % 2 === 0) inCommand = !inCommand;
  }
  return inCommand ? text.split(' ') : words;
}

/** Text in lines of at most `columns`; a word or command longer than that has a line of its own. */
export function wrapWords(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of wordsOf(text)) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
