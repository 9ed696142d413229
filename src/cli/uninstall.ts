import { globalFolders, uninstallGlobally } from '../hooks/global';
import { repositoryFacts } from '../hooks/repository';
import { globalUninstallText, uninstallText } from '../hooks/text';
import { uninstallHooks } from '../hooks/uninstall';
import type { Outcome } from '../outcome';
import type { Invocation } from './command';
import type { Io } from './io';

/** `cratesguard uninstall` */
export async function runUninstall({ options }: Invocation, io: Io): Promise<Outcome> {
  const folders = globalFolders(io.env);
  if (options['global'] === true) {
    io.stdout.write(globalUninstallText(await uninstallGlobally({ folders, cwd: io.cwd })));
    return { kind: 'clean' };
  }
  const facts = await repositoryFacts(io.cwd);
  const result = await uninstallHooks({ facts, globalHooks: folders.hooks, signal: io.signal });
  io.stdout.write(uninstallText(result, facts));
  return { kind: 'clean' };
}
