import { quote } from '../../cargo/quote';
import { GuardError } from '../../base/error';
import { SNIPPETS } from '../../generated/snippets';
import type { Outcome } from '../../outcome';
import type { Invocation } from '../command';
import type { Io } from '../io';
import { writeFormatted } from '../output';
import { SNIPPET_LANGUAGES, SNIPPET_STORES } from './snippet-names';

const THERE = 'yes';
const MISSING = '-';

function languagesOf(store: string): readonly string[] {
  return SNIPPET_LANGUAGES.filter((language) => SNIPPETS[`${store}/${language}`] !== undefined);
}

/** A table of stores and languages: which snippets there are. */
export function snippetTable(): string {
  const cells = SNIPPET_LANGUAGES.map((language) => [
    language,
    ...SNIPPET_STORES.map((store) => (SNIPPETS[`${store}/${language}`] === undefined ? MISSING : THERE)),
  ]);
  const rows = [['', ...SNIPPET_STORES], ...cells];
  const widths = ['', ...SNIPPET_STORES].map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function nameOne(name: string, kind: string, names: readonly string[]): void {
  if (!names.includes(name))
    throw new GuardError('usage', `there is no ${kind} '${quote(name)}'`, { hint: `it is one of ${names.join(', ')}` });
}

/** The snippet that is asked for, or the table. Throws `usage` for one that is not there, and says what is. */
export function chooseText({ args, options }: Invocation): string {
  const [store, language] = args;
  if (store === undefined || options['list'] === true) return snippetTable();
  nameOne(store, 'store', SNIPPET_STORES);
  const there = languagesOf(store).join(', ');
  if (language === undefined)
    throw new GuardError('usage', 'name a language too', { hint: `for ${store} there is ${there}` });
  nameOne(language, 'language', SNIPPET_LANGUAGES);
  const snippet = SNIPPETS[`${store}/${language}`];
  if (snippet === undefined)
    throw new GuardError('usage', `there is no snippet for ${store} in ${language}`, {
      hint: `for ${store} there is ${there}`,
    });
  return snippet;
}

/** `cratesguard snippet [STORE LANGUAGE]` */
export function printSnippet(invocation: Invocation, io: Io): Promise<Outcome> {
  return new Promise((resolve) => {
    // Our own text, byte for byte: masking would take a word behind "login" for a key, and the program would not run.
    writeFormatted(io.stdout, chooseText(invocation));
    resolve({ kind: 'clean' });
  });
}
