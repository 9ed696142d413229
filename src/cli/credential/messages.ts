import type { Asked } from '../../cargo/ask';
import type { LineChange } from '../../cargo/config/line-changes';
import { quote } from '../../cargo/quote';

/** Every sentence of the credential commands. */

export type Note =
  /** Something else decides whom cargo asks: a nearer file or an environment variable. */
  | { readonly code: 'overruled'; readonly by: string }
  | { readonly code: 'asked-first'; readonly program: string; readonly from: string }
  | { readonly code: 'asked-next'; readonly program: string }
  | { readonly code: 'token-variable'; readonly variable: string; readonly mode: 'only' | 'list' }
  | { readonly code: 'plain-key'; readonly file: string; readonly key: string; readonly mode: 'only' | 'list' }
  | { readonly code: 'local-program'; readonly program: string }
  | { readonly code: 'temporary-program'; readonly program: string }
  | { readonly code: 'no-index'; readonly registry: string }
  | { readonly code: 'bare-file'; readonly file: string };

export function describeNote(note: Note): string {
  switch (note.code) {
    case 'overruled':
      return `${note.by} wins over this setting: cargo asks the provider that is named there.`;
    case 'asked-first':
      return `${note.from} makes cargo ask ${quote(note.program)} first.`;
    case 'asked-next':
      return `Where the store has no such key, cargo asks ${quote(note.program)} next.`;
    case 'token-variable':
      return note.mode === 'only'
        ? `${note.variable} is set: cargo ignores it from now on, and warns about it.`
        : `${note.variable} is set: cargo uses it only where the store has no key.`;
    case 'plain-key':
      return note.mode === 'only'
        ? `${note.file} holds a key in plain text (${note.key}): cargo ignores it from now on, but it stays on the disk.`
        : `${note.file} holds a key in plain text (${note.key}): cargo still uses it where the store has none.`;
    case 'local-program':
      return `${note.program} is a path of this machine: commit the file only if every machine has it there, or name the program with --program.`;
    case 'temporary-program':
      return `${note.program} is in the cache of a package runner and may go at any time: install the package first.`;
    case 'no-index':
      return `No configuration says where the registry ${note.registry} is: set registries.${note.registry}.index.`;
    case 'bare-file':
      return `Cargo reads ${note.file} and no config.toml beside it.`;
  }
}

export function describeChange(file: string, changes: readonly LineChange[]): string {
  const lines = changes.map(
    ({ kind, line, text }) => `${kind === 'added' ? '+' : '-'} ${String(line).padStart(4)}  ${quote(text)}`,
  );
  return [`${file}:`, ...lines, ''].join('\n');
}

/** What a person needs to know of an answer; never the key. */
export function describeAsked(asked: Asked): string {
  switch (asked.kind) {
    case 'key': {
      // The hash of a short key could be guessed from.
      const fingerprint = asked.length < 20 ? '' : `, ${asked.fingerprint}`;
      return `The provider gave a key: ${asked.length} characters${fingerprint}. Cargo may keep it: ${quote(asked.cache)}.`;
    }
    case 'refused': {
      const causes = asked.causes.map((cause) => `\n  ${quote(cause)}`).join('');
      switch (asked.error) {
        case 'not-found':
          return 'The store has no such key (not-found).';
        case 'url-not-supported':
          return 'The provider does not serve this registry (url-not-supported).';
        default:
          return `The provider gave no key (${quote(asked.error)})${asked.message === '' ? '.' : `: ${quote(asked.message)}`}${causes}`;
      }
    }
    case 'broken':
      return `The provider could not be asked: ${asked.reason}.`;
  }
}

export function describeByHand(file: string, lines: readonly string[], action: 'put in' | 'take out'): string {
  const what = action === 'put in' ? 'Put these lines in by hand' : 'Take these lines out by hand';
  return [
    `${file} is written in a way that can't be changed safely. ${what}:`,
    ...lines.map((line) => `  ${line}`),
    '',
  ].join('\n');
}
