import type { Step } from './plan';

/** What a tired person may not remember about keys, for the end of the plan. */
export const BACKGROUND: readonly Step[] = [
  {
    title: 'What a key is',
    why: 'A crates.io key is a password for programs: whoever holds it is its owner, from any place, without a second factor.',
    notes: [
      'An API key is "cio" and 32 letters and digits. crates.io stores only its SHA-256, so nobody can look it up again.',
      'A Trusted Publishing key is "cio_tp_" and 32 characters; a CI job gets it for 30 minutes and for certain crates.',
    ],
    code: [],
  },
  {
    title: 'How one is made with the least rights',
    why: 'https://crates.io/settings/tokens/new asks for exactly what limits the damage.',
    notes: [
      'A name for its one place, the fewest scopes, the crates by name, an expiry. It is shown once: put it straight into the store that will keep it.',
    ],
    code: [],
  },
  {
    title: 'What a thief can do with it',
    why: 'Everything that its scopes allow, for every crate that they name; a key without scopes allows all of this.',
    notes: [
      'Publish a version that runs code on every machine that builds it (build scripts, procedural macros): this is what keys are stolen for.',
      'Yank good versions, add owners and so stay, publish new crates in your name.',
      'It cannot delete crates, make other keys, or sign in: those need the website.',
    ],
    code: [],
  },
  {
    title: 'How keys leak',
    why: 'Almost never by a break-in.',
    notes: [
      'A commit: .env, .cargo/credentials.toml, a test, a script, a configuration file. A published package, which takes dot files along. A container image, where a deleted file stays in its layer.',
      'A log: set -x, a verbose tool, an uploaded artifact. A command line: shell history, process lists. A screenshot, a chat, an issue.',
      'A pull request whose job gets secrets; a dependency or an action that reads the environment.',
    ],
    code: [],
  },
];
