import { PassThrough } from 'node:stream';
import type { Invocation } from '../../../src/cli/command';
import { createOutput } from '../../../src/cli/output';
import { chooseText, printSnippet, snippetTable } from '../../../src/cli/credential/snippet';
import { SNIPPET_LANGUAGES, SNIPPET_STORES } from '../../../src/cli/credential/snippet-names';
import { GuardError } from '../../../src/base/error';
import { SNIPPETS } from '../../../src/generated/snippets';

function choose(args: readonly string[], options: Invocation['options'] = {}): string {
  return chooseText({ args, options });
}

function refusal(args: readonly string[]): string {
  try {
    return choose(args);
  } catch (error) {
    return error instanceof GuardError ? `${error.code}: ${error.message}; ${error.hint ?? ''}` : 'a defect';
  }
}

test('every snippet has its place in the table', () => {
  for (const name of Object.keys(SNIPPETS)) {
    const [store, language] = name.split('/');
    expect(SNIPPET_STORES).toContain(store);
    expect(SNIPPET_LANGUAGES).toContain(language);
  }
});

test('every store has a program in every language, and no build script gets the key', () => {
  for (const store of SNIPPET_STORES)
    for (const language of SNIPPET_LANGUAGES) {
      const text = SNIPPETS[`${store}/${language}`] ?? '';
      expect(text.indexOf('package')).toBeGreaterThan(0);
      expect(text.lastIndexOf('--no-verify')).toBeGreaterThan(text.indexOf('package'));
    }
});

test.each(Object.keys(SNIPPETS))('%s leaves the process as it is, nothing masked', async (name) => {
  const stdout = new PassThrough();
  const { io, flush } = createOutput({
    stdout,
    stderr: new PassThrough(),
    stdin: new PassThrough(),
    env: {},
    cwd: () => '/somewhere',
    signal: new AbortController().signal,
  });
  await printSnippet({ args: name.split('/'), options: {} }, io);
  await flush();
  expect(String(stdout.read())).toBe(SNIPPETS[name]);
});

test('without arguments and with --list, what there is', () => {
  const table = choose([]);
  expect(table).toBe(snippetTable());
  expect(choose(['env', 'rust'], { list: true })).toBe(table);
  expect(table).toMatch(/^ +env +aws +vault +conjur\nrust +yes +yes +yes +yes\n/);
  expect(table).toMatch(/\njavascript +yes +yes +yes +yes\n/);
});

test('what is not there is refused, and what is there is listed', () => {
  expect(refusal(['gcp', 'rust'])).toMatch(/^usage: .*'gcp'; it is one of env, aws, vault, conjur$/);
  expect(refusal(['env', 'cobol'])).toMatch(/^usage: .*'cobol'; it is one of rust, python/);
  expect(refusal(['env'])).toMatch(/^usage: name a language too; for env there is rust, python/);
});
