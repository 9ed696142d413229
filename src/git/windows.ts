/** Blobs up to this size are handed on whole; above it as windows, so that memory stays flat whatever their size. */
export const WHOLE_LIMIT = 1024 * 1024;
/** Even, so that UTF-16 keeps its alignment, and far longer than anything that makes a content worth a closer look. */
const OVERLAP = 64 * 1024;

/**
 * Cuts a stream into windows of at most WHOLE_LIMIT bytes, each starting with the last OVERLAP bytes of the one before.
 * A window is valid until the next call: the memory is used again.
 */
export class Windows {
  readonly #memory = Buffer.allocUnsafeSlow(WHOLE_LIMIT);
  #filled = 0;
  #fresh = false;

  restart(): void {
    this.#filled = 0;
    this.#fresh = false;
  }

  /** `window` is called for each full one. */
  push(chunk: Uint8Array, window: (bytes: Buffer) => void): void {
    for (let from = 0; from < chunk.length;) {
      if (this.#filled === WHOLE_LIMIT) this.#slide();
      const part = chunk.subarray(from, from + WHOLE_LIMIT - this.#filled);
      this.#memory.set(part, this.#filled);
      this.#filled += part.length;
      this.#fresh = true;
      from += part.length;
      if (this.#filled === WHOLE_LIMIT) this.end(window);
    }
  }

  /** The last window, where there is anything in it that was not in the one before. */
  end(window: (bytes: Buffer) => void): void {
    if (this.#fresh) window(this.#memory.subarray(0, this.#filled));
    this.#fresh = false;
  }

  #slide(): void {
    this.#memory.copyWithin(0, WHOLE_LIMIT - OVERLAP, WHOLE_LIMIT);
    this.#filled = OVERLAP;
  }
}
