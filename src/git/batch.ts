import { GuardError } from '../base/error';
import { LF } from './split';
import { WHOLE_LIMIT, Windows } from './windows';

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

export interface ObjectHeader {
  readonly oid: string;
  readonly type: ObjectType;
  /** In bytes. */
  readonly size: number;
}

/** Told of each object, synchronously and in the stream's order; the bytes are valid during the call only. */
export interface ObjectVisitor {
  object(header: ObjectHeader, bytes: Buffer): unknown;
  /** Instead of `object` for a blob over WHOLE_LIMIT: its windows, which overlap; 'enough' ends them. */
  window(header: ObjectHeader, bytes: Buffer): 'more' | 'enough';
  /** After the last window. */
  windowsEnd(header: ObjectHeader): unknown;
  /** `reason` completes a sentence that starts with the object. */
  unreadable(oid: string, reason: string): unknown;
}

const HEADER = /^([0-9a-f]{40}|[0-9a-f]{64}) (blob|tree|commit|tag) ([0-9]+)$/;

/** Reads what `git cat-file --batch` prints: `OID SP TYPE SP SIZE LF CONTENT LF`, or `OID SP missing LF`. */
export class BatchParser {
  readonly #visitor: ObjectVisitor;
  readonly #answered: () => void;
  #windows: Windows | null = null;
  #header = '';
  #object: ObjectHeader | null = null;
  /** Bytes of the object that are still to come, its closing LF included. */
  #left = 0;
  #gathered: Buffer = Buffer.alloc(0);
  #length = 0;
  #enough = false;

  /** `answered` is called after each answer, whatever it was. */
  constructor(visitor: ObjectVisitor, answered: () => void) {
    this.#visitor = visitor;
    this.#answered = answered;
  }

  /** False in the middle of an answer: the stream may not end here. */
  get idle(): boolean {
    return this.#object === null && this.#header === '';
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;)
      at = this.#object === null ? this.#readHeader(chunk, at) : this.#readContent(chunk, at, this.#object);
  }

  #readHeader(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(LF, from);
    this.#header += chunk.toString('latin1', from, end === -1 ? chunk.length : end);
    if (end === -1) return chunk.length;
    const header = this.#header;
    this.#header = '';
    const [, oid, type, size] = HEADER.exec(header) ?? [];
    if (oid !== undefined && type !== undefined) {
      this.#object = { oid, type: type as ObjectType, size: Number(size) };
      this.#left = Number(size) + 1;
      this.#length = 0;
      this.#enough = false;
      this.#windows?.restart();
      return end + 1;
    }
    if (!/ (missing|ambiguous)$/.test(header))
      throw new GuardError('git-failed', 'git cat-file gave an answer that cannot be read');
    this.#visitor.unreadable(header.replace(/ \w+$/, ''), 'is missing from this repository');
    this.#answered();
    return end + 1;
  }

  #readContent(chunk: Buffer, from: number, object: ObjectHeader): number {
    const to = Math.min(chunk.length, from + this.#left);
    this.#left -= to - from;
    const done = this.#left === 0;
    const content = chunk.subarray(from, done ? to - 1 : to);
    if (object.type === 'blob' && object.size > WHOLE_LIMIT) this.#readWindows(object, content, done);
    else if (done && this.#length === 0) this.#visitor.object(object, content);
    else this.#gather(object, content, done);
    if (done) {
      this.#object = null;
      this.#answered();
    }
    return to;
  }

  #readWindows(object: ObjectHeader, content: Buffer, done: boolean): void {
    const visit = (bytes: Buffer) => {
      if (!this.#enough && this.#visitor.window(object, bytes) === 'enough') this.#enough = true;
    };
    const windows = (this.#windows ??= new Windows());
    if (!this.#enough) windows.push(content, visit);
    if (!done) return;
    if (!this.#enough) windows.end(visit);
    this.#visitor.windowsEnd(object);
  }

  #gather(object: ObjectHeader, content: Buffer, done: boolean): void {
    if (this.#gathered.length < object.size) this.#gathered = Buffer.allocUnsafeSlow(Math.max(object.size, 64 * 1024));
    this.#gathered.set(content, this.#length);
    this.#length += content.length;
    if (done) this.#visitor.object(object, this.#gathered.subarray(0, object.size));
  }
}
