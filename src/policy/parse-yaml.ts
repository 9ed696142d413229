import type * as YamlModule from 'yaml';
import type { Alias, Document, Node } from 'yaml';
import { DEEPEST, faultAt, type ConfigNode, type ConfigText, type Member } from './document';

type Yaml = typeof YamlModule;

/** More nodes than a configuration has use for, counted after aliases are followed: a bomb. */
const MOST_NODES = 50_000;

/**
 * YAML 1.2, core schema, one document, without tags. Null for a text without content.
 *
 * @throws GuardError('config') with the place of the first fault
 */
export async function parseYaml(source: ConfigText): Promise<ConfigNode | null> {
  const yaml = await import('yaml');
  const document = composeOne(yaml, source);
  const fault = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0])[0];
  if (fault !== undefined) throw faultAt(source, fault.pos[0], WORDS[fault.code] ?? 'this is not well-formed YAML');
  const { contents } = document;
  if (contents === null || (yaml.isScalar(contents) && contents.value === null && contents.tag === undefined))
    return null;
  return createConverter(yaml, source, document)(contents, 0);
}

function composeOne(yaml: Yaml, source: ConfigText): Document.Parsed {
  // Duplicate keys are found by the validation in linear time; the library compares each key with all before it.
  const composer = new yaml.Composer({ uniqueKeys: false, schema: 'core', merge: false, stringKeys: true });
  let first: Document.Parsed | undefined;
  for (const document of composer.compose(shallowTokens(yaml, source), true, source.text.length)) {
    if (first !== undefined)
      throw faultAt(source, document.range[0], 'a second YAML document', 'A configuration is one document.');
    first = document;
  }
  if (first === undefined) throw faultAt(source, 0, 'this is not well-formed YAML');
  return first;
}

/** The parser keeps a stack of its own, but what composes its tokens recurses: look at the depth before. */
function* shallowTokens(yaml: Yaml, source: ConfigText) {
  const parser = new yaml.Parser();
  for (const lexeme of new yaml.Lexer().lex(source.text)) {
    yield* parser.next(lexeme);
    // A mapping in a sequence in a mapping takes one place of the stack each, and its item's scalar another.
    if (parser.stack.length > DEEPEST) throw faultAt(source, parser.offset, 'this nests too deeply');
  }
  yield* parser.end();
}

function createConverter(yaml: Yaml, source: ConfigText, document: Document.Parsed) {
  const targets = targetsOf(yaml, document);
  let nodes = 0;

  function convert(node: Node, depth: number): ConfigNode {
    const at = node.range?.[0] ?? 0;
    if (depth > DEEPEST) throw faultAt(source, at, 'this nests too deeply');
    nodes += 1;
    if (nodes > MOST_NODES) throw faultAt(source, at, 'this expands to more than a configuration can hold');
    if (yaml.isAlias(node)) return followed(node, at, depth);
    refuseTag(node);
    if (yaml.isMap(node))
      return { kind: 'mapping', at, members: node.items.map((pair) => member(pair.key, pair.value, depth)) };
    if (yaml.isSeq(node))
      return { kind: 'list', at, items: node.items.map((item) => convert(item as Node, depth + 1)) };
    return { kind: 'scalar', at, value: scalarOf(yaml.isScalar(node) ? node.value : null) };
  }

  function member(key: unknown, value: unknown, depth: number): Member {
    const at = yaml.isNode(key) ? (key.range?.[0] ?? 0) : 0;
    if (!yaml.isScalar(key)) throw faultAt(source, at, 'a key must be a word');
    refuseTag(key);
    const name = typeof key.value === 'string' ? key.value : '';
    if (yaml.isNode(value)) return { key: name, at, value: convert(value, depth + 1) };
    return { key: name, at, value: { kind: 'scalar', at, value: null } };
  }

  function followed(alias: Alias, at: number, depth: number): ConfigNode {
    const target = targets.get(alias);
    if (target === undefined) throw faultAt(source, at, 'this alias names no anchor before it');
    return convert(target, depth + 1);
  }

  /** A tag chooses how a value is read; here everything is plain data. */
  function refuseTag(node: Node): void {
    if (node.tag !== undefined) throw faultAt(source, node.range?.[0] ?? 0, TAG);
  }

  return convert;
}

/** What each alias stands for: the node that carried its anchor last. One walk for all of them. */
function targetsOf(yaml: Yaml, document: Document.Parsed): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  yaml.visit(document, {
    Node: (_, node) => {
      const target = yaml.isAlias(node) ? anchors.get(node.source) : undefined;
      if (yaml.isAlias(node) && target !== undefined) targets.set(node, target);
      else if (!yaml.isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

function scalarOf(value: unknown): string | number | boolean | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

const TAG = 'a YAML tag; a configuration is plain data';

/** Our own words: the library's quote the text, and that may hold a secret. */
const WORDS: Readonly<Record<string, string>> = {
  TAG_RESOLVE_FAILED: TAG,
  MULTIPLE_DOCS: 'a second YAML document',
  BAD_ALIAS: 'this alias names no anchor before it',
  TAB_AS_INDENT: 'a tab; YAML is indented by spaces',
  BAD_INDENT: 'this is not indented as what it belongs to',
  MISSING_CHAR: 'something is missing here: a closing quote, a bracket, a comma or a colon',
  KEY_OVER_1024_CHARS: 'a key of more than 1024 characters',
  NON_STRING_KEY: 'a key must be a word',
  BAD_SCALAR_START: 'a value cannot start with this character; put it in quotes',
  BAD_DQ_ESCAPE: 'an escape sequence that YAML does not know; a backslash is written twice in double quotes',
  BLOCK_IN_FLOW: 'a block collection inside brackets or braces',
  BLOCK_AS_IMPLICIT_KEY: 'a second colon on this line; put a value that holds one in quotes',
  RESOURCE_EXHAUSTION: 'this nests too deeply',
};
