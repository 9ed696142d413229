/** Which programs need a key, and how they are called. */
export interface CalledTool {
  /** As it is called, without its arguments: `cargo publish`. */
  readonly command: string;
  readonly rest: readonly string[];
}

export function isTool(text: string): boolean {
  return /^(cargo|cargo-release|cargo-workspaces|release-plz|semantic-release-cargo|semantic-release-rust)$/.test(
    baseName(text),
  );
}

/** The last part of a path, without `.exe`; `$(CARGO)` and `${CARGO}` stand for cargo. */
export function baseName(text: string): string {
  if (/^\$[({]?CARGO[)}]?$/i.test(text)) return 'cargo';
  return (text.split(/[/\\]/).at(-1) ?? '').replace(/\.(exe|cmd)$/i, '').replace(/^@+/, '');
}

/** Which tool that needs a key is called; null for anything else, and for runs that only pretend. */
export function calledTool(texts: readonly string[]): CalledTool | null {
  const tool = baseName(texts[0] ?? '');
  if (tool === 'release-plz' && texts[1] === 'release') return unlessDry('release-plz release', texts.slice(2));
  if (tool === 'cargo-release' || tool === 'cargo-workspaces')
    return cargoSubcommand([tool === 'cargo-release' ? 'release' : 'workspaces', ...texts.slice(1)]);
  if (tool === 'semantic-release-cargo' || tool === 'semantic-release-rust')
    return texts[1] === 'publish' ? { command: `${tool} publish`, rest: texts.slice(2) } : null;
  if (tool === 'curl' || tool === 'http') {
    const asksRegistry = texts.some((text) =>
      /\/api\/v1\/(crates\/new|crates\/[^/]+\/[^/]+\/(un)?yank|tokens\/current)/.test(text),
    );
    const header = texts.find((text) => /^authorization:/i.test(text));
    return asksRegistry && header !== undefined ? { command: 'curl', rest: ['--token', header] } : null;
  }
  return tool === 'cargo' ? cargoSubcommand(texts.slice(1)) : null;
}

function cargoSubcommand(texts: readonly string[]): CalledTool | null {
  let at = 0;
  for (let word = texts[at]; word !== undefined && /^[+-]/.test(word); word = texts[at])
    at += ['--config', '-Z', '-C', '--color', '--manifest-path'].includes(word) ? 2 : 1;
  const [subcommand = '', ...rest] = texts.slice(at);
  switch (subcommand) {
    case 'publish':
    case 'yank':
    case 'owner':
      return unlessDry(`cargo ${subcommand}`, rest);
    case 'login':
      return { command: 'cargo login', rest };
    case 'publish-workspace':
    case 'unleash':
      return unlessDry(`cargo ${subcommand}`, rest);
    case 'release':
    case 'smart-release':
      // Both only show what they would do until told to do it.
      return rest.some((word) => word === '--execute' || /^-\w*x/.test(word)) && !rest.includes('--no-publish')
        ? { command: `cargo ${subcommand}`, rest }
        : null;
    case 'ws':
    case 'workspaces':
    case 'mono':
      return rest[0] === 'publish' ? unlessDry(`cargo ${subcommand} publish`, rest.slice(1)) : null;
    case 'semantic-release':
      return { command: 'cargo semantic-release', rest };
    default:
      return null;
  }
}

function unlessDry(command: string, rest: readonly string[]): CalledTool | null {
  return rest.some((word) => word === '--dry-run' || word === '-n' || word === '--help' || word === '-h')
    ? null
    : { command, rest };
}
