import { distinctSecrets, sinceOf } from './keys';
import { keySource } from './key-source';
import { quoteWord } from '../../base/shell-quote';
import { askForKey, shell, type Code, type Step } from './plan';
import type { Situation } from './situation';

/** The steps after the key is dead: strangers' versions, users, history, GitHub. */

export function yankStep(situation: Situation): Step {
  const crate = situation.crates[0] ?? 'CRATE';
  const pages = situation.crates.length > 0 ? situation.crates : ['CRATE'];
  return {
    title: 'Yank every version that is not yours',
    why: 'No new build will choose it.',
    notes: [
      'Nothing in the list that is not yours: go on, the commands are not for you.',
      `Signed in, the website does it without a key: ${pages.map((name) => `https://crates.io/crates/${name}/versions`).join(', ')} (Yank), and "Settings" there (Owners).`,
      'The commands need a key of their own, for the old one is dead: make it at https://crates.io/settings/tokens/new with the scopes yank and change-owners and 7 days to live, and revoke it when you are through. They ask for it without showing it, and keep it nowhere; run each again for the next version, the next stranger.',
      'Yanking deletes nothing: a lock file that names the version still downloads it, and the file stays public. It does not undo what the version has done on a machine that built it.',
      'Write to help@crates.io with crate, version and times: only they can delete a version. Take the strangers out of the owners.',
      'Publish a good version with a higher number, so that those who update get away from it.',
    ],
    code: [
      withTypedKey(`read -rp "Crate and version, as in ${crate}@1.2.3: " version`, 'cargo yank "$version"'),
      withTypedKey(
        'read -rp "Crate: " crate; read -rp "Owner to take out: " owner',
        'cargo owner --remove "$owner" "$crate"',
      ),
    ],
  };
}

/** Cargo takes the key from the environment, whichever credential provider is configured, and writes it nowhere. */
function withTypedKey(questions: string, command: string): Code {
  const ask = askForKey('Key', 'CARGO_REGISTRY_TOKEN');
  const given = 'export CARGO_REGISTRY_CREDENTIAL_PROVIDER=cargo:token CARGO_REGISTRY_TOKEN';
  return shell(`bash -ec '${ask}; ${questions}; ${given}; ${command}'`);
}

export function tellStep(situation: Situation): Step {
  const { remote } = situation;
  return {
    title: 'Tell those who use the crate, where a stranger published',
    why: 'Only they can find out what ran on their machines; the sooner, the less has been stolen from them.',
    notes: [
      'Say: which versions, from when to when (UTC), what they do, how to recognise them (checksum), what to do (update, look at build machines, change the keys that were on them). Do not wait until everything is known.',
      remote?.host === 'github' && remote.web !== null
        ? `A security advisory: ${remote.web}/security/advisories/new`
        : 'A security advisory at the place where the repository lives.',
      'An entry in https://github.com/rustsec/advisory-db makes cargo audit and cargo deny warn.',
      'Nobody else published: an entry in the changelog that the key was revoked on that day is enough.',
    ],
    code: [],
  };
}

/** Only where a commit holds a secret; without a report, in general. */
export function historySteps(situation: Situation): readonly Step[] {
  const findings = situation.findings === null ? null : situation.findings.filter(({ commit }) => commit !== null);
  if (findings?.length === 0) return [];
  const url = situation.remote === null ? 'REPOSITORY_URL' : quoteWord(situation.remote.url);
  return [
    {
      title: 'Decide whether to rewrite history at all',
      why: 'It does not replace revoking: whoever has cloned or forked the repository has the key for ever, and a dead key does no harm.',
      notes: [
        'For it: no alarm from every scanner that comes by, no doubt in a year. Against it: every commit id after the leak changes, signatures break, open pull requests and clones must start over.',
        'If you leave it: allow the dead key with a reason, so that new findings stand out: cratesguard allow FINGERPRINT --reason "revoked on …".',
      ],
      code: [],
    },
    {
      title: 'Take a copy, with everything in it',
      why: 'A rewrite cannot be taken back, and git filter-repo wants a fresh clone.',
      notes: [
        'Ask the others to push what they have, and to stop pushing until you are done. The commands of this section work on a copy beside this repository, and leave you where you are: at the top of this one.',
      ],
      code: [
        shell(`git clone --mirror --no-local ${url} ../history-backup.git`),
        shell(`git clone --mirror --no-local ${url} ../history-clean.git`),
      ],
    },
    {
      title: 'Write the replacement file, without the key in any command',
      why: 'git filter-repo reads what to replace from a file; this plan and your shell history hold no key.',
      notes: [
        'Each line of the file is one key; git filter-repo puts ***REMOVED*** in its place. Nobody else can read the file (umask 077).',
        'Where a command asks for the key: paste it and press Enter, it is not shown. Run it once for each key; where one stands encoded (base64, hex), paste it as it stands there.',
      ],
      code: replacementCode(situation),
    },
    {
      title: 'Rewrite, and scan the result',
      why: 'The scan must find nothing; it looks at every object, messages and tags included.',
      notes: [
        'git filter-repo is a program of its own: https://github.com/newren/git-filter-repo (pip install git-filter-repo).',
        'Where the scan finds something: stop, add what it names to the replacement file as in the step before, and rewrite again (with --force).',
      ],
      code: [
        shell(
          '(cd ../history-clean.git && git filter-repo --replace-text ../replacements.txt --replace-message ../replacements.txt)',
        ),
        shell('(cd ../history-clean.git && cratesguard scan --history)'),
        shell('rm ../replacements.txt'),
      ],
    },
    {
      title: 'Push the new history',
      why: 'Only now the old commits leave the branches and tags that everybody sees.',
      notes: [
        'Lift the protection of branches and tags for this one push, and put it back.',
        'Delete old tags and branches on the server that are gone here.',
      ],
      // Not -C: the address may be a path, which is meant from here.
      code: [
        shell(
          `git --git-dir ../history-clean.git push --force ${url} 'refs/heads/*:refs/heads/*' 'refs/tags/*:refs/tags/*'`,
        ),
      ],
    },
    {
      title: 'Clones, forks and caches',
      why: 'A single old clone that is pushed from brings the key back.',
      notes: [
        'Everybody: clone anew, and you too: this clone holds the old history, so do not push from it. Go through "Prevention" in the new one. Who must keep a clone rebases onto the new history, and never merges the old one.',
        situation.remote?.host === 'github' || situation.remote === null
          ? 'GitHub keeps old commits reachable by their id, in forks and in pull requests: ask its support to remove cached views and to collect garbage. Forks belong to others: ask their owners.'
          : 'The server keeps old commits until it collects garbage, and shows them by their id: ask for it in its settings or of its support.',
        'Build caches, artifacts, container images, mirrors and published packages hold copies that no rewrite reaches.',
        'When a week has passed and nothing is missed, delete the copies: ../history-backup.git holds the key.',
      ],
      code: [],
    },
  ];
}

function replacementCode({ findings }: Situation): readonly Code[] {
  const secrets = distinctSecrets((findings ?? []).filter(({ commit }) => commit !== null));
  const pipes = secrets.map((finding) => keySource(finding).pipe);
  const commands = pipes.filter((pipe) => pipe !== null).map((pipe) => `(umask 077; ${pipe} >>../replacements.txt)`);
  const isTyped = pipes.length === 0 || pipes.includes(null);
  const typed = `bash -ec 'umask 077; ${askForKey('Key')}; printf "%s\\n" "$key" >>"$1"' - ../replacements.txt`;
  return [...commands, ...(isTyped ? [typed] : [])].map((command) => shell(command));
}

export function scanningStep(situation: Situation): Step {
  const isGithub = situation.remote === null || situation.remote.host === 'github';
  return {
    title: 'Know what GitHub’s secret scanning does, and what it does not',
    why: 'It may have revoked the key before you: a mail from crates.io says so.',
    notes: [
      ...(isGithub ? [] : ['This repository is not on GitHub, so nobody does this for you.']),
      'In a public repository GitHub tells crates.io about a key; crates.io revokes it and mails the key’s owner where it was found. A Trusted Publishing key is deleted, and the crates’ owners get the mail.',
      'In a private repository it does not. It never yanks a version, locks a crate or revokes another key, and what was published before it came stays.',
      'No mail proves nothing: revoke and check yourself.',
    ],
    code: [],
  };
}

/** What is known, for the head of the plan. */
export function sinceFact(situation: Situation): string {
  const since = sinceOf(situation);
  return since === null
    ? 'The day of the leak is not known from the findings.'
    : `Out since ${since} (UTC), the first commit that holds a key.`;
}
