import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What a person answers to a prompt: the screen ends with `at`, and this is typed, with Enter. */
interface Answer {
  readonly at: RegExp;
  readonly line: string;
}

export interface Screen {
  readonly status: number;
  /** Standard output and error, and what the terminal echoes of what is typed. */
  readonly text: string;
}

export interface Desk {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Takes a file of `script`. */
  readonly folder: string;
  readonly answers: readonly Answer[];
  /** Ends a command that waits for something else. */
  readonly signal: AbortSignal;
}

/** Whether `script` of util-linux is here, which gives a program a terminal of its own. */
export function hasTerminals(): boolean {
  const { error, stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return error === undefined && stdout.includes('util-linux');
}

/** Runs a shell command at a terminal, as if it had been pasted there, and answers its prompts. */
export function atTerminal(command: string, { cwd, env, folder, answers, signal }: Desk): Promise<Screen> {
  return new Promise((done, fail) => {
    const child = spawn('script', ['-qefc', 'exec bash -e -c "$PASTED"', join(folder, 'typescript')], {
      cwd,
      env: { ...env, SHELL: '/bin/sh', PASTED: command },
    });
    const end = (): void => {
      child.kill();
    };
    signal.addEventListener('abort', end, { once: true });
    let text = '';
    let answered = 0;
    const show = (shown: string): void => {
      text += shown;
      const answer = answers.find(({ at }) => at.test(text.slice(answered)));
      if (answer === undefined) return;
      answered = text.length;
      child.stdin.write(`${answer.line}\n`);
    };
    child.stdout.setEncoding('utf8').on('data', show);
    child.stderr.setEncoding('utf8').on('data', show);
    child.stdin.on('error', () => undefined); // a program may end before it has read everything
    child.on('error', fail);
    child.on('close', (status) => {
      signal.removeEventListener('abort', end);
      done({ status: status ?? -1, text });
    });
  });
}
