/**
 * Which address each remote had when its tracking refs were last looked at: `cratesguard/remotes` in git's common folder.
 * After `git remote set-url` they still tell of the old repository. A line `NAME HASH` has the address (hashed, because it
 * may hold a password); a line `!NAME REF OID` a tracking ref that is older than the address, and not to be believed until
 * it moves. The gate in hooks/pre-push reads it too.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askGit, readGit, type Git } from './run';

export const REMOTE_RECORD = 'remotes';

interface TrackingRef {
  readonly ref: string;
  readonly oid: string;
}

/** Where a remote is fetched from, rewritten by `insteadOf`; null where there is no such remote. */
export async function fetchAddress(git: Git, name: string): Promise<string | null> {
  const { stdout, exit } = await askGit(git, ['ls-remote', '--get-url', '--', name]);
  return exit.status === 0 ? stdout.toString('utf8').replace(/\r?\n$/, '') : null;
}

/** Those of the remote's tracking refs that were set since it has this address, which is written down. */
export async function seenAtAddress<Ref extends TrackingRef>(
  git: Git,
  { name, url }: { readonly name: string; readonly url: string },
  tracking: readonly Ref[],
): Promise<Ref[]> {
  const [file, address] = await Promise.all([recordFile(git), hashed(git, url)]);
  const record = readRecord(file);
  const known = record.includes(`${name} ${address}`);
  const lineOf = ({ ref, oid }: Ref) => `!${name} ${ref} ${oid}`;
  const stale = tracking.filter((one) => !known || record.includes(lineOf(one)));
  const others = record.filter((line) => !line.startsWith(`${name} `) && !line.startsWith(`!${name} `));
  writeRecord(file, record, [...others, `${name} ${address}`, ...stale.map(lineOf)]);
  return tracking.filter((one) => !stale.includes(one));
}

/** At installation the tracking refs of a remote that was not seen before are taken as they are. */
export async function recordRemotes(git: Git): Promise<void> {
  const file = await recordFile(git);
  const record = readRecord(file);
  const names = (await readGit(git, ['remote'])).toString('latin1').split('\n');
  const added: string[] = [];
  for (const name of names) {
    if (name === '' || record.some((line) => line.startsWith(`${name} `))) continue;
    const address = await fetchAddress(git, name);
    if (address !== null) added.push(`${name} ${await hashed(git, address)}`);
  }
  writeRecord(file, record, [...record, ...added]);
}

async function recordFile(git: Git): Promise<string> {
  const output = await readGit(git, ['rev-parse', '--path-format=absolute', '--git-common-dir']);
  return join(output.toString('utf8').replace(/\r?\n$/, ''), 'cratesguard', REMOTE_RECORD);
}

async function hashed(git: Git, address: string): Promise<string> {
  return (await readGit(git, ['hash-object', '--stdin'], address)).toString('latin1').trim();
}

function readRecord(file: string): string[] {
  try {
    return readFileSync(file, 'latin1')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return []; // without it nothing is believed
  }
}

function writeRecord(file: string, before: readonly string[], after: readonly string[]): void {
  if (before.join('\n') === after.join('\n')) return;
  const beside = `${file}.${process.pid}`;
  try {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(beside, after.map((line) => `${line}\n`).join(''), 'latin1');
    renameSync(beside, file);
  } catch {
    // The next push then judges more.
  }
}
