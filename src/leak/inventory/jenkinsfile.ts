import { idleUses, usesInScript } from './resolve';
import { readShell } from './shell';
import { referenceIn, type Binding, type PlacedUse } from './use';

interface Token {
  readonly kind: 'word' | 'text' | 'mark';
  readonly text: string;
  /** 1-based, of the first character of a string's content. */
  readonly line: number;
}

const SCRIPT_STEPS = new Set(['sh', 'bat', 'powershell', 'pwsh']);

/**
 * Declarative and scripted pipelines: `environment { X = credentials('id') }`, `withCredentials`, `withEnv`, `withVault`,
 * and the scripts of `sh`, `bat` and `powershell`. Groovy itself is not run: a value that it computes stays unknown.
 * Sources: https://www.jenkins.io/doc/book/pipeline/syntax/ and https://www.jenkins.io/doc/pipeline/steps/credentials-binding/
 */
export function readJenkinsfile(text: string): PlacedUse[] {
  const tokens = groovyTokens(text);
  const bindings = [...environmentBindings(tokens), ...credentialBindings(tokens), ...withEnvBindings(tokens)].sort(
    (a, b) => a.line - b.line,
  );
  const uses: PlacedUse[] = [];
  for (const { script, line } of scripts(tokens)) {
    const context = stageAt(tokens, line);
    // What is bound further down belongs to another block, unless nothing above has the name.
    const above = bindings.filter((binding) => binding.line <= line);
    const scope = [
      ...bindings.filter((binding) => binding.line > line && !above.some(({ name }) => name === binding.name)),
      ...above,
    ];
    uses.push(
      ...usesInScript(
        { facts: readShell(script), fileLine: (at) => line + at - 1 },
        { bindings: scope, ambient: 'none', context },
      ).uses,
    );
  }
  return [...uses, ...idleUses(bindings, bindings, uses, null)];
}

/** Words, strings and single marks; comments are gone. */
function groovyTokens(text: string): readonly Token[] {
  const pattern =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'''([\s\S]*?)'''|"""([\s\S]*?)"""|'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|([A-Za-z_$][\w$]*)|(\n)|([^\s\w])/g;
  const tokens: Token[] = [];
  let line = 1;
  for (const match of text.matchAll(pattern)) {
    const [whole, ...groups] = match;
    const string = groups.slice(0, 4).find((group: string | undefined) => group !== undefined);
    if (string !== undefined) tokens.push({ kind: 'text', text: unescaped(string), line });
    else if (groups[4] !== undefined) tokens.push({ kind: 'word', text: whole, line });
    else if (groups[6] !== undefined) tokens.push({ kind: 'mark', text: whole, line });
    line += whole.split('\n').length - 1;
  }
  return tokens;
}

function unescaped(text: string): string {
  return text.replace(/\\([\\'"$])/g, '$1');
}

/** `NAME = credentials('id')` and `NAME = "value"`. */
function environmentBindings(tokens: readonly Token[]): readonly Binding[] {
  return tokens.flatMap((token, at): Binding[] => {
    const [equals, value, open, id] = tokens.slice(at + 1, at + 5);
    if (token.kind !== 'word' || equals?.text !== '=' || value === undefined) return [];
    const { text: name, line } = token;
    if (value.text === 'credentials' && open?.text === '(' && id?.kind === 'text')
      return [{ name, reference: { kind: 'secret', name: id.text }, line }];
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) return [];
    return [{ name, reference: value.kind === 'text' ? referenceIn(value.text) : null, line }];
  });
}

/** `string(credentialsId: 'id', variable: 'NAME')` and its relatives; `[envVar: 'NAME', vaultKey: 'key']`. */
function credentialBindings(tokens: readonly Token[]): readonly Binding[] {
  const found: Binding[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.text !== '(' && token.text !== '[') continue;
    const named = namedArguments(tokens, at + 1);
    const id = named.get('credentialsId') ?? named.get('vaultKey');
    const variable =
      named.get('variable') ?? named.get('passwordVariable') ?? named.get('tokenVariable') ?? named.get('envVar');
    if (id === undefined || variable === undefined) continue;
    found.push({ name: variable.text, reference: { kind: 'secret', name: id.text }, line: id.line });
  }
  return found;
}

/** `key: 'value'` pairs up to the bracket that closes them. */
function namedArguments(tokens: readonly Token[], from: number): ReadonlyMap<string, Token> {
  const named = new Map<string, Token>();
  for (let at = from; at < tokens.length; at += 1) {
    const [key, colon, value] = tokens.slice(at, at + 3);
    if (key === undefined || /^[()[\]{}]$/.test(key.text)) break;
    if (key.kind === 'word' && colon?.text === ':' && value?.kind === 'text') named.set(key.text, value);
  }
  return named;
}

/** `withEnv(["NAME=value", …])`. */
function withEnvBindings(tokens: readonly Token[]): readonly Binding[] {
  return tokens.flatMap((token, at): Binding[] => {
    if (token.text !== 'withEnv') return [];
    const end = tokens.findIndex((other, index) => index > at && other.text === ']');
    return tokens.slice(at, end < 0 ? undefined : end).flatMap((each): Binding[] => {
      const [, name, value] = each.kind === 'text' ? (/^([A-Za-z_]\w*)=(.*)$/s.exec(each.text) ?? []) : [];
      return name === undefined ? [] : [{ name, reference: referenceIn(value ?? ''), line: each.line }];
    });
  });
}

/** `sh '…'`, `sh("…")`, `sh(script: '…', …)`. */
function scripts(tokens: readonly Token[]): readonly { script: string; line: number }[] {
  return tokens.flatMap((token, at) => {
    if (token.kind !== 'word' || !SCRIPT_STEPS.has(token.text)) return [];
    const after = tokens[at + 1];
    const text =
      after?.kind === 'text'
        ? after
        : (namedArguments(tokens, at + (after?.text === '(' ? 2 : 1)).get('script') ??
          (after?.text === '(' ? tokens[at + 2] : undefined));
    return text?.kind === 'text' ? [{ script: text.text, line: text.line }] : [];
  });
}

function stageAt(tokens: readonly Token[], line: number): string | null {
  const at = tokens.findLastIndex((token) => token.text === 'stage' && token.line <= line);
  const name = tokens.slice(at + 1, at + 3).find(({ kind }) => kind === 'text');
  return at < 0 || name === undefined ? null : `stage ${name.text}`;
}
