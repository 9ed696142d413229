import type { CommandEntry, OptionSpec } from '../command';

const API: OptionSpec = { name: 'api', value: 'URL', summary: 'ask this address instead of https://crates.io' };
const AT: OptionSpec = {
  name: 'at',
  value: 'PATH:LINE',
  summary: 'take the key from this line of a file instead of standard input',
};
const YES: OptionSpec = { name: 'yes', short: 'y', summary: 'send without asking first' };
const FORMAT: OptionSpec = {
  name: 'format',
  value: 'FORMAT',
  choices: ['text', 'json'],
  summary: 'how to print the answer (default: text)',
};

const KEY_ON_STDIN =
  'The key comes on standard input (one, never as an argument), from --at, or is typed at the terminal unseen.';

/** What to do after a leak. */
export const leakCommands: Record<string, CommandEntry> = {
  'leak verify': {
    summary: 'ask crates.io whether a leaked key still works',
    details: `${KEY_ON_STDIN}

The check overwrites the key's "last used" time at crates.io: note it first at https://crates.io/settings/tokens.

Exit status: 0 the key is dead, 1 it is alive or its account is locked, 3 it is not known.`,
    options: [AT, API, YES, FORMAT],
    args: [],
    load: async () => (await import('./verify-revoke')).runLeakVerify,
  },
  'leak revoke': {
    summary: 'revoke a leaked key at crates.io',
    details: `${KEY_ON_STDIN}

A key with scopes cannot revoke itself: the answer is then that it is still alive, and how to revoke it on the website.

Exit status: 0 revoked or dead already, 1 still alive, 3 it is not known.`,
    options: [AT, API, YES, FORMAT],
    args: [],
    load: async () => (await import('./verify-revoke')).runLeakRevoke,
  },
  'leak audit': {
    summary: 'list what was published, yanked and unyanked while a key was exposed',
    details: `Reads the public API of crates.io, at most one request a second; no key is needed or sent.

--user reads the crates that the user owns today, those of the teams that co-own them, and those of this folder; --crate adds more. What looks unusual comes first: a publish from another repository, by somebody else, a crate that the user has lost. What only a logged-in owner can see is listed with its page.

Exit status: 0 nothing happened in that time and nothing is unusual, 1 something did, 3 not all could be read.`,
    options: [
      {
        name: 'user',
        value: 'LOGIN',
        repeatable: true,
        summary: 'every crate of this crates.io user; can be repeated',
      },
      { name: 'crate', value: 'NAME', repeatable: true, summary: 'crate to audit; can be repeated' },
      { name: 'since', value: 'WHEN', summary: 'first day or instant, in UTC (2026-03-01, 2026-03-01T12:30:00Z)' },
      { name: 'until', value: 'WHEN', summary: 'last day or instant, in UTC (default: no end)' },
      {
        name: 'repository',
        value: 'OWNER/NAME',
        summary: 'where the crates here are published from (default: the remotes)',
      },
      { name: 'compare', summary: 'hold the published checksum against the package that cargo makes here' },
      API,
      FORMAT,
    ],
    args: [],
    load: async () => (await import('./audit')).runLeakAudit,
  },
  'leak inventory': {
    summary: 'list everything that uses the key and will stop working',
    details: `Reads CI files, Dockerfiles, scripts, Makefiles, release tools and Cargo's configuration in PATH, and where this machine keeps a key in the clear. Runs nothing and prints no key.

Exit status: 0, or 3 where a file could not be read.`,
    options: [FORMAT],
    args: [
      {
        name: 'PATH',
        required: false,
        completes: 'directory',
        summary: 'the folder to look through (default: the whole work tree)',
      },
    ],
    load: async () => (await import('./inventory')).runLeakInventory,
  },
  'leak plan': {
    summary: 'write a run book for a leak, with the places, commands and dates of this repository',
    details: `Makes it from a JSON report (cratesguard scan --history --format json --output report.json), the inventory, and git; without a report, the general run book. It holds no key.

A public key is revoked before anything else; a private one (--exposure private) is replaced first. Without --exposure it is treated as public.`,
    options: [
      { name: 'report', value: 'FILE', completes: 'file', summary: 'a JSON report of cratesguard' },
      {
        name: 'exposure',
        value: 'WHERE',
        choices: ['public', 'private'],
        summary: 'who could see the key (default: public)',
      },
      { name: 'format', value: 'FORMAT', choices: ['md', 'json', 'html'], summary: 'how to write it (default: md)' },
    ],
    args: [],
    load: async () => (await import('./plan')).runLeakPlan,
  },
};
