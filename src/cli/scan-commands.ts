import { formatNames } from '../report/formats';
import type { CommandEntry, OptionSpec } from './command';

const sources: readonly OptionSpec[] = [
  { name: 'staged', summary: 'what the index adds over HEAD: the next commit' },
  {
    name: 'range',
    value: 'A..B',
    completes: 'revision',
    summary: 'what each commit of the range adds, and the commits themselves',
  },
  { name: 'history', summary: 'everything reachable from any ref: files, commits, tags, stash, notes' },
  { name: 'since', value: 'DATE', summary: 'with --history: only commits of this day (UTC) and later' },
  { name: 'jobs', value: 'N', summary: 'with --history: how many processes read at once' },
];

const policy: readonly OptionSpec[] = [
  { name: 'config', value: 'FILE', completes: 'file', summary: 'this configuration file instead of the one found' },
  {
    name: 'config-from',
    value: 'REV',
    completes: 'revision',
    summary: 'the configuration as that revision has it: judge a pull request by its target branch',
  },
  { name: 'exclude', value: 'GLOB', repeatable: true, summary: 'skip these paths; may be given again' },
];

const output: readonly OptionSpec[] = [
  { name: 'format', value: 'FORMAT', choices: formatNames, summary: 'how to report (text)' },
  { name: 'output', short: 'o', value: 'FILE', completes: 'file', summary: 'write the report there, not to stdout' },
];

export const scanCommands = {
  scan: {
    summary: 'scan staged changes, commits or a whole history',
    details: `Scans one source and reports what it finds. Exactly one source has to be named.

Examples
  before a commit, by hand
    cratesguard --staged
  a branch, commit by commit
    cratesguard scan --range main..HEAD
  a pull request, judged by the rules of its target
    cratesguard scan --range main..HEAD --config-from main --format sarif
  everything that was ever committed
    cratesguard scan --history --format html -o report.html`,
    options: [...sources, ...policy, ...output],
    args: [],
    mayNameSecrets: true,
    load: async () => (await import('./scan')).runScan,
  },
  hook: {
    summary: 'what the installed git hooks call',
    details: 'Runs as git runs the hook NAME: with its arguments, its environment and its standard input.',
    options: [],
    args: [
      { name: 'NAME', required: true, summary: 'pre-commit, pre-merge-commit, commit-msg, pre-push or pre-receive' },
      { name: 'ARG', required: false, variadic: true, summary: 'what git hands to the hook' },
    ],
    hidden: true,
    mayNameSecrets: true,
    load: async () => (await import('./hook')).runHook,
  },
} satisfies Record<string, CommandEntry>;
