import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Scalar,
} from 'yaml';
import type { ScriptPart } from './resolve';
import { readShell } from './shell';
import { referenceIn, type Binding } from './use';

/** A YAML file whose nodes know their lines. Aliases and merge keys are followed. */
export interface YamlFile {
  readonly roots: readonly YamlValue[];
}

/** A node of a YAML file, or its absence: every question has an answer, so that readers need not ask twice. */
export interface YamlValue {
  /** 1-based; of the key where the value has one. */
  readonly line: number;
  /** A scalar's text; null for anything else. */
  readonly text: string | null;
  /** The entries of a map, merged ones included; empty for anything else. */
  readonly entries: readonly (readonly [string, YamlValue])[];
  /** The items of a sequence; a scalar or a map is a list of itself, absence an empty one. */
  readonly items: readonly YamlValue[];
  readonly isMap: boolean;
  readonly isSequence: boolean;
  readonly exists: boolean;
  /** The value of a key; absence where there is none. */
  get(key: string): YamlValue;
  /** The scalar as a script. */
  script(): ScriptPart | null;
}

/**
 * @throws YAMLParseError of the first document that is malformed, with its line.
 */
export function readYaml(text: string): YamlFile {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    uniqueKeys: false,
    merge: true,
    logLevel: 'silent',
    prettyErrors: true,
  });
  const documents = Array.isArray(parsed) ? parsed : [];
  for (const { errors } of documents) if (errors[0] !== undefined) throw errors[0];
  return { roots: documents.map((document) => valueOf(document.contents, { document, lines, text }, 1, new Set())) };
}

interface Origin {
  readonly document: Document.Parsed | Document;
  readonly lines: LineCounter;
  readonly text: string;
}

const NOTHING: YamlValue = {
  line: 1,
  text: null,
  entries: [],
  items: [],
  isMap: false,
  isSequence: false,
  exists: false,
  get: () => NOTHING,
  script: () => null,
};

/** `above` are the nodes around this one: an alias to one of them would never end. */
function valueOf(raw: unknown, origin: Origin, keyLine: number, above: ReadonlySet<unknown>): YamlValue {
  const node = isAlias(raw) ? raw.resolve(origin.document) : raw;
  if (!isNode(node) || above.has(node)) return NOTHING;
  const inside = new Set(above).add(node);
  const entries = isMap(node) ? lazily(() => entriesOf(node.items, origin, inside)) : () => [];
  const items = isSeq(node)
    ? lazily(() => node.items.map((item) => valueOf(item, origin, lineOf(item, origin, keyLine), inside)))
    : null;
  const value: YamlValue = {
    line: keyLine,
    text: isScalar(node) ? textOf(node) : null,
    get entries() {
      return entries();
    },
    get items() {
      return items === null ? [value] : items();
    },
    isMap: isMap(node),
    isSequence: isSeq(node),
    exists: !(isScalar(node) && node.value === null),
    get: (key) => entries().findLast(([name]) => name === key)?.[1] ?? NOTHING,
    script: () => (isScalar(node) && typeof node.value === 'string' ? scriptOf(node as Scalar<string>, origin) : null),
  };
  return value;
}

/** Numbers and the like as they are written: `1.20` is no 1.2. */
function textOf(node: Scalar): string | null {
  if (typeof node.value === 'string') return node.value;
  return node.value === null ? null : (node.source ?? null);
}

function entriesOf(
  pairs: readonly { key: unknown; value: unknown }[],
  origin: Origin,
  inside: ReadonlySet<unknown>,
): readonly (readonly [string, YamlValue])[] {
  return pairs.flatMap(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : '';
    if (name === '<<')
      return valueOf(value, origin, lineOf(value, origin, 1), inside).items.flatMap((merged) => merged.entries);
    return [[name, valueOf(value, origin, lineOf(key, origin, 1), inside)] as const];
  });
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function lineOf(node: unknown, { lines }: Origin, otherwise: number): number {
  return isNode(node) && node.range ? lines.linePos(node.range[0]).line : otherwise;
}

/** A block's text starts on the line after its header; folded text is followed line by line through the source. */
function scriptOf(node: Scalar<string>, origin: Origin): ScriptPart {
  const [start = 0, end = 0] = node.range ?? [];
  const first = origin.lines.linePos(start).line;
  const facts = readShell(node.value);
  if (node.type === 'BLOCK_LITERAL') return { facts, fileLine: (line) => first + line };
  const source = origin.text.slice(start, end).split('\n');
  const map = foldedLines(node.value, source, node.type === 'BLOCK_FOLDED' ? 1 : 0);
  return { facts, fileLine: (line) => first + (map[line - 1] ?? 0) };
}

/** For each line of the folded text, the index of the source line that it starts on. */
function foldedLines(value: string, source: readonly string[], from: number): readonly number[] {
  const map: number[] = [];
  let at = from;
  for (const line of value.split('\n')) {
    while (line.trim() !== '' && at < source.length - 1 && source[at]?.trim() === '') at += 1;
    map.push(Math.min(at, source.length - 1));
    // The words of a folded line are those of its source lines, in order.
    let left = line.split(/\s+/).filter((word) => word !== '').length;
    do {
      left -= source[at]?.split(/\s+/).filter((word) => word !== '').length ?? 0;
      at += 1;
    } while (left > 0 && at < source.length);
  }
  return map;
}

type Visit = (map: YamlValue, path: readonly string[]) => void;

/** Every map below a value, outer ones first, with the keys on the way (`[]` for a list). */
export function visitMaps(value: YamlValue, visit: Visit, path: readonly string[] = []): void {
  if (value.isMap) {
    visit(value, path);
    for (const [key, inner] of value.entries) visitMaps(inner, visit, [...path, key]);
  } else if (value.isSequence) for (const inner of value.items) visitMaps(inner, visit, [...path, '[]']);
}

/** Variables from a map (`NAME: value`) or a list (`- NAME=value`, `- NAME`). */
export function bindingsFrom(value: YamlValue): readonly Binding[] {
  if (value.isMap)
    return value.entries.map(([name, inner]) => ({ name, reference: referenceFrom(inner), line: inner.line }));
  return value.items.flatMap((item) => {
    if (item.isMap) return bindingsFrom(item);
    return (item.text ?? '').split(/\s+(?=[A-Za-z_]\w*=)/).flatMap((text) => {
      const [, name, rest] = /^([A-Za-z_]\w*)(?:=(.*))?$/s.exec(text.trim()) ?? [];
      return name === undefined
        ? []
        : [{ name, reference: rest === undefined ? null : referenceIn(rest), line: item.line }];
    });
  });
}

function referenceFrom(value: YamlValue): Binding['reference'] {
  const from = value.get('from_secret').text;
  if (from !== null) return { kind: 'secret', name: from };
  return value.text === null ? null : referenceIn(value.text);
}
