import type { PlacedUse } from '../../src/leak/inventory/use';

/** A file as the services' own documentation shows such files; `§` stands for `$`, which a template string would take. */
export function file(text: string): string {
  return text.replace(/^\n/, '').replaceAll('§', '$');
}

/** `line name command`, in the order of lines; `-` for what is not known. */
export function summary(uses: readonly PlacedUse[]): string[] {
  return [...uses]
    .sort((a, b) => a.line - b.line || compare(a.command ?? '', b.command ?? ''))
    .map(({ line, secretName, command }) => `${line} ${secretName ?? '-'} ${command ?? '-'}`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
