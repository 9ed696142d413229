/** Questions about a repository and its settings, for install, uninstall and status; never for content. */
import { simpleGit } from 'simple-git';
import { GuardError } from '../base/error';
import { programPath } from '../base/process';
import { gitEnvironment } from './environment';

/** What simple-git would refuse in an environment. Here it is the user's own, after gitEnvironment. */
const PERMITTED = [
  'Alias',
  'AskPass',
  'CommandBinaries',
  'ConfigEnvCount',
  'ConfigPaths',
  'CredentialHelper',
  'CustomBinary',
  'DiffExternal',
  'DiffTextConv',
  'Editor',
  'Exec',
  'Filter',
  'FsMonitor',
  'GitProxy',
  'GpgProgram',
  'HooksPath',
  'Include',
  'MergeDriver',
  'Pack',
  'Pager',
  'ProtocolOverride',
  'SshCommand',
  'Submodule',
  'TemplateDir',
  'UrlRewrite',
] as const;

/**
 * Runs git, and gives its standard output.
 * @throws GuardError `git-missing`, `git-failed`
 */
export async function askRepository(folder: string, args: readonly string[]): Promise<string> {
  const env = gitEnvironment(process.env);
  const binary = programPath('git', env);
  if (binary === null) throw missing();
  try {
    const git = simpleGit({
      baseDir: folder,
      binary,
      config: ['core.fsmonitor=false'],
      // Only once its output is closed has it all been read: on a busy machine the end of the process comes before it.
      completion: { onExit: false, onClose: true },
      unsafe: Object.fromEntries(PERMITTED.map((name) => [`allowUnsafe${name}`, true])),
      // simple-git leaves git's variables out otherwise (GIT_DIR, GIT_CONFIG_GLOBAL, those of `git -c`).
      allowEnvironment: Object.keys(env),
    });
    return await git.env(env).raw([...args]);
  } catch (error) {
    throw gitError(error);
  }
}

function missing(cause?: unknown): GuardError {
  return new GuardError('git-missing', 'git was not found', {
    hint: 'Install git 2.32 or later, or put it on PATH.',
    cause,
  });
}

function gitError(error: unknown): GuardError {
  const text = error instanceof Error ? error.message : String(error);
  if (/\bENOENT\b/.test(text)) return missing(error);
  const [line = 'git failed'] = text.trim().split('\n', 1);
  return new GuardError('git-failed', `git could not answer: ${line.replace(/^fatal: /, '')}`, { cause: error });
}
