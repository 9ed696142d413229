import { realpathSync } from 'node:fs';
import { askProvider, type Asked } from '../../cargo/ask';
import { ownScript } from '../../cargo/config/program';
import { programOf, type Provider } from '../../cargo/config/providers';
import type { Registry } from '../../cargo/protocol';
import type { Io } from '../io';
import { describeAsked } from './messages';

export interface AskOptions {
  readonly program: string;
  readonly programArgs?: readonly string[];
  readonly args: readonly string[];
  readonly registry: Registry;
}

/** Asks a provider, passes on what it told the person, and says what happened. */
export async function askAndTell(options: AskOptions, io: Io): Promise<Asked> {
  const asked = await askProvider({ ...options, cwd: io.cwd, env: io.env, signal: io.signal });
  if (asked.notes !== '') io.stderr.write(asked.notes.replace(/\n*$/, '\n'));
  io.stdout.write(`${describeAsked(asked)}\n`);
  return asked;
}

/** Where a path leads; the path itself where it leads nowhere. */
function leadsTo(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // No such file: starting it will say so.
    return path;
  }
}

/** A program that the repository at hand names is only started where it is our own: cargo would trust it, we do not. */
export function mayStart(provider: Provider): boolean {
  return provider.isUsers || leadsTo(programOf(provider)) === leadsTo(ownScript());
}
