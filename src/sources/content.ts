/**
 * What the sources give and the scan takes: contents with bytes, and what was passed over or could not be read.
 */

import type { CiFacts } from '../scan/report';

export type Where = 'file' | 'symlink' | 'path-name' | 'commit-message' | 'tag-message' | 'ref-name' | 'image-config';

/** Where a content comes from; reporters switch over `kind`, so the compiler lists them all when one is added. */
export type Provenance =
  | { readonly kind: 'index' }
  | { readonly kind: 'message' }
  | { readonly kind: 'commit'; readonly commit: string; readonly ref: string | null }
  | { readonly kind: 'tag'; readonly tag: string; readonly ref: string | null }
  | { readonly kind: 'ref'; readonly ref: string }
  | { readonly kind: 'worktree' }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'image'; readonly layer: string | null }
  | { readonly kind: 'crate' };

/** Lines 1-based, both ends inclusive, ascending and apart. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

export interface Content {
  readonly kind: 'content';
  readonly provenance: Provenance;
  /** The file's name in UTF-8, with bytes that are none as `\xHH`, `/` between folders; unmasked: the scan masks it. */
  readonly path: string | null;
  readonly where: Where;
  /** In order and whole. A stream is read once; an error it throws makes the report incomplete. */
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>;
  /** The encoding that a commit's header names, where it names one. */
  readonly encoding?: string;
  /**
   * The lines of this content that count; without it, all do. Asked for only where a candidate was found, because it
   * costs a diff.
   */
  readonly addedLines?: () => Promise<readonly LineRange[]>;
  /**
   * In a whole history: the blob at this path and those that its commit's parents have there, as object ids. What a
   * parent's version holds came earlier, so no diff is needed.
   */
  readonly version?: { readonly oid: string; readonly old: readonly string[] };
  /** A merge's other side brings this in: a finding in it warns and never blocks. */
  readonly incoming?: true;
}

/** Passed over on purpose; the status stays as it is. */
export interface Skipped {
  readonly kind: 'skipped';
  readonly path: string;
  readonly reason: string;
}

/** Could not be read, or not whole: status 3. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly path: string | null;
  readonly reason: string;
}

export type SourceItem = Content | Skipped | Unreadable;

/** Counted by the source while it reads. */
export interface Counts {
  files: number;
  bytes: number;
  commits: number;
}

/** What a source is told. It knows nothing of rules: whether bytes are worth a closer look is asked of `mayHold`. */
export interface SourceContext {
  /**
   * False only where these bytes hold no finding, as a whole content at `path` or as a part of one that starts at an
   * even offset (parts overlap by 64 KiB). A blob is read before anybody knows where it lies, and is asked about without
   * a path; where a path changes what counts, `mayHold` of an empty line at that path must be true.
   */
  readonly mayHold: (bytes: Uint8Array, path: string | null) => boolean;
  /** True where the configuration excludes this path; the source then gives a Skipped. */
  readonly excluded: (path: string) => boolean;
  readonly counts: Counts;
  /** Told now and then how many objects were read, and of how many, where that is known. */
  readonly progress?: (done: number, total: number | null) => void;
  readonly signal?: AbortSignal;
}

export type SourceName =
  | 'staged'
  | 'merge'
  | 'message'
  | 'range'
  | 'history'
  | 'push'
  | 'receive'
  | 'ci'
  | 'paths'
  | 'stdin'
  | 'image'
  | 'crate'
  | 'package';

export interface Source {
  readonly name: SourceName;
  /** A secret is reported once for each path, at the first place that the source gives. */
  readonly once?: 'per-path';
  /** For the report. */
  readonly ci?: CiFacts;
  items(context: SourceContext): AsyncIterable<SourceItem>;
}
