/** A run book: what every format shows. Texts are plain; each format escapes for itself. */
export interface Plan {
  readonly title: string;
  /** What is known: one fact a line. */
  readonly facts: readonly string[];
  readonly sections: readonly Section[];
}

export interface Section {
  /** Stable, for links and for programs. */
  readonly id: string;
  readonly title: string;
  readonly steps: readonly Step[];
}

export interface Step {
  /** What to do, as an order. */
  readonly title: string;
  /** Why, in a line. */
  readonly why: string;
  /** Particulars: places, choices, what to expect. */
  readonly notes: readonly string[];
  /** Ready to paste, in order; `shell` unless it is something to be put into a file. */
  readonly code: readonly Code[];
}

export interface Code {
  readonly language: 'shell' | 'yaml' | 'text';
  readonly text: string;
}

export function shell(...lines: readonly string[]): Code {
  return { language: 'shell', text: lines.join('\n') };
}

/**
 * Commands for `bash -ec '…'` that ask for a key without showing it and leave it in a variable; an empty line ends them.
 * In a bash of its own the variable is gone afterwards, whatever shell it is pasted into.
 */
export function askForKey(prompt: string, variable = 'key'): string {
  return `IFS= read -rsp "${prompt}: " ${variable}; echo >&2; [ -n "$${variable}" ]`;
}
