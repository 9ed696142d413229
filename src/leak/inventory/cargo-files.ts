import { parse } from 'smol-toml';
import { isRecord } from '../../base/json';
import { usesInScript } from './resolve';
import { readShell } from './shell';
import { tomlLine, tomlLines } from './toml-lines';
import { isKeyVariable, type PlacedUse } from './use';

/** Cargo's own files, and those of release tools that are written in TOML. */

/** @throws TomlError */
export function readCargoConfig(text: string): PlacedUse[] {
  const lines = tomlLines(text);
  const config: unknown = parse(text);
  const uses: PlacedUse[] = [];
  const add = (path: readonly string[], secretName: string | null, command: string | null): void => {
    uses.push({ line: tomlLine(lines, path), secretName, command, context: path.join('.') });
  };
  const registries = section(config, 'registries');
  readRegistry(section(config, 'registry'), ['registry'], add);
  for (const name of Object.keys(registries)) readRegistry(section(registries, name), ['registries', name], add);
  for (const key of ['token', 'secret-key', 'private-key'] as const)
    if (isRecord(config) && typeof config[key] === 'string') add([key], key, null);
  const aliases = section(config, 'credential-alias');
  for (const name of Object.keys(aliases)) add(['credential-alias', name], null, words(aliases[name])[0] ?? null);
  for (const name of Object.keys(section(config, 'env'))) if (isKeyVariable(name)) add(['env', name], name, null);
  const commands = section(config, 'alias');
  for (const name of Object.keys(commands)) {
    const line = tomlLine(lines, ['alias', name]);
    const facts = readShell(`cargo ${words(commands[name]).join(' ')}`);
    uses.push(
      ...usesInScript({ facts, fileLine: () => line }, { bindings: [], ambient: 'none', context: `alias ${name}` })
        .uses,
    );
  }
  return uses;
}

type Add = (path: readonly string[], secretName: string | null, command: string | null) => void;

/** A key in the clear, and what Cargo asks for one. Values are never looked at further than whether they are there. */
function readRegistry(registry: Readonly<Record<string, unknown>>, path: readonly string[], add: Add): void {
  for (const key of ['token', 'secret-key', 'private-key'])
    if (typeof registry[key] === 'string' && registry[key] !== '') add([...path, key], [...path, key].join('.'), null);
  for (const key of ['credential-provider', 'global-credential-providers']) {
    const provider = registry[key];
    if (provider === undefined) continue;
    const program =
      Array.isArray(provider) && key === 'credential-provider'
        ? words(provider).slice(0, 1)
        : words(provider).map((each) => each.split(/\s/)[0] ?? '');
    add([...path, key], null, program.join(', '));
  }
}

/** @throws TomlError */
export function readCargoManifest(text: string): PlacedUse[] {
  const manifest: unknown = parse(text);
  const lines = tomlLines(text);
  return (['package', 'workspace'] as const).flatMap((kind): PlacedUse[] => {
    const release = section(section(manifest, kind), 'metadata')['release'];
    if (!isRecord(release) || release['publish'] === false) return [];
    return [
      {
        line: tomlLine(lines, [kind, 'metadata', 'release']),
        secretName: null,
        command: 'cargo release',
        context: `${kind}.metadata.release`,
      },
    ];
  });
}

/** `release.toml` of cargo-release. @throws TomlError */
export function readCargoRelease(text: string): PlacedUse[] {
  const config: unknown = parse(text);
  if (!isRecord(config) || config['publish'] === false) return [];
  return [
    {
      line: 'publish' in config ? tomlLine(tomlLines(text), ['publish']) : 1,
      secretName: null,
      command: 'cargo release',
      context: null,
    },
  ];
}

/** `release-plz.toml`; it reads `CARGO_REGISTRY_TOKEN`. Source: https://release-plz.dev/docs/config @throws TomlError */
export function readReleasePlz(text: string): PlacedUse[] {
  const config: unknown = parse(text);
  const workspace = section(config, 'workspace');
  const packages =
    isRecord(config) && Array.isArray(config['package']) ? (config['package'] as readonly unknown[]) : [];
  const publishes =
    workspace['publish'] !== false || packages.some((each) => isRecord(each) && each['publish'] === true);
  if (!publishes || workspace['release'] === false) return [];
  return [
    {
      line: tomlLine(tomlLines(text), ['workspace', 'publish']),
      secretName: 'CARGO_REGISTRY_TOKEN',
      command: 'release-plz release',
      context: null,
    },
  ];
}

function section(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const inner = isRecord(value) ? value[key] : undefined;
  return isRecord(inner) ? inner : {};
}

function words(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((word): word is string => typeof word === 'string') : [];
}
