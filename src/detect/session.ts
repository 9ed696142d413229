/** crates.io's session cookie: a MAC and data in base64, perhaps percent-encoded. */
import { wordBefore } from './escapes';
import type { Match } from './match';
import { isPlaceholderValue } from './placeholder';

const COOKIE = /cargo_session=(\\{0,8}["'])?([A-Za-z0-9+/=_%.~:!*|-]{1,4096})/g;

export function findSessions(text: string): readonly Match[] {
  return [...text.matchAll(COOKIE)].map((found): Match => {
    const value = found[2] ?? '';
    const end = found.index + found[0].length;
    const isReference = /^%[A-Za-z_]\w*%$/.test(value);
    const counts = !isReference && !isPlaceholderValue(value) && !wordBefore(text, found.index);
    const start = end - value.length;
    return { rule: 'crates-io-session', start, end, anchor: found.index, value, encoding: 'plain', counts };
  });
}
