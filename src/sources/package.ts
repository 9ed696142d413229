import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { isInside } from '../base/paths';
import { GuardError, systemErrorCode } from '../base/error';
import type { Source, SourceContext, SourceItem } from './content';
import { fileStream, memberItems } from './members';

export interface PackageOptions {
  readonly cwd: string;
  /** Paths inside it are reported relative to it. */
  readonly topLevel: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly manifestPath: string | undefined;
  /** Package names, as `cargo -p` takes them; none: the package here, or the workspace's default members. */
  readonly packages: readonly string[];
}

/** What cargo's metadata says of a package, as far as it matters here. */
interface CargoPackage {
  readonly name: string;
  readonly manifest_path: string;
  readonly readme: string | null;
  readonly license_file: string | null;
}

/** Written by cargo while it packages; there is nothing of them on disk to read. */
const MADE_BY_CARGO: ReadonlySet<string> = new Set(['.cargo_vcs_info.json', 'Cargo.lock', 'Cargo.toml.orig']);

/**
 * What `cargo package` would ship from here: the files of `cargo package --list --allow-dirty --offline`, read as cargo
 * reads them (through links, and a readme or licence from outside the package).
 *
 * @throws GuardError 'missing-tool' without cargo, 'unreadable' where cargo refuses
 */
export function packageSource(options: PackageOptions): Source {
  return {
    name: 'package',
    async *items(context) {
      for (const item of await packagesHere(options)) yield* packageItems(item, options, context);
    },
  };
}

async function* packageItems(
  item: CargoPackage,
  options: PackageOptions,
  context: SourceContext,
): AsyncGenerator<SourceItem> {
  const root = dirname(item.manifest_path);
  const list = ['package', '--list', '--allow-dirty', '--offline', '--manifest-path', item.manifest_path];
  const names = (await cargo(list, options)).split(/\r?\n/).filter((name) => name !== '');
  for (const name of names) {
    const file = onDisk(name, root, item);
    if (file === null) {
      if (!MADE_BY_CARGO.has(name))
        yield {
          kind: 'unreadable',
          path: shownPath(join(root, name), options),
          reason: 'cargo lists it and it is not there',
        };
      continue;
    }
    const path = shownPath(file, options);
    yield* memberItems({ kind: 'file', path, bytes: fileStream(file, path) }, { kind: 'worktree' }, context);
  }
}

/** The file that cargo puts in under this name; null where it makes it itself or it is gone. */
function onDisk(name: string, root: string, item: CargoPackage): string | null {
  const inside = join(root, name);
  const outside = [item.readme, item.license_file].filter((file) => file !== null).map((file) => resolve(root, file));
  const candidates = [inside, ...outside.filter((file) => file.endsWith(`${sep}${name}`))];
  return candidates.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile()) ?? null;
}

function shownPath(file: string, { cwd, topLevel }: PackageOptions): string {
  const folder = topLevel ?? cwd;
  const shown = isInside(folder, file) ? relative(folder, file) : file;
  return sep === '/' ? shown : shown.replaceAll(sep, '/');
}

async function packagesHere(options: PackageOptions): Promise<readonly CargoPackage[]> {
  const place = options.manifestPath === undefined ? [] : ['--manifest-path', options.manifestPath];
  const text = await cargo(['metadata', '--no-deps', '--format-version', '1', '--offline', ...place], options);
  const metadata = JSON.parse(text) as {
    packages: readonly (CargoPackage & { id: string })[];
    workspace_default_members?: readonly string[];
  };
  if (options.packages.length > 0)
    return options.packages.map((name) => {
      const found = metadata.packages.find((item) => item.name === name);
      if (found === undefined) throw new GuardError('unreadable', `there is no package '${name}' in this workspace`);
      return found;
    });
  const { root } = JSON.parse(await cargo(['locate-project', ...place], options)) as { root: string };
  const here = metadata.packages.filter((item) => item.manifest_path === root);
  if (here.length > 0) return here;
  const members = metadata.packages.filter((item) => metadata.workspace_default_members?.includes(item.id) !== false);
  if (members.length === 0) throw new GuardError('unreadable', 'the workspace has no package');
  return members;
}

function cargo(args: readonly string[], { cwd, env }: PackageOptions): Promise<string> {
  return new Promise((settle, fail) => {
    const program = env['CARGO'] ?? 'cargo';
    const options = {
      cwd,
      env: { ...env, CARGO_TERM_COLOR: 'never' },
      maxBuffer: 256 * 1024 * 1024,
      windowsHide: true,
    };
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) settle(stdout);
      else fail(cargoFailure(error, stderr));
    });
  });
}

function cargoFailure(error: Error, stderr: string): GuardError {
  if (systemErrorCode(error) === 'ENOENT')
    return new GuardError('missing-tool', 'cargo was not found', {
      hint: 'install Rust, or put cargo on the PATH',
      cause: error,
    });
  const words = stderr.replace(/^error: /, '').trim();
  return new GuardError('unreadable', `cargo cannot tell what it would package: ${words}`, { cause: error });
}
