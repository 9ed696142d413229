import { environmentIn } from '../inventory/github-actions';
import type { Use } from '../inventory/use';
import { quoteWord } from '../../base/shell-quote';
import { askForKey, shell, type Code, type Step } from './plan';
import type { Remote, Situation } from './situation';
import { distinctSecrets, placeOf } from './keys';

/** The steps around the new key: making it, putting it where the old one was, trying it. */

export function newKeyStep(situation: Situation): Step {
  const crates = situation.crates.length > 0 ? situation.crates.join(', ') : 'the crates that this job publishes';
  return {
    title: 'Make a new key with the least rights, or none at all',
    why: 'A key that can do little and dies soon is a small loss when it leaks; Trusted Publishing needs no stored key.',
    notes: [
      'Open https://crates.io/settings/tokens/new. A name that says where it is used (one key for each service).',
      `Scopes: publish-update for new versions of existing crates; publish-new only where new crates are published; yank and change-owners only for people. Crates: ${crates}.`,
      'Expiry: 90 days or less, and a reminder in the calendar; crates.io mails three days before.',
      'Where the CI is GitHub Actions or GitLab, see "Prevention": Trusted Publishing replaces the stored key.',
    ],
    code: [],
  };
}

/** One step for each place that names a secret, with what to do there. */
export function serviceSteps({ uses, remote, unreadByInventory }: Situation): readonly Step[] {
  const places = uses.filter((use) => use.secretName !== null || use.service !== 'machine');
  const named = groupBy(places, (use) => `${use.service} ${use.secretName ?? ''}`);
  const steps = [...named.values()].map((group) => serviceStep(group, remote));
  const unread = unreadByInventory.map(({ path, reason }) => `${path}: ${reason}`);
  if (steps.length > 0 && unread.length === 0) return steps;
  return [
    ...steps,
    {
      title: steps.length === 0 ? 'Find where the key is used' : 'Look by hand at what could not be read',
      why: 'A place that is forgotten fails at the next release, or tempts somebody to bring the old key back.',
      notes:
        steps.length === 0
          ? [
              'Nothing in this repository uses a key. Look at other repositories, servers, and the machines of people who publish.',
              ...unread,
            ]
          : unread,
      code: [shell('cratesguard leak inventory')],
    },
  ];
}

function serviceStep(group: readonly Use[], remote: Remote | null): Step {
  const [first] = group;
  const service = first?.service ?? '';
  const name = first?.secretName ?? null;
  const environments = [...new Set(group.map(({ context }) => environmentIn(context ?? '')))];
  const { notes, code } =
    service === 'github-actions' ? githubAdvice({ name, remote, environments }) : adviceFor(service, name, remote);
  return {
    title: name === null ? `${service}: see where its key comes from` : `${service}: replace ${name}`,
    why: 'It stops working when the old key goes.',
    notes: [
      ...group.map(
        ({ path, line, command, context }) =>
          `${path}:${line}${command === null ? '' : `, ${command}`}${context === null ? '' : ` (${context})`}`,
      ),
      ...notes,
    ],
    code,
  };
}

interface Advice {
  readonly notes: readonly string[];
  readonly code: readonly Code[];
}

function adviceFor(service: string, name: string | null, remote: Remote | null): Advice {
  const web = remote?.web ?? null;
  switch (service) {
    case 'gitlab-ci':
      return {
        notes: [
          `${web === null ? 'The project’s settings' : `${web}/-/settings/ci_cd`}: CI/CD, Variables. Masked, protected, hidden.`,
        ],
        code: [],
      };
    case 'circleci':
      return { notes: ['Project Settings, Environment Variables; or Organization Settings, Contexts.'], code: [] };
    case 'travis-ci':
      return {
        notes: [
          'Repository, More options, Settings, Environment Variables.',
          'Where .travis.yml holds it as a "secure" entry instead: delete that entry, and the command adds a new one. It asks for the value without showing it.',
        ],
        code:
          name === null
            ? []
            : [
                shell(
                  `bash -ec '${askForKey('New key')}; printf "%s=%s" "$1" "$key" | travis encrypt --add env.global' - ${quoteWord(name)}`,
                ),
              ],
      };
    case 'jenkins':
      return {
        notes: ['Manage Jenkins, Credentials: update the secret text under this id; the pipelines stay as they are.'],
        code: [],
      };
    case 'bitbucket-pipelines':
      return { notes: ['Repository settings, Repository variables, or Deployments. Tick "Secured".'], code: [] };
    case 'azure-pipelines':
      return { notes: ['Pipelines, Library (variable groups), or Edit, Variables. Set the lock.'], code: [] };
    case 'drone':
    case 'woodpecker':
      return { notes: ['Repository settings, Secrets. Do not expose it to pull requests.'], code: [] };
    case 'kubernetes':
      return {
        notes: [
          'A Secret is only encoded, not encrypted: whoever reads the namespace reads the key.',
          'The command asks for the name inside the Secret (the "key" of its secretKeyRef), then for the value, without showing it, and leaves the Secret’s other names as they are. Mind the namespace: it uses the one that kubectl is set to.',
        ],
        code:
          name === null
            ? []
            : [
                shell(
                  `bash -ec 'read -rp "Name inside the Secret: " name; ${askForKey('New key')}; printf %s "$key" | kubectl create secret generic "$1" --from-file="$name"=/dev/stdin --dry-run=client -o yaml | kubectl apply --server-side --force-conflicts --field-manager=key-rotation -f -' - ${quoteWord(name)}`,
                ),
              ],
      };
    case 'docker':
    case 'docker-compose':
      return {
        notes: [
          'An ARG or ENV stays in the image’s history: use a build secret (RUN --mount=type=secret), and treat images that were built with the old way as leaks of their own.',
        ],
        code: [shell(`bash -ec 'read -rp "Image: " image; docker save "$image" | cratesguard scan --image -'`)],
      };
    case 'terraform':
      return {
        notes: [
          'The state holds the value in the clear: replace it in the variable’s source, apply, and keep the state out of git.',
        ],
        code: [],
      };
    case 'machine':
      return {
        notes: [
          'This machine keeps or sets the key in the clear. Log in anew with the new key, or better with a credential provider.',
          'cargo login shows what is pasted into it, so the command asks in its place, and hands it on.',
        ],
        code: [shell(`bash -ec '${askForKey('New key')}; printf "%s\\n" "$key" | cargo login'`)],
      };
    case 'cargo-config':
      return {
        notes: [
          'A key in a configuration file is one commit from leaking: take it out, and use a credential provider or the environment.',
        ],
        code: [],
      };
    default:
      return {
        notes: ['It reads its environment or Cargo’s credentials: set the new key where this is started from.'],
        code: [],
      };
  }
}

interface GithubSecret {
  readonly name: string | null;
  readonly remote: Remote | null;
  /** Null among them stands for a job without one. */
  readonly environments: readonly (string | null)[];
}

/** An environment's secret wins over the repository's of the same name: only one of them is in use. */
function githubAdvice({ name, remote, environments }: GithubSecret): Advice {
  const web = remote?.host === 'github' ? remote.web : null;
  const page =
    web === null
      ? 'The repository’s settings: Secrets and variables, Actions'
      : `${web}/settings/secrets/actions: Secrets and variables, Actions`;
  const repo = web === null ? '' : ` --repo ${web.replace('https://', '').replace(/^github\.com\//, '')}`;
  const named = environments.filter((environment) => environment !== null);
  const option = (environment: string | null): string =>
    environment === null ? '' : ` --env ${quoteWord(environment)}`;
  return {
    notes: [
      `${page}; an environment’s secret is under Environments, an organisation’s in its own settings.`,
      ...(name === null
        ? []
        : ['gh asks for the value and does not show it. It sets it at the place that the command names.']),
      ...(name === null
        ? []
        : named.map(
            (environment) =>
              `A secret of the environment ${environment} wins over the repository’s. Where the list does not have ${name}, it is the repository’s: leave --env out.`,
          )),
    ],
    code:
      name === null
        ? []
        : environments.flatMap((environment) => [
            ...(environment === null ? [] : [shell(`gh secret list${repo}${option(environment)}`)]),
            // The name last: what follows one of Cargo's own names may be its value, and is masked where it leaves.
            shell(`gh secret set${repo}${option(environment)} ${quoteWord(name)}`),
          ]),
  };
}

export function testNewKeyStep({ uses, exposure }: Situation): Step {
  const jobs = [...new Set(uses.filter(({ service }) => service !== 'machine').map(({ path }) => path))];
  const isOldAlive = exposure === 'private';
  return {
    title: isOldAlive ? 'Try the new key before the old one goes' : 'Try the new key before the next release needs it',
    why: isOldAlive
      ? 'With both alive, a mistake costs nothing; afterwards it costs a release.'
      : 'The old key is gone: a place that was forgotten shows now, or in the middle of a release.',
    notes: [
      'Pipe in the new key, or paste it when asked: it must say ALIVE (exit status 1, which is the good news here; its "Revoke it now" is meant for leaked keys, not for this one). It overwrites "last used" of the new key only.',
      'ALIVE does not say that its scopes are enough: the next real release does. Until then keep the way to make another key open.',
      jobs.length === 0
        ? 'Start every job that publishes, up to the point where it would publish.'
        : `Run, up to the point where they publish: ${jobs.join(', ')}.`,
      ...(isOldAlive
        ? [
            'Then look at "Last used" of the old key once more: a time after you have replaced it everywhere is a place that you have missed, or a stranger.',
          ]
        : []),
    ],
    code: [shell('cratesguard leak verify')],
  };
}

export function whereStep(situation: Situation): Step {
  const findings = situation.findings ?? [];
  const secrets = distinctSecrets(findings);
  return {
    title: 'Know what leaked, and where it still is',
    why: 'The earliest of these days is the one from which on somebody else may have had the key.',
    notes: findings.map((finding) => {
      const refs =
        finding.refs.length === 0
          ? ''
          : `; still reachable from ${finding.refs.slice(0, 5).join(', ')}${finding.refs.length > 5 ? ` and ${finding.refs.length - 5} more` : ''}`;
      const id = finding.fingerprint === null ? '' : `, ${finding.fingerprint.slice(0, 19)}…`;
      return `${finding.rule}${id}: ${placeOf(finding)}${refs}`;
    }),
    code: secrets.length === 0 ? [shell('cratesguard scan --history')] : [],
  };
}

function groupBy(uses: readonly Use[], keyOf: (use: Use) => string): ReadonlyMap<string, readonly Use[]> {
  const groups = new Map<string, Use[]>();
  for (const use of uses) groups.set(keyOf(use), [...(groups.get(keyOf(use)) ?? []), use]);
  return groups;
}
