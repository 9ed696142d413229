import type { Content, Skipped, Source, SourceContext, Unreadable } from '../../src/sources/content';

/** A stand-in for detection: the shape of a crates.io token, looked for in the bytes as they are. */
const TOKEN = new RegExp(['cio', '[A-Za-z0-9]{32}'].join(''), 'g');

interface Found {
  readonly content: Content;
  readonly token: string;
  readonly line: number;
  readonly path: string | null;
  /** The commit's or the tag's id. */
  readonly object: string | null;
  readonly incoming: boolean;
}

export interface Scan {
  readonly found: readonly Found[];
  readonly contents: readonly Content[];
  readonly skipped: readonly Skipped[];
  readonly unreadable: readonly Unreadable[];
  readonly counts: SourceContext['counts'];
}

async function textOf(content: Content): Promise<string> {
  if (content.bytes instanceof Uint8Array) return Buffer.from(content.bytes).toString('latin1');
  const parts: Uint8Array[] = [];
  for await (const part of content.bytes) parts.push(part);
  return Buffer.concat(parts).toString('latin1');
}

async function findIn(content: Content): Promise<Found[]> {
  const text = await textOf(content);
  const matches = [...text.matchAll(TOKEN)];
  const ranges = matches.length === 0 ? undefined : await content.addedLines?.();
  const { provenance } = content;
  const object = provenance.kind === 'commit' ? provenance.commit : provenance.kind === 'tag' ? provenance.tag : null;
  return matches
    .map((match) => ({
      content,
      token: match[0],
      line: text.slice(0, match.index).split('\n').length,
      path: content.path,
      object,
      incoming: content.incoming === true,
    }))
    .filter(({ line }) => ranges?.some(({ first, last }) => first <= line && line <= last) ?? true);
}

/** Runs a source to its end with the stand-in. */
export async function scan(source: Source, options: Partial<SourceContext> = {}): Promise<Scan> {
  const counts = { files: 0, bytes: 0, commits: 0 };
  const context: SourceContext = {
    mayHold: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('cio'),
    excluded: () => false,
    counts,
    ...options,
  };
  const result = {
    found: [] as Found[],
    contents: [] as Content[],
    skipped: [] as Skipped[],
    unreadable: [] as Unreadable[],
  };
  for await (const item of source.items(context)) {
    if (item.kind === 'skipped') result.skipped.push(item);
    else if (item.kind === 'unreadable') result.unreadable.push(item);
    else {
      result.contents.push(item);
      result.found.push(...(await findIn(item)));
    }
  }
  return { ...result, counts };
}

/** `path:line` of each finding, sorted; what tests compare, because it shows no token. */
export function places(scanned: Scan): string[] {
  return scanned.found.map(({ path, line }) => `${path ?? '-'}:${line}`).sort();
}
