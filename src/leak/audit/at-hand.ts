import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { isRecord } from '../../base/json';
import { nearestManifest, runCargo } from '../../git/cargo';
import { tags, trackedFiles, workTree } from '../git-facts';
import type { AtHand } from './unusual';

/** What the repository around `cwd` knows of crates: nothing, outside of one. */
export async function lookAround(cwd: string): Promise<Omit<AtHand, 'checksums'>> {
  const top = await workTree(cwd);
  if (top === null) return { crates: new Set(), tags: new Set() };
  const manifests = (await trackedFiles(top)).filter((path) => path === 'Cargo.toml' || path.endsWith('/Cargo.toml'));
  const names = await Promise.all(manifests.map((path) => packageName(join(top, path))));
  return { crates: new Set(names.filter((name) => name !== null)), tags: new Set(await tags(top)) };
}

/** The package's name; null for a virtual workspace or a manifest that is not there or not readable (cargo says so better). */
async function packageName(manifest: string): Promise<string | null> {
  try {
    const { package: section } = parse(await readFile(manifest, 'utf8'));
    return isRecord(section) && typeof section['name'] === 'string' ? section['name'] : null;
  } catch {
    // A test fixture with a broken manifest is no reason to stop an audit; its name is only used for a hint.
    return null;
  }
}

/**
 * Packs the crate at `cwd` as it lies there and gives the checksums, by `name version`.
 * @throws GuardError `missing-tool` without cargo, `unreadable` where cargo does not make a package (a dirty tree, say).
 */
export async function packageChecksums(cwd: string): Promise<ReadonlyMap<string, string>> {
  const target = await mkdtemp(join(tmpdir(), 'cratesguard-compare-'));
  try {
    // Without --no-verify cargo would build, and run, the crate.
    const manifest = nearestManifest(cwd);
    const root = (await workTree(cwd)) ?? cwd;
    await runCargo(['package', '--no-verify', '--quiet', '--target-dir', target], { manifest, root, env: process.env });
    const folder = join(target, 'package');
    const files = (await readdir(folder)).filter((name) => name.endsWith('.crate'));
    const entries = await Promise.all(
      files.map(async (file): Promise<[string, string]> => {
        const [, name = file, version = ''] = /^(.+?)-(\d+\.\d+\.\d+.*)\.crate$/.exec(file) ?? [];
        return [
          `${name} ${version}`,
          createHash('sha256')
            .update(await readFile(join(folder, file)))
            .digest('hex'),
        ];
      }),
    );
    return new Map(entries);
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}
