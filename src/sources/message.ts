import { createReadStream, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { GuardError } from '../base/error';
import { keptLines, messageSettings } from '../git/message';
import type { Content, Source } from './content';

export interface MessageOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** What git names to its `commit-msg` hook; relative to `cwd`. */
  readonly file: string;
}

/** Above it a message is streamed, and every line of it counts. */
const HELD_LIMIT = 64 * 1024 * 1024;

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new GuardError('unreadable', `the commit message could not be read (${code ?? 'unknown error'})`, {
      cause: error,
    });
  }
}

/**
 * A commit message as git will keep it; lines are those of the file. Throws GuardError 'unreadable' where the file is
 * not there, and 'git-failed' where git's settings cannot be read.
 */
export function messageSource(options: MessageOptions): Source {
  return {
    name: 'message',
    items: async function* (context) {
      const path = resolve(options.cwd, options.file);
      const base = { kind: 'content', provenance: { kind: 'message' }, path: null, where: 'commit-message' } as const;
      const { size } = reading(() => statSync(path));
      context.counts.files += 1;
      context.counts.bytes += size;
      if (size > HELD_LIMIT) {
        yield { ...base, bytes: createReadStream(path) };
        return;
      }
      const bytes = reading(() => readFileSync(path));
      // Most messages hold nothing, and then git need not be asked for its settings.
      if (!context.mayHold(bytes, null)) return;
      const git = { cwd: options.cwd, env: options.env, signal: context.signal };
      const { cleanup, encoding } = await messageSettings(git);
      const content: Content = { ...base, bytes, addedLines: () => Promise.resolve(keptLines(bytes, cleanup)) };
      yield encoding === null ? content : { ...content, encoding };
    },
  };
}
