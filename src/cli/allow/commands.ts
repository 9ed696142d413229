import type { AllowWorld } from './allow';
import type { CommandEntry } from '../command';

/**
 * The commands about what may be let through.
 *
 * @param loadWorld what `allow` needs to know of the repository, loaded when it runs
 */
export function policyCommands(loadWorld: () => Promise<AllowWorld>) {
  return {
    allow: {
      summary: 'allow known findings, or check the allowlist',
      details: `Adds an entry to the allowlist of the configuration file for each fingerprint, or writes a first
.cratesguardrc. A finding shows its fingerprint; a key itself never belongs on a command line.

An entry with --expires no longer allows from that day on. With --path it allows only there.

--from takes the fingerprints from a JSON report, so that a team with old, revoked findings can start
today. What is too short for a fingerprint is named, and the exit status is then 1.

--check lists the entries that have expired and those that nothing in the work tree, the index or
the history needs; --prune removes them.

Exit status of --check: 0 every entry is needed, 1 there are such entries.

Examples
  cratesguard allow sha256:… --reason 'revoked on 2026-01-05'
  cratesguard allow sha256:… --reason 'made up' --path 'tests/fixtures/**'
  cratesguard scan --history --format json -o report.json
  cratesguard allow --from report.json --reason 'all revoked on 2026-01-05' --expires 2027-01-01
  cratesguard allow --check`,
      options: [
        { name: 'reason', value: 'TEXT', summary: 'why it is allowed; required' },
        { name: 'expires', value: 'DATE', summary: 'expiry date (UTC), for example 2027-01-31' },
        { name: 'path', value: 'GLOB', repeatable: true, summary: 'allow only in these paths; can be repeated' },
        {
          name: 'from',
          value: 'REPORT',
          completes: 'file',
          summary: 'a baseline: allow every finding that blocks in this JSON report',
        },
        { name: 'check', summary: 'list stale and expired entries' },
        { name: 'prune', summary: 'remove stale and expired entries' },
      ],
      args: [
        {
          name: 'FINGERPRINT',
          required: false,
          variadic: true,
          summary: 'sha256: and 64 hex digits, as a finding shows it',
        },
      ],
      load: async () => {
        const [{ createAllow }, world] = await Promise.all([import('./allow'), loadWorld()]);
        return createAllow(world);
      },
    },
  } satisfies Record<string, CommandEntry>;
}
