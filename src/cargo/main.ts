/**
 * cargo-credential-cratesguard: hands cargo the key of a registry from where it is safe.
 *
 * Cargo starts it for each need and waits, so nothing heavy is imported here. It answers until its input ends, as
 * cargo's own `cargo-credential` library does, and exits 0 after an answer, also after an error one.
 */
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { runProgram } from '../base/process';
import { HELLO } from './protocol';
import { answer, type World } from './provider';
import { STORE_MODULES, STORE_NAMES } from './stores';

const NAME = 'cargo-credential-cratesguard';

const USAGE = `${NAME} is a credential provider: cargo runs it and asks it for a key.
Stores: ${STORE_NAMES.join(', ')}. \`cratesguard credential setup STORE\` puts it into cargo's configuration.
`;

/** In milliseconds. */
const HELPER_TIMEOUT = 5000;

/** As Vault itself runs a token helper. Throws where it fails; its words may hold the token. */
async function runCommand(command: string): Promise<string> {
  const [shell, flag] = process.platform === 'win32' ? ['cmd', '/c'] : ['sh', '-c'];
  const place = { cwd: process.cwd(), env: process.env, signal: AbortSignal.timeout(HELPER_TIMEOUT) };
  const { exit, stdout } = await runProgram(shell, [flag, command], place);
  if (exit.status !== 0) throw new Error('a command failed');
  return stdout.toString('utf8');
}

const world: World = {
  env: process.env,
  homeFolder: process.env['HOME'] ?? process.env['USERPROFILE'] ?? homedir(),
  readFile: (path) => readFile(path, 'utf8'),
  readFolder: (path) => readdir(path),
  runCommand,
  load: STORE_MODULES,
  tell: (line) => {
    process.stderr.write(`${NAME}: ${line}\n`);
  },
};

function say(value: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${JSON.stringify(value)}\n`, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** The lines of standard input; the last one counts without its line feed too. */
async function* lines(): AsyncGenerator<string> {
  let pending = '';
  process.stdin.setEncoding('utf8');
  for await (const text of process.stdin as AsyncIterable<string>) {
    const parts = (pending + text).split('\n');
    pending = parts.pop() ?? '';
    yield* parts;
  }
  if (pending !== '') yield pending;
}

async function converse(): Promise<void> {
  await say(HELLO);
  for await (const line of lines()) await say(await answer(line, world));
}

function main(args: readonly string[]): void {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(USAGE);
  } else if (args[0] !== '--cargo-plugin') {
    process.stderr.write(USAGE);
    process.exitCode = 2;
  } else {
    converse().then(
      // A store's idle connections must not keep cargo waiting.
      () => process.exit(0),
      (error: unknown) => {
        world.tell(`the conversation with cargo broke off (${error instanceof Error ? error.name : 'unknown'})`);
        process.exit(3);
      },
    );
  }
}

main(process.argv.slice(2));
