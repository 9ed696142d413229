/**
 * Tokens that documents, tests and other scanners show to everybody, by the SHA-256 of the whole token: never real, and
 * named as such in a report.
 */
export const KNOWN_EXAMPLES: ReadonlyMap<string, string> = new Map([
  ['7248672f8e7738b41a1f9570d9f9821b0fef4cffaecd9f2e4d4d986ca9be144b', "an example in other scanners' rule files"],
  ['95d5587b0a1cb2f8986fb0c9fed12803f861327652a7b337836055b828cbff4a', "an example on a vendor's detector page"],
  ['e39edaff0997f86e61c159de50456f2544706bf28b0d407c180b88c716ea8a07', "an example on a vendor's detector page"],
  ['0f8cc6d1e4da368c33b1a880ccfbe3fd10ca7965c85b67160434616f860cce0d', "an example in another scanner's test"],
  ['86aa4c3ab531c08ffc16af4abcb3ab3365e6e569ce53316ad8e022ca9e441fba', 'the example key of RFC 3231'],
  ['b415c78a85db94b71870c7d383b8ec0f6be068d39ddd1c7569dbd9e5d80e6b1c', "a test vector of crates.io's own tests"],
  ['38f1d844e95be47cd6be32e470ba9d11a209acab934345e67eff6101b638f87f', "a test vector of crates.io's own tests"],
]);
