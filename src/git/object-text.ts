import { LF } from './split';

/** A commit or tag object, cut at the first empty line. */
export interface ObjectText {
  /** With the line end of the last one. */
  readonly headers: Buffer;
  readonly message: Buffer;
  /** What the `encoding` header names. */
  readonly encoding: string | null;
}

/** The headers may run over several lines: those after the first start with a space (mergetag, gpgsig). */
export function objectText(bytes: Buffer): ObjectText {
  const end = bytes.indexOf('\n\n');
  const headers = end === -1 ? bytes : bytes.subarray(0, end + 1);
  const message = end === -1 ? bytes.subarray(bytes.length) : bytes.subarray(end + 2);
  return { headers, message, encoding: /^encoding (.+)$/m.exec(headers.toString('latin1'))?.[1] ?? null };
}

export interface TagTarget {
  readonly oid: string;
  readonly type: string;
}

/** What a tag object points at; null where it does not say. */
export function tagTarget(tag: Buffer): TagTarget | null {
  const [first, second] = tag.toString('latin1', 0, 256).split(String.fromCharCode(LF));
  const oid = /^object ([0-9a-f]+)$/.exec(first ?? '')?.[1];
  const type = /^type (blob|tree|commit|tag)$/.exec(second ?? '')?.[1];
  return oid === undefined || type === undefined ? null : { oid, type };
}
