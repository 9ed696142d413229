import { GuardError } from '../base/error';

/** A configuration file's text, without a byte order mark, and the name it goes by in messages. */
export interface ConfigText {
  readonly name: string;
  readonly text: string;
}

/**
 * What YAML, JSON and TOML come to: data with the place where each piece was written. `at` is an offset into the text,
 * in UTF-16 code units; members keep their order and their duplicates, so that a check can point at both.
 */
export type ConfigNode = MappingNode | ListNode | ScalarNode;

interface MappingNode {
  readonly kind: 'mapping';
  readonly at: number;
  readonly members: readonly Member[];
}

export interface Member {
  readonly key: string;
  readonly at: number;
  readonly value: ConfigNode;
}

export interface ListNode {
  readonly kind: 'list';
  readonly at: number;
  readonly items: readonly ConfigNode[];
}

interface ScalarNode {
  readonly kind: 'scalar';
  readonly at: number;
  readonly value: string | number | boolean | null;
}

/** A configuration nests four deep; what nests deeper than this is meant to exhaust a parser. */
export const DEEPEST = 64;

/** 1-based; columns count UTF-16 code units, and lines end at LF, as everywhere in this program. */
export function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let lineStart = 0;
  for (let next = text.indexOf('\n'); next !== -1 && next < offset; next = text.indexOf('\n', next + 1)) {
    line += 1;
    lineStart = next + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

/** The error for something wrong at a place of a configuration file. `what` must not quote the file unchecked. */
export function faultAt(source: ConfigText, offset: number, what: string, hint?: string): GuardError {
  const { line, column } = positionOf(source.text, Math.min(offset, source.text.length));
  return new GuardError('config', `${source.name}:${line}:${column}: ${what}`, hint === undefined ? {} : { hint });
}

export function memberOf(node: ConfigNode | undefined, key: string): Member | undefined {
  return node?.kind === 'mapping' ? node.members.find((member) => member.key === key) : undefined;
}
