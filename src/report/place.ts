/** Where a finding is, in the words of the formats. */
import type { CommitAuthor, Finding, Report } from '../scan/report';

/** Enough of an object id to name it in any repository there is, and what `git rev-parse --short` gives is a part of it. */
const SHORT_ID = 12;

export function shortId(id: string): string {
  return id.slice(0, SHORT_ID);
}

/** The commit that a finding names, whole; null for anything but a commit. */
export function commitOf({ provenance }: Finding): string | null {
  return provenance.kind === 'commit' ? provenance.commit : null;
}

/** Who wrote that commit, and when; null where the scan did not look. */
export function authorOf(finding: Finding, { commits }: Report): CommitAuthor | null {
  return commits?.[commitOf(finding) ?? '']?.author ?? null;
}

/** The ref that a finding names, masked. */
export function refOf({ provenance }: Finding): string | null {
  return 'ref' in provenance ? provenance.ref : null;
}

/** What carries a finding that has no path: `commit 1a2b3c4d5e6f`. */
export function carrierOf({ provenance }: Finding): string {
  switch (provenance.kind) {
    case 'index':
      return 'staged change';
    case 'message':
      return 'commit message';
    case 'commit':
      return `commit ${shortId(provenance.commit)}`;
    case 'tag':
      return `tag ${shortId(provenance.tag)}`;
    case 'ref':
      return `ref ${provenance.ref}`;
    case 'worktree':
      return 'work tree';
    case 'stdin':
      return 'standard input';
    case 'image':
      return provenance.layer === null ? 'image' : `layer ${shortId(provenance.layer.replace(/^sha256:/, ''))}`;
    case 'crate':
      return 'crate';
  }
}

/** The path, or what stands for it where a format needs one. */
export function pathOf(finding: Finding): string {
  return finding.path ?? carrierOf(finding);
}

/** `src/main.rs:3:15` */
export function placeOf(finding: Finding): string {
  return `${pathOf(finding)}:${finding.line}:${finding.column}`;
}
