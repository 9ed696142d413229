import type { ElementNode, MemberNode, StringNode, ValueNode } from '@humanwhocodes/momoa';
import { DEEPEST, faultAt, type ConfigNode, type ConfigText } from './document';

/**
 * JSON as RFC 8259 has it: no comments, no trailing commas.
 *
 * @throws GuardError('config') with the place of the first fault
 */
export async function parseJson(source: ConfigText): Promise<ConfigNode> {
  refuseDepth(source);
  const { parse } = await import('@humanwhocodes/momoa');
  try {
    return nodeOf(parse(source.text, { mode: 'json', ranges: true }).body, source);
  } catch (error) {
    if (!isPositioned(error)) throw error;
    // The library's own words quote the text, and that may hold a secret.
    throw faultAt(source, error.offset, 'this is not well-formed JSON');
  }
}

function isPositioned(error: unknown): error is { readonly offset: number } {
  return error instanceof Error && 'offset' in error && typeof error.offset === 'number';
}

/** The library recurses, so the depth is looked at before. Brackets in a string count too, as far as they do not close. */
function refuseDepth(source: ConfigText): void {
  let depth = 0;
  for (const { 0: bracket, index } of source.text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > DEEPEST) throw faultAt(source, index, 'this nests too deeply');
  }
}

function nodeOf(node: ValueNode, source: ConfigText): ConfigNode {
  const at = node.loc.start.offset;
  switch (node.type) {
    case 'Object':
      return {
        kind: 'mapping',
        at,
        members: node.members.map(({ name, value }: MemberNode) => ({
          key: name.type === 'String' ? textOf(name, source) : name.name,
          at: name.loc.start.offset,
          value: nodeOf(value, source),
        })),
      };
    case 'Array':
      return { kind: 'list', at, items: node.elements.map(({ value }: ElementNode) => nodeOf(value, source)) };
    case 'String':
      return { kind: 'scalar', at, value: textOf(node, source) };
    case 'Number':
    case 'Boolean':
      return { kind: 'scalar', at, value: node.value };
    case 'Null':
      return { kind: 'scalar', at, value: null };
    case 'NaN':
    case 'Infinity':
      throw faultAt(source, at, 'this is not well-formed JSON');
  }
}

/** The library lets control characters through that JSON wants escaped. */
function textOf(node: StringNode, source: ConfigText): string {
  const start = node.loc.start.offset;
  const control = source.text.slice(start, node.loc.end.offset).search(/[\u0000-\u001f]/);
  if (control !== -1) throw faultAt(source, start + control, 'a control character or line break inside a string');
  return node.value;
}
