import type { AST } from 'toml-eslint-parser';
import { DEEPEST, faultAt, type ConfigNode, type ConfigText } from './document';

/** Tables are written in pieces all over a file, so they are put together in place. */
type Draft =
  DraftTable | DraftList | { readonly kind: 'scalar'; readonly at: number; readonly value: string | number | boolean };
interface DraftTable {
  readonly kind: 'mapping';
  readonly at: number;
  readonly members: Map<string, { readonly at: number; value: Draft }>;
}
interface DraftList {
  readonly kind: 'list';
  readonly at: number;
  readonly items: Draft[];
}

/**
 * TOML 1.0. A date is the text it was written as.
 *
 * @throws GuardError('config') with the place of the first fault
 */
export async function parseToml(source: ConfigText): Promise<ConfigNode> {
  const { parseTOML, ParseError } = await import('toml-eslint-parser');
  try {
    return finished(createAssembler(source)(parseTOML(source.text).body[0].body));
  } catch (error) {
    // The parser gathers a number's digits in one call's arguments, and runs out of stack where they are a bomb.
    if (error instanceof RangeError) throw faultAt(source, 0, 'this is too large to read');
    if (!(error instanceof ParseError)) throw error;
    const what = error.message.startsWith('Defining a key multiple times') ? TWICE : 'this is not well-formed TOML';
    throw faultAt(source, error.index, what);
  }
}

const TWICE = 'this key is already there';

function createAssembler(source: ConfigText) {
  function assemble(body: readonly (AST.TOMLKeyValue | AST.TOMLTable)[]): DraftTable {
    const root = tableAt(0);
    for (const part of body) {
      if (part.type === 'TOMLKeyValue') put(root, part, 0);
      else {
        const table = tableOf(root, part);
        for (const pair of part.body) put(table, pair, 0);
      }
    }
    return root;
  }

  function put(table: DraftTable, pair: AST.TOMLKeyValue, depth: number): void {
    refuseDepth(pair.key.keys.length, pair.range[0]);
    let inner = table;
    pair.key.keys.forEach((key, index) => {
      const name = nameOf(key);
      const isLast = index === pair.key.keys.length - 1;
      const known = inner.members.get(name)?.value;
      if (!isLast && known?.kind === 'mapping') inner = known;
      else {
        const value = isLast ? valueOf(pair.value, depth + 1) : tableAt(key.range[0]);
        inner.members.set(name, { at: key.range[0], value });
        if (value.kind === 'mapping') inner = value;
      }
    });
  }

  /** The table that a header opens: its path with the index of each array of tables in it. */
  function tableOf(root: DraftTable, header: AST.TOMLTable): DraftTable {
    refuseDepth(header.resolvedKey.length, header.range[0]);
    const names = header.key.keys;
    const at = (depth: number): number => names[Math.min(depth, names.length - 1)]?.range[0] ?? header.range[0];
    let here = root as Draft;
    let named = 0;
    for (const [index, step] of header.resolvedKey.entries()) {
      const isList = typeof header.resolvedKey[index + 1] === 'number';
      const created: Draft = isList ? { kind: 'list', at: at(named), items: [] } : tableAt(at(named));
      if (here.kind === 'list' && typeof step === 'number') here = here.items[step] ??= created;
      else if (here.kind === 'mapping' && typeof step === 'string') {
        const known = here.members.get(step);
        if (known === undefined) here.members.set(step, { at: at(named), value: created });
        here = known?.value ?? created;
        named += 1;
      } else throw faultAt(source, header.range[0], TWICE);
    }
    if (here.kind !== 'mapping') throw faultAt(source, header.range[0], TWICE);
    return here;
  }

  function valueOf(node: AST.TOMLContentNode, depth: number): Draft {
    const at = node.range[0];
    refuseDepth(depth, at);
    switch (node.type) {
      case 'TOMLArray':
        return { kind: 'list', at, items: node.elements.map((element) => valueOf(element, depth + 1)) };
      case 'TOMLInlineTable': {
        const table = tableAt(at);
        for (const pair of node.body) put(table, pair, depth);
        return table;
      }
      case 'TOMLValue':
        return {
          kind: 'scalar',
          at,
          value: node.value instanceof Date ? source.text.slice(...node.range) : node.value,
        };
    }
  }

  function refuseDepth(depth: number, at: number): void {
    if (depth > DEEPEST) throw faultAt(source, at, 'this nests too deeply');
  }

  return assemble;
}

function tableAt(at: number): DraftTable {
  return { kind: 'mapping', at, members: new Map() };
}

function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value;
}

function finished(draft: Draft): ConfigNode {
  if (draft.kind === 'scalar') return draft;
  if (draft.kind === 'list') return { kind: 'list', at: draft.at, items: draft.items.map(finished) };
  const members = [...draft.members].map(([key, { at, value }]) => ({ key, at, value: finished(value) }));
  return { kind: 'mapping', at: draft.at, members };
}
