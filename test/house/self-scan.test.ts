import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../support/project';

/** What the built scanner finds in this project, with an allowlist that allows nothing; published examples aside. */

interface Report {
  readonly scanned: { readonly files: number };
  readonly findings: readonly {
    readonly rule: string;
    readonly path: string | null;
    readonly commit: string | null;
    readonly line: number;
    readonly allowedBy: { readonly kind: string } | null;
  }[];
  readonly errors: readonly unknown[];
}

const folder = mkdtempSync(join(tmpdir(), 'cratesguard-self-'));
const configuration = join(folder, 'empty.yaml');
writeFileSync(configuration, 'allowInline: false\n');

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function scan(...source: readonly string[]): Report {
  const program = join(projectRoot, 'dist', 'cratesguard.cjs');
  const args = [program, 'scan', ...source, '--config', configuration, '--format', 'json'];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: projectRoot,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (!stdout.startsWith('{')) throw new Error(`no report: ${stderr}`);
  return JSON.parse(stdout) as Report;
}

const sources = [
  { name: 'the history', source: ['--history'] },
  { name: 'the sources', source: ['src', 'hooks', 'test', 'scripts', 'bench', 'README.md', 'CONTRIBUTING.md'] },
  { name: 'what the build made', source: ['dist', 'src/generated'] },
  { name: 'the packages it is built with', source: ['node_modules'] },
] as const;

test.each(sources)('$name: nothing is found', ({ source }) => {
  const { findings, errors, scanned } = scan(...source);
  const unexpected = findings.filter(({ allowedBy }) => allowedBy?.kind !== 'known-example');
  expect(unexpected.map(({ rule, path, commit, line }) => ({ rule, path, commit, line }))).toEqual([]);
  expect(errors).toEqual([]);
  expect(scanned.files).toBeGreaterThan(0);
});
