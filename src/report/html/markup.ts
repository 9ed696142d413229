import { escapeLine } from '../escape';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute; control characters are written out. */
export function html(text: string): string {
  return escapeLine(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** A moment (ISO 8601 in UTC) as its day. */
export function day(at: string): string {
  return `<time datetime="${html(at)}">${html(at.slice(0, 10))}</time>`;
}
