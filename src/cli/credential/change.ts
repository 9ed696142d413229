import { lineChanges } from '../../cargo/config/line-changes';
import { removeMadeFile, replaceFile } from '../../cargo/config/files';
import { GuardError } from '../../base/error';
import { askYesNo, canAsk } from '../prompt';
import { describeChange } from './messages';
import type { Io } from '../io';

export interface FileChange {
  readonly file: string;
  /** Undefined where there is no such file yet. */
  readonly before: string | undefined;
  /** Undefined where the file is to go, because a setup made it. */
  readonly after: string | undefined;
  readonly made?: 'new file' | 'new folder';
}

/**
 * Shows a change, asks, and makes it; false where the person said no. Without a terminal it takes `--yes`: else a
 * `usage` error, and nothing is written.
 */
export async function makeChange(change: FileChange, isAgreed: boolean, io: Io): Promise<boolean> {
  const { file, before, after, made = 'new file' } = change;
  io.stdout.write(describeChange(file, lineChanges(before ?? '', after ?? '')));
  if (!isAgreed) {
    if (!canAsk(io))
      throw new GuardError('usage', 'nothing was written: there is no terminal to ask on', {
        hint: 'say --yes to agree beforehand',
      });
    if (!(await askYesNo(after === undefined ? 'Remove this file?' : 'Write this?', io))) {
      io.stdout.write('Nothing was written.\n');
      return false;
    }
  }
  if (io.signal.aborted) throw new GuardError('interrupted', 'interrupted; nothing was written');
  if (after === undefined) await removeMadeFile(file, made);
  else await replaceFile({ file, before, after });
  return true;
}
