/** Contents whose encoding somebody names, as a commit's header does for its message. */
import type { Candidate } from './candidate';
import type { Detector } from './detector';

const UTF_8 = /^(?:utf-?8|us-ascii|ascii)$/i;

function decoderFor(label: string): InstanceType<typeof TextDecoder> | null {
  try {
    return new TextDecoder(label);
  } catch {
    return null; // the only way to learn that a label is unknown
  }
}

/** True where every byte is one character and ASCII is ASCII, so that the label can hide nothing that is plain. */
function isTransparent(decoder: InstanceType<typeof TextDecoder>): boolean {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const text = decoder.decode(bytes);
  return text.length === 256 && bytes.subarray(0, 128).every((byte) => text.charCodeAt(byte) === byte);
}

function sameSecret(a: Candidate, b: Candidate): boolean {
  return a.rule === b.rule && a.line === b.line && a.secret.reveal() === b.secret.reveal();
}

/**
 * A detector that reads the content in the named encoding, and as it is besides where the encoding could hide plain
 * text: whoever made the commit chose the label. What only the bytes show is reported at its place in them.
 */
export function withEncoding(label: string, create: () => Detector): Detector {
  const decoder = UTF_8.test(label) ? null : decoderFor(label);
  const decoded = create();
  if (decoder === null) return decoded;
  const asIs = isTransparent(decoder) ? null : create();
  const encoder = new TextEncoder();
  const named: Candidate[] = [];
  const plain: Candidate[] = [];
  return {
    push(bytes) {
      named.push(...decoded.push(encoder.encode(decoder.decode(bytes, { stream: true }))));
      if (asIs !== null) plain.push(...asIs.push(bytes));
      return [];
    },
    end() {
      named.push(...decoded.push(encoder.encode(decoder.decode())), ...decoded.end());
      if (asIs !== null) plain.push(...asIs.end());
      const missed = plain.filter((candidate) => !named.some((other) => sameSecret(candidate, other)));
      return [...named, ...missed].sort((a, b) => a.line - b.line || a.column - b.column);
    },
  };
}
