/** Our hooks in an agent's configuration: put in and taken out without touching anything else. Pure. */
import {
  createScanner,
  findNodeAtLocation,
  modify,
  applyEdits,
  parseTree,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import { GuardError } from '../base/error';
import { isRecord } from '../base/json';
import type { Agent } from './table';

/** One hook of ours, as the configuration has it. */
export interface OwnHook {
  readonly event: string;
  readonly command: string;
}

/** What tells our commands from others, whatever the version that wrote them. */
const OURS = /cratesguard[^|]* (?:claude|codex|gemini|copilot|cursor) \w+(?: |$)/;

/**
 * The configuration with a hook of ours for each event, in place of older ones.
 *
 * @throws GuardError 'unsupported' where the configuration is no JSON, or has something else in the place of hooks
 */
export function withHooks(text: string | null, agent: Agent, commandFor: (event: string) => string): string {
  if (text === null) {
    const hooks = Object.fromEntries(
      Object.keys(agent.events).map((event) => [event, [entryOf(agent, event, commandFor)]]),
    );
    return `${JSON.stringify({ ...agent.newFile, hooks }, null, 2)}\n`;
  }
  let changed = withoutHooks(text, agent);
  for (const event of Object.keys(agent.events))
    changed = edited(changed, ['hooks', event, -1], entryOf(agent, event, commandFor));
  return changed;
}

function entryOf(agent: Agent, event: string, commandFor: (event: string) => string): object {
  const hook = agent.hook(commandFor(event), event);
  return agent.layout === 'matchers' ? { hooks: [hook] } : hook;
}

/** The hooks of ours that a configuration has, in order. @throws GuardError 'unsupported' */
export function ownHooks(text: string, agent: Agent): readonly OwnHook[] {
  return placesOf(text, agent).map(({ event, command }) => ({ event, command }));
}

/** True where nothing but what a new file begins with is left. */
export function isEmpty(text: string, agent: Agent): boolean {
  const value = valueOf(text);
  return JSON.stringify(value) === JSON.stringify(agent.newFile);
}

/** The configuration without our hooks, and without lists that held nothing else. @throws GuardError 'unsupported' */
export function withoutHooks(text: string, agent: Agent): string {
  let changed = text;
  for (let places = placesOf(changed, agent); places.length > 0; places = placesOf(changed, agent)) {
    let path = places.at(-1)?.path ?? [];
    // Up to the outermost list or object in which there is nothing else; a group without hooks is none.
    while (path.length > 1 && (path.length === 4 || nodeAt(changed, path.slice(0, -1))?.children?.length === 1))
      path = path.slice(0, -1);
    changed = withoutNode(changed, path);
  }
  return changed;
}

type Path = (string | number)[];

function placesOf(text: string, agent: Agent): readonly (OwnHook & { readonly path: Path })[] {
  const hooks = nodeAt(text, ['hooks']);
  if (hooks === undefined) return [];
  if (hooks.type !== 'object') throw unsupported("its 'hooks' are no object");
  return (hooks.children ?? []).flatMap(({ children = [] }) => {
    const [key, list] = children;
    const event = String(key?.value);
    if (list?.type !== 'array') {
      if (event in agent.events) throw unsupported(`its hooks for ${event} are no list`);
      return [];
    }
    return (list.children ?? []).flatMap((item, at) =>
      agent.layout === 'list'
        ? ownAt(item, event, ['hooks', event, at])
        : (findNodeAtLocation(item, ['hooks'])?.children ?? []).flatMap((hook, index) =>
            ownAt(hook, event, ['hooks', event, at, 'hooks', index]),
          ),
    );
  });
}

function ownAt(hook: Node, event: string, path: Path): readonly (OwnHook & { readonly path: Path })[] {
  for (const key of ['command', 'bash']) {
    const command: unknown = findNodeAtLocation(hook, [key])?.value;
    if (typeof command === 'string' && OURS.test(command)) return [{ event, command, path }];
  }
  return [];
}

function nodeAt(text: string, path: Path): Node | undefined {
  return findNodeAtLocation(treeOf(text), path);
}

function treeOf(text: string): Node {
  const errors: ParseError[] = [];
  const tree = parseTree(withoutMark(text), errors, { allowTrailingComma: true });
  if (tree?.type !== 'object' || errors.length > 0) throw unsupported('it is no JSON object');
  return tree;
}

function valueOf(text: string): unknown {
  const build = (node: Node): unknown => {
    if (node.type === 'array') return (node.children ?? []).map(build);
    if (node.type !== 'object') return node.value as unknown;
    return Object.fromEntries(
      (node.children ?? []).map(({ children = [] }) => [String(children[0]?.value), children[1] && build(children[1])]),
    );
  };
  const value = build(treeOf(text));
  return isRecord(value) ? value : null;
}

const MARK = '\ufeff';

function withoutMark(text: string): string {
  return text.startsWith(MARK) ? text.slice(1) : text;
}

/** The text without a member of an object or an item of a list; remarks around it stay. */
function withoutNode(text: string, path: Path): string {
  const body = withoutMark(text);
  const value = nodeAt(text, path);
  const node = value?.parent?.type === 'property' ? value.parent : value;
  const siblings = node?.parent?.children;
  if (node === undefined || siblings === undefined) throw unsupported('its hooks cannot be found again');
  const at = siblings.indexOf(node);
  const previous = siblings[at - 1];
  const end = node.offset + node.length;
  const ahead = body.slice(0, node.offset);
  let rest: string;
  if (previous !== undefined) {
    const comma = commaAfter(body, previous);
    rest = `${ahead.slice(0, comma)}${ahead.slice(comma + 1).trimEnd()}${body.slice(end)}`;
  } else if (at + 1 < siblings.length) rest = ahead + body.slice(commaAfter(body, node) + 1).trimStart();
  else rest = ahead.trimEnd() + body.slice(end);
  return text.startsWith(MARK) ? MARK + rest : rest;
}

function commaAfter(text: string, { offset, length }: Node): number {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset + length);
  scanner.scan();
  return scanner.getTokenOffset();
}

function edited(text: string, path: Path, value: object): string {
  const body = withoutMark(text);
  const indent = /\n([ \t]+)"/.exec(body)?.[1] ?? '  ';
  const edits = modify(body, path, value, {
    formattingOptions: {
      insertSpaces: !indent.startsWith('\t'),
      tabSize: indent.startsWith('\t') ? 4 : indent.length,
      eol: body.includes('\r\n') ? '\r\n' : '\n',
    },
  });
  return `${text.startsWith(MARK) ? MARK : ''}${applyEdits(body, edits)}`;
}

function unsupported(why: string): GuardError {
  return new GuardError('unsupported', why, { hint: 'Nothing was changed. Mend the file, then try again.' });
}

/** A change as what stood in one place before and stands there now, so that it can be taken back to the byte. */
export interface TextChange {
  readonly removed: string;
  readonly inserted: string;
}

/** Null where the texts are equal. */
export function changeBetween(before: string, after: string): TextChange | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { removed: before.slice(start, before.length - end), inserted: after.slice(start, after.length - end) };
}

/** The text as it was before the change; null where the place is not to be found, or not once. */
export function takenBack(text: string, { removed, inserted }: TextChange): string | null {
  const at = text.indexOf(inserted);
  if (inserted === '' || at < 0 || text.includes(inserted, at + 1)) return null;
  return text.slice(0, at) + removed + text.slice(at + inserted.length);
}
