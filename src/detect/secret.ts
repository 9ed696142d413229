const HIDDEN = Symbol('secret');

/**
 * The bytes of a secret, which will not print: string conversion, JSON and inspection all give the mask.
 * `reveal` is the only way out; a test lists its callers.
 */
export class Secret {
  declare readonly [HIDDEN]: string;
  /** The rule's public prefix and `*` for the rest; eight of them where the secret has no fixed length. */
  readonly mask: string;

  constructor(value: string, mask: string) {
    Object.defineProperty(this, HIDDEN, { value, enumerable: false });
    this.mask = mask;
  }

  reveal(): string {
    return this[HIDDEN];
  }

  toString(): string {
    return this.mask;
  }

  toJSON(): string {
    return this.mask;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.mask;
  }
}
