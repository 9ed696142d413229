import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, readProjectFile } from '../support/project';
import { temporaryFolder } from '../support/packed';
import { privateEnvironment, repositoryAt } from '../support/repository';
import { apiToken } from '../support/tokens';

/**
 * Which modules a commit pays for, once the shell could not call it clean. esbuild wraps each module that is not needed
 * at once into a function with the module's path for its name; V8's coverage tells which of those ran.
 */

interface Metafile {
  readonly inputs: Readonly<
    Record<string, { readonly imports: readonly { readonly path: string; readonly kind: string }[] }>
  >;
}

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly functionName: string;
      readonly ranges: readonly { readonly count: number }[];
    }[];
  }[];
}

const { inputs } = JSON.parse(readProjectFile('src/generated/bundles.json')) as Metafile;

/** What `entry` imports without an `import()` in between. */
function importedAtOnce(entry: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const { path, kind } of inputs[entry]?.imports ?? [])
    if (kind !== 'dynamic-import' && path in inputs) importedAtOnce(path, seen);
  return seen;
}

const folder = temporaryFolder();

afterAll(() => {
  folder.remove();
});

/** The modules that `hook.cjs pre-commit` evaluates where this is staged, and its exit status. */
function commitOf(
  name: string,
  content: string,
): { readonly status: number | null; readonly modules: readonly string[] } {
  const home = join(folder.path, name);
  const coverage = join(home, 'coverage');
  mkdirSync(coverage, { recursive: true });
  const repository = repositoryAt(join(home, 'repository'), privateEnvironment(home));
  repository.commit('first');
  repository.stage('a.txt', content);
  const { status } = spawnSync(process.execPath, [join(projectRoot, 'dist', 'hook.cjs'), 'pre-commit'], {
    cwd: repository.path,
    env: { ...repository.env, NODE_V8_COVERAGE: coverage },
    stdio: 'ignore',
  });
  const ran = readdirSync(coverage)
    .flatMap((file) => (JSON.parse(readFileSync(join(coverage, file), 'utf8')) as Coverage).result)
    .filter(({ url }) => url.endsWith('/hook-program.cjs'))
    .flatMap(({ functions }) => functions)
    .filter(({ functionName, ranges }) => functionName in inputs && (ranges[0]?.count ?? 0) > 0)
    .map(({ functionName }) => functionName);
  return { status, modules: [...new Set([...importedAtOnce('src/hook-program.ts'), ...ran])].sort() };
}

const foreign = (modules: readonly string[]): readonly string[] => [
  ...new Set(modules.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])),
];

const elsewhere =
  /^src\/(?:archive|cargo|crates-io|hooks|leak)\/|^src\/report\/(?:json|sarif|junit|github|gitlab|html|job-summary)\.ts$|^src\/sources\/(?:checked-ahead|crate|file-checks|history|image|open-file|package|paths|stdin|walk)\.ts$/;

test('a commit that only looks suspicious loads no library but the diff parser', () => {
  const { status, modules } = commitOf('reference', 'run: cargo publish --token ${CARGO_REGISTRY_TOKEN}\n');
  expect(status).toBe(0);
  expect(modules).toContain('src/detect/detector.ts');
  expect(foreign(modules).filter((name) => name !== 'parse-diff' && name !== 'picocolors')).toEqual([]);
  expect(modules.filter((path) => elsewhere.test(path))).toEqual([]);
});

test('a commit that is stopped loads the text report besides', () => {
  const { status, modules } = commitOf('token', `key = ${apiToken('hook modules')}\n`);
  expect(status).toBe(1);
  expect(modules).toContain('src/report/text.ts');
  expect(foreign(modules).filter((name) => name !== 'parse-diff' && name !== 'picocolors')).toEqual([]);
  expect(modules.filter((path) => elsewhere.test(path))).toEqual([]);
});
