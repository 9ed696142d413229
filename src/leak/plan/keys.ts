import { SETTINGS_PAGE } from '../../crates-io/keys';
import type { RuleId } from '../../rules/rule';
import { keySource, withKey, type KeySource } from './key-source';
import { shell, type Code, type Step } from './plan';
import { dayOf, firstLeak, type DatedFinding, type Situation } from './situation';

/** The steps around the leaked keys themselves: evidence, revoking, checking, auditing. */

/** One finding for each secret: the earliest place of it. */
export function distinctSecrets(findings: readonly DatedFinding[]): readonly DatedFinding[] {
  const first = new Map<string, DatedFinding>();
  for (const [index, finding] of findings.entries()) {
    const id = finding.fingerprint ?? `${finding.rule} ${index}`;
    const known = first.get(id);
    if (known === undefined || (finding.time ?? Infinity) < (known.time ?? Infinity)) first.set(id, finding);
  }
  return [...first.values()];
}

export function noteLastUsed(): Step {
  return {
    title: `Note "Last used" of the key at ${SETTINGS_PAGE}, and take a picture of the page`,
    why: 'It is the only trace of whether somebody else has used the key, and every later check or revocation overwrites or removes it.',
    notes: [
      'Sign in as the owner of the key. Write down name, scopes, expiry, and "Last used", of every key that you do not recognise too.',
      'This takes a minute. Do not try the key out before it is done.',
    ],
    code: [],
  };
}

/** How each kind of secret is made worthless. */
export function revokeSteps(situation: Situation): readonly Step[] {
  const { findings } = situation;
  if (findings === null || findings.length === 0) return [revokeApiToken([])];
  const secrets = distinctSecrets(findings);
  const of = (rule: RuleId): readonly DatedFinding[] => secrets.filter((finding) => finding.rule === rule);
  const steps: Step[] = [];
  if (of('crates-io-api-token').length > 0) steps.push(revokeApiToken(of('crates-io-api-token')));
  if (of('crates-io-trustpub-token').length > 0) steps.push(revokeTrustpub(of('crates-io-trustpub-token')));
  if (of('crates-io-session').length > 0) steps.push(REVOKE_SESSION);
  if (of('cargo-registry-token').length > 0) steps.push(revokeRegistryToken(of('cargo-registry-token')));
  if (of('cargo-secret-key').length > 0) steps.push(REVOKE_SECRET_KEY);
  return steps;
}

function commandFor(command: string, findings: readonly DatedFinding[]): readonly Code[] {
  const sources: readonly KeySource[] = findings.length === 0 ? [{ pipe: null, at: null }] : findings.map(keySource);
  return [...new Set(sources.map((source) => withKey(command, source)))].map((line) => shell(line));
}

function revokeApiToken(findings: readonly DatedFinding[]): Step {
  return {
    title: 'Revoke the key at crates.io',
    why: 'From this moment nobody can publish, yank or change owners with it; everything else can wait.',
    notes: [
      'The command asks before it sends anything. Where it stands alone, it asks for the key and does not show it: never put a key into the command line.',
      `A key with scopes cannot revoke itself: the command then says NOT REVOKED. Open ${SETTINGS_PAGE}, find the key that was last used a moment ago, press "Revoke".`,
    ],
    code: commandFor('cratesguard leak revoke', findings),
  };
}

function revokeTrustpub(findings: readonly DatedFinding[]): Step {
  return {
    title: 'End the Trusted Publishing key',
    why: 'It dies 30 minutes after it was made; this ends it now, and does no harm where it is dead already.',
    notes: ['How it came into the repository matters more: look for a job that prints or stores its environment.'],
    code: commandFor('cratesguard leak revoke', findings),
  };
}

const REVOKE_SESSION: Step = {
  title: 'Deal with the crates.io session cookie',
  why: 'Whoever has it is signed in as you for up to 90 days: it can make keys, change owners and delete crates.',
  notes: [
    `Revoke every key at ${SETTINGS_PAGE} that you do not recognise: the cookie can make new ones.`,
    'Sign out of crates.io in that browser, and write to help@crates.io to have the session ended on the server: signing out alone may leave the cookie valid.',
    'Look through the owners of your crates.',
  ],
  code: [],
};

function revokeRegistryToken(findings: readonly DatedFinding[]): Step {
  return {
    title: 'Revoke the registry token where it was made',
    why: 'It may belong to a registry of its own, which crates.io cannot revoke it at.',
    notes: [
      ...findings.map((finding) => `Found at ${placeOf(finding)}.`),
      'Look at the key beside it (registries.NAME, CARGO_REGISTRIES_NAME_TOKEN) for the registry, and revoke it on that registry’s page.',
      'Where it belongs to crates.io (CARGO_REGISTRY_TOKEN) and does not start with "cio", it is older than July 2020 and was revoked then.',
    ],
    code: [],
  };
}

const REVOKE_SECRET_KEY: Step = {
  title: 'Replace the secret key (k3.secret) at its registry',
  why: 'Whoever has it can sign requests as you; crates.io does not use such keys, so it belongs to another registry.',
  notes: [
    'Register a new public key there, take the old one out, and make the new one with: cargo login --registry NAME -Zasymmetric-token -- --generate-keypair',
  ],
  code: [],
};

export function verifyStep(situation: Situation): Step {
  const findings = distinctSecrets(situation.findings ?? []).filter(({ rule }) => rule === 'crates-io-api-token');
  return {
    title: 'Check that the key is dead',
    why: 'A revocation that was refused looks much like one that worked; the answer must say DEAD.',
    notes: ['ALIVE: revoke it on the settings page, then check again. UNKNOWN: treat it as alive.'],
    code: commandFor('cratesguard leak verify', findings),
  };
}

export function auditStep(situation: Situation): Step {
  const since = sinceOf(situation);
  const subject =
    situation.crates.length > 0 ? situation.crates.map((crate) => `--crate ${crate}`).join(' ') : '--user YOUR_LOGIN';
  const unsure =
    since === null
      ? ['Put the day on which the key left your hands in place of YYYY-MM-DD; when in doubt, an earlier one.']
      : [`${since} is the day (UTC) of the first commit that holds the key.`];
  return {
    title: 'Look at everything that happened since the leak',
    why: 'A version that you did not publish is in other people’s builds until it is yanked.',
    notes: [
      ...unsure,
      'Compare each line with what you remember: versions, hours, yanks, owners. What is marked with ! is unusual; what is not marked is not proven.',
      situation.crates.length > 0
        ? 'The key works for every crate of its owner, not only for those here: run it with --user YOUR_LOGIN as well.'
        : 'It reads the crates that you own today; name former ones with --crate.',
      'Add --compare to hold the published package against the one that cargo makes here, on a clean checkout of that version.',
      'Exit status 1 means that something happened, and not that it was somebody else.',
    ],
    code: [shell(`cratesguard leak audit ${subject} --since ${since ?? 'YYYY-MM-DD'}`)],
  };
}

/** The day from which on the key may have been used by others; null where the findings do not tell. */
export function sinceOf({ findings }: Situation): string | null {
  const time = firstLeak(findings ?? []);
  return time === null ? null : dayOf(time);
}

/** `path:line in commit 1234567 (2026-01-02)`, for people. */
export function placeOf({ path, line, where, commit, time }: DatedFinding): string {
  const name = path === null ? where.replaceAll('-', ' ') : `${path}:${line}`;
  const inCommit = commit === null ? '' : ` in commit ${commit.slice(0, 10)}`;
  return `${name}${inCommit}${time === null ? '' : ` of ${dayOf(time)}`}`;
}
