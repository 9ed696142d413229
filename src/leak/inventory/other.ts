import type { PlacedUse } from './use';

/** Cargo's own variables, as words. */
const KEY_VARIABLE = /\bCARGO_(?:REGISTRY|REGISTRIES_[A-Z0-9_]{1,80})_(?:TOKEN|SECRET_KEY)\b/;

/** Commands that need a key, word by word or as a list of quoted words. */
const COMMANDS: readonly { readonly pattern: RegExp; readonly command: string }[] = [
  ...['publish', 'yank', 'owner', 'login', 'release', 'smart-release'].map((verb) => ({
    verb,
    command: `cargo ${verb}`,
  })),
  { verb: '(?:ws|workspaces)["\'`,\\s]{1,8}publish', command: 'cargo workspaces publish' },
].map(({ verb, command }) => ({
  pattern: new RegExp(`\\bcargo(?:\\.exe)?["'\`,\\s]{1,8}${verb}\\b(?!.*--dry-run)`),
  command,
}));

/** Prose, and code whose words are only mentioned. */
const COMMENT = /^\s*(?:#|\/\/|\/?\*|--\s|;|%|<!--)/;

/**
 * Lines of a text file of unknown kind that name Cargo's variables or run a publishing command. The name of the secret
 * behind it is never certain.
 */
export function readOther(text: string): PlacedUse[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index): PlacedUse[] => {
    if (line.length > MAX_LINE || COMMENT.test(line)) return [];
    const command = COMMANDS.find(({ pattern }) => pattern.test(line))?.command ?? commandOfTask(lines, index);
    if (command === null && !KEY_VARIABLE.test(line)) return [];
    return [{ line: index + 1, secretName: null, command, context: null }];
  });
}

/** Nobody writes a longer line by hand. */
const MAX_LINE = 2000;

/** `command = "cargo"` with `args = ["publish"]` beside it, as cargo-make and others write it. */
function commandOfTask(lines: readonly string[], index: number): string | null {
  const verb = /\bargs["']?\s*[:=]\s*\[\s*["'](publish|yank|owner|login)["']/.exec(lines[index] ?? '')?.[1];
  const near = lines.slice(Math.max(0, index - 3), index + 4);
  return verb !== undefined && near.some((line) => /\b(command|cmd|program)["']?\s*[:=]\s*["']cargo["']/.test(line))
    ? `cargo ${verb}`
    : null;
}
