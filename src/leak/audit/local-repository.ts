import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { isRecord } from '../../base/json';
import { nearestManifest, runCargo } from '../../git/cargo';
import { remotes, tags, trackedFiles, workTree } from '../git-facts';
import type { LocalRepository } from './anomalies';

/** What the repository around `cwd` knows of crates: nothing, outside of one. */
export async function lookAround(cwd: string): Promise<Omit<LocalRepository, 'checksums'>> {
  const top = await workTree(cwd);
  if (top === null) return { crates: new Set(), tags: new Set(), repositories: new Set() };
  const manifests = (await trackedFiles(top)).filter(
    (path) => /^(.*\/)?Cargo\.toml$/.test(path) && !FOREIGN.test(path),
  );
  const names = await Promise.all(manifests.map((path) => publishedName(join(top, path))));
  const repositories = (await remotes(top)).map(({ url }) => repositoryKey(url));
  return {
    crates: new Set(names.filter((name) => name !== null)),
    tags: new Set(await tags(top)),
    repositories: new Set(repositories.filter((key) => key !== null)),
  };
}

/** Fixtures and copies of dependencies. */
const FOREIGN = /(^|\/)(tests?|fixtures?|testdata|vendor|third[-_]party|node_modules)\//;

/** `provider owner/name`, in lower case, of a remote's address; provider `*` for a host that does not tell. */
export function repositoryKey(url: string): string | null {
  const [, host = '', path = ''] =
    /^(?:[a-z+]+:\/\/)?(?:[^@/]*@)?([^/:]+)(?::\d+(?=\/))?[:/]+(.+?)(?:\.git)?\/*$/i.exec(url) ?? [];
  if (!path.includes('/')) return null;
  const provider = /(^|\.)(github|gitlab)\.com$/i.exec(host)?.[2] ?? '*';
  return `${provider} ${path}`.toLowerCase();
}

/** The package's name; null for a virtual workspace, a crate that is never published, or a manifest that cannot be read (cargo says so better). */
async function publishedName(manifest: string): Promise<string | null> {
  try {
    const { package: section } = parse(await readFile(manifest, 'utf8'));
    if (!isRecord(section) || typeof section['name'] !== 'string') return null;
    const { publish } = section;
    return publish === false || (Array.isArray(publish) && !publish.includes('crates-io')) ? null : section['name'];
  } catch {
    // A broken manifest is no reason to stop an audit.
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
