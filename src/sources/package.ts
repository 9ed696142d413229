import { statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { isInside } from '../base/paths';
import { GuardError } from '../base/error';
import { nearestManifest, runCargo } from '../git/cargo';
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
      const { cwd, manifestPath } = options;
      const manifest = manifestPath === undefined ? nearestManifest(cwd) : resolve(cwd, manifestPath);
      for (const item of await packagesOf(manifest, options)) yield* packageItems(item, options, context);
    },
  };
}

async function* packageItems(
  item: CargoPackage,
  options: PackageOptions,
  context: SourceContext,
): AsyncGenerator<SourceItem> {
  const root = dirname(item.manifest_path);
  const listed = await runCargo(['package', '--list', '--allow-dirty', '--offline'], {
    manifest: item.manifest_path,
    root: options.topLevel ?? root,
    env: options.env,
    signal: context.signal,
  });
  const names = listed.split(/\r?\n/).filter((name) => name !== '');
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

async function packagesOf(manifest: string, options: PackageOptions): Promise<readonly CargoPackage[]> {
  const text = await runCargo(['metadata', '--no-deps', '--format-version', '1', '--offline'], {
    manifest,
    root: options.topLevel ?? dirname(manifest),
    env: options.env,
  });
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
  const here = metadata.packages.filter((item) => item.manifest_path === manifest);
  if (here.length > 0) return here;
  const members = metadata.packages.filter((item) => metadata.workspace_default_members?.includes(item.id) !== false);
  if (members.length === 0) throw new GuardError('unreadable', 'the workspace has no package');
  return members;
}
