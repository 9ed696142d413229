/** `scan --ci`: the platform and its event, looked up in the clone that the platform made. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { platformOf, type Platform } from '../../ci/platforms';
import { Variables, type CiEvent } from '../../ci/event';
import { fileFailure, GuardError, systemErrorCode } from '../../base/error';
import type { Outcome } from '../../outcome';
import { toJson } from '../../report/escape';
import type { CiFacts } from '../../scan/report';
import { ciSource, resolveRun, type CiRun } from '../../sources/ci';
import type { Source } from '../../sources/content';
import type { ShallowRule } from '../../sources/shallow';
import type { Invocation } from '../command';
import type { Io } from '../io';
import { isGiven, textOption } from '../command';

/** GitHub sends at most 25 MB. */
const LARGEST_EVENT = 64 * 1024 * 1024;

export interface CiSource extends Source {
  readonly platform: Platform;
  readonly run: CiRun;
}

/** @throws GuardError 'usage' where no platform is recognised, 'unreadable' where its event does not say enough */
export async function chosenCi(invocation: Invocation, io: Io, shallow: ShallowRule): Promise<CiSource> {
  const { cwd, env, signal } = io;
  const platform = platformOf(env);
  const event = readEvent(platform, io);
  const options = {
    cwd,
    env,
    signal,
    ...shallow,
    shallowHint: `set ${platform.wholeClone}, or add \`--fetch\` to get what is missing from origin`,
    fetch: isGiven(invocation, 'fetch') ? ('missing' as const) : ('never' as const),
  };
  const run = await resolveRun(event, options);
  if (event.kind === 'delete' && !isGiven(invocation, 'dry-run'))
    io.stderr.write(`cratesguard: this run deletes ${event.ref ?? 'a ref'}, so there is nothing to scan\n`);
  return { ...ciSource(run, options), platform, run, ci: factsOf(platform, run) };
}

function readEvent(platform: Platform, io: Io): CiEvent {
  return platform.read(
    new Variables(io.env),
    platform.eventFile === undefined ? null : payloadIn(platform.eventFile, io),
  );
}

function payloadIn(variable: string, { cwd, env }: Io): unknown {
  const path = env[variable] ?? '';
  const unreadable = (why: string, cause?: unknown) =>
    new GuardError('unreadable', `the event of this run (${variable}) ${why}`, { cause });
  if (path === '') throw unreadable('is not there: the variable is empty');
  let text: string;
  try {
    const file = openSync(resolve(cwd, path), 'r');
    try {
      const stats = fstatSync(file);
      if (!stats.isFile() || stats.size > LARGEST_EVENT) throw unreadable('is no file, or larger than 64 MB');
      text = readFileSync(file, 'utf8');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = systemErrorCode(error);
    throw code === undefined ? error : unreadable(`cannot be read: ${fileFailure(code)}`, error);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable('is not JSON', error);
  }
}

function factsOf({ id }: Platform, { event, base, head, configuredBy }: CiRun): CiFacts {
  return { platform: id, event: event.kind, base, head, ref: event.ref, configuredBy };
}

/** Says what would be scanned. */
export function sayPlan({ platform, run, ci }: CiSource, invocation: Invocation, io: Io): Outcome {
  const { event, missing, configuredBy } = run;
  if (textOption(invocation, 'format') === 'json') io.stdout.write(`${toJson({ ci })}\n`);
  else {
    const by = textOption(invocation, 'config-from') ?? textOption(invocation, 'config') ?? configuredBy;
    io.stdout.write(`${platform.name}, ${KINDS[event.kind]}${event.ref === null ? '' : ` (${event.ref})`}\n`);
    io.stdout.write(`  scans          ${scanned(run)}\n`);
    if (event.kind !== 'delete') io.stdout.write(`  configuration  ${by === null ? 'none' : `of ${by}`}\n`);
  }
  for (const { what } of missing) io.stderr.write(`cratesguard: ${what} of this run is not in this clone\n`);
  if (missing.length > 0) io.stderr.write(`Set ${platform.wholeClone}, or add \`--fetch\`.\n`);
  return { kind: missing.length > 0 ? 'incomplete' : 'clean' };
}

const KINDS: Readonly<Record<CiEvent['kind'], string>> = {
  push: 'push',
  'pull-request': 'pull or merge request',
  'merge-queue': 'merge queue',
  tag: 'tag',
  delete: 'deletion',
  other: 'scheduled, manual or other run',
};

function scanned({ event, head, known }: CiRun): string {
  if (event.kind === 'delete') return 'nothing';
  if (event.kind === 'other') return 'everything that any ref leads to';
  if (known.length === 0) return `everything that leads to ${head ?? '?'}`;
  return `what ${head ?? '?'} has and ${known.join(', ')} does not have`;
}
