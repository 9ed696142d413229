import type { DatedFinding } from './situation';
import { quoteWord } from '../../base/shell-quote';

/** How a command gets at the key without anybody writing it down. */
export interface KeySource {
  /** A pipe that prints the key and nothing else, to be put in front of ` | command`; null where there is none. */
  readonly pipe: string | null;
  /** `--at PATH:LINE`, where the key lies in a file of the work tree; null elsewhere. */
  readonly at: string | null;
}

const SHAPES: Readonly<Partial<Record<DatedFinding['rule'], string>>> = {
  'crates-io-api-token': 'cio[A-Za-z0-9]{32}',
  'crates-io-trustpub-token': 'cio_tp_[A-Za-z0-9]{32}',
};

/** Only a key that stands in plain text under a name that is shown as it is can be taken from its place. */
export function keySource(finding: DatedFinding): KeySource {
  const { path, line, commit, rule, where, encoding, alone } = finding;
  const shape = SHAPES[rule];
  if (shape === undefined || encoding !== 'plain' || !alone) return { pipe: null, at: null };
  const grep = `grep -aoE '${shape}' | head -n 1`;
  if (where === 'commit-message' && commit !== null)
    return { pipe: `git show --no-patch --format=raw ${commit} | ${grep}`, at: null };
  if (where !== 'file' || path === null || !isPlainName(path)) return { pipe: null, at: null };
  if (commit === null)
    return { pipe: `sed -n ${line}p ${quoteWord(path)} | ${grep}`, at: quoteWord(`${path}:${line}`) };
  return { pipe: `git show ${quoteWord(`${commit}:${path}`)} | sed -n ${line}p | ${grep}`, at: null };
}

/** A masked or escaped name is not the file's own. */
function isPlainName(path: string): boolean {
  return !/[*\\\p{Cc}]/u.test(path);
}

/** The command with its key piped in, or with `--at`, or alone: it then asks for the key without showing it. */
export function withKey(command: string, source: KeySource): string {
  if (source.at !== null) return `${command} --at ${source.at}`;
  return source.pipe === null ? command : `${source.pipe} | ${command}`;
}
