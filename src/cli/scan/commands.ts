import { formatNames } from '../../report/formats';
import type { CommandEntry, OptionSpec } from '../command';

const sources: readonly OptionSpec[] = [
  { name: 'staged', summary: 'what the index adds over HEAD: the next commit' },
  { name: 'ci', summary: 'the changes of this CI run: its push, pull request, tag or merge queue' },
  { name: 'fetch', summary: 'with --ci: fetch what a shallow clone lacks from origin' },
  { name: 'dry-run', summary: 'with --ci: print what would be scanned, and stop' },
  {
    name: 'range',
    value: 'A..B',
    completes: 'revision',
    summary: 'what each commit of the range adds, and the commits themselves',
  },
  { name: 'history', summary: 'everything reachable from any ref: files, commits, tags, stashes, notes' },
  { name: 'since', value: 'DATE', summary: 'with --history: only commits of this day (UTC) and later' },
  { name: 'jobs', value: 'N', summary: 'with --history: how many processes read at once (default: 1)' },
  {
    name: 'allow-shallow',
    summary: 'with --ci, --range or --history: accept the visible part of a shallow clone as the whole',
  },
  { name: 'stdin', summary: 'standard input' },
  { name: 'stdin-name', value: 'NAME', summary: 'with --stdin: the file name to report and to apply rules for' },
  {
    name: 'image',
    value: 'FILE',
    completes: 'file',
    summary: 'a container image as a tar (`docker save`, OCI layout); - for standard input',
  },
  { name: 'crate', value: 'FILE', completes: 'file', summary: 'a .crate archive' },
  { name: 'package', summary: 'what `cargo package` would ship from here' },
  { name: 'manifest-path', value: 'FILE', completes: 'file', summary: 'with --package: the Cargo.toml' },
  {
    name: 'package-name',
    short: 'p',
    value: 'NAME',
    repeatable: true,
    summary: 'with --package: a package of the workspace; can be repeated',
  },
];

const policy: readonly OptionSpec[] = [
  { name: 'config', value: 'FILE', completes: 'file', summary: 'use this configuration file instead of the one found' },
  {
    name: 'config-from',
    value: 'REV',
    completes: 'revision',
    summary: 'use the configuration of that revision: judge a pull request by its target branch',
  },
  { name: 'exclude', value: 'GLOB', repeatable: true, summary: 'skip these paths; can be repeated' },
];

const output: readonly OptionSpec[] = [
  { name: 'format', value: 'FORMAT', choices: formatNames, summary: 'how to report (default: text)' },
  { name: 'output', short: 'o', value: 'FILE', completes: 'file', summary: 'write the report there, not to stdout' },
  {
    name: 'report',
    value: 'FORMAT=FILE',
    repeatable: true,
    summary: 'write one more report to a file, as in sarif=cratesguard.sarif; may be given again',
  },
];

export const scanCommands = {
  scan: {
    summary: 'scan staged changes, commits, files, images or crates',
    details: `Scans one source and reports what it finds. Exactly one source has to be named.

Examples
  before a commit, by hand
    cratesguard --staged
  a branch, commit by commit
    cratesguard scan --range main..HEAD
  a pull request, judged by the rules of its target
    cratesguard scan --range main..HEAD --config-from main --format sarif
  in CI: what this run brings in, whichever event it is
    cratesguard scan --ci
  everything that was ever committed
    cratesguard scan --history --format html -o report.html
  a folder as it lies on disk, ignored files too
    cratesguard scan .
  a container image
    docker save app:1 | cratesguard scan --image -
  what is about to be published
    cratesguard scan --package && cargo publish`,
    options: [...sources, ...policy, ...output],
    args: [
      {
        name: 'PATH',
        required: false,
        variadic: true,
        completes: 'file',
        summary: 'files and folders on disk, ignored ones too',
      },
    ],
    mayNameSecrets: true,
    load: async () => (await import('./scan')).runScan,
  },
  hook: {
    summary: 'what the installed hooks call',
    details:
      'Runs as git runs the hook NAME: with its arguments, its environment and its standard input. ' +
      "'hook agent NAME [EVENT]' judges the event of an AI coding agent (claude, codex, gemini, copilot or cursor).",
    options: [],
    args: [
      {
        name: 'NAME',
        required: true,
        summary: 'pre-commit, pre-merge-commit, commit-msg, pre-push, pre-receive or agent',
      },
      { name: 'ARG', required: false, variadic: true, summary: 'what git or the agent hands to the hook' },
    ],
    hidden: true,
    mayNameSecrets: true,
    load: async () => (await import('../hooks/hook')).runHook,
  },
} satisfies Record<string, CommandEntry>;
