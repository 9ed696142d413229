import { globalFolders, isGloballyInstalled } from '../hooks/global';
import { repositoryFacts } from '../hooks/repository';
import { repositoryStatus } from '../hooks/status';
import { statusJson, statusText } from '../hooks/status-text';
import type { Outcome } from '../outcome';
import type { Invocation } from './command';
import { RUNNING_PROGRAM } from './install';
import type { Io } from './io';

/** `cratesguard status`; `programFolder` holds the hook.cjs that the copied one is compared with. */
export async function runStatus(
  { options }: Invocation,
  io: Io,
  programFolder: string = RUNNING_PROGRAM,
): Promise<Outcome> {
  const folders = globalFolders(io.env);
  const facts = await repositoryFacts(io.cwd);
  const status = await repositoryStatus({
    facts,
    env: io.env,
    globalFolders: folders,
    globallyInstalled: await isGloballyInstalled(io.cwd, folders),
    programFolder,
  });
  io.stdout.write(options['format'] === 'json' ? statusJson(status) : statusText(status, facts));
  return status.protected ? { kind: 'clean' } : { kind: 'blocked' };
}
