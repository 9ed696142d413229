import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../support/project';

const script = pathToFileURL(join(projectRoot, 'scripts', 'third-party-licenses.mjs')).href;

/** What the build makes of these SPDX expressions; the script is an ES module, which jest does not load. */
function permissive(expressions: readonly string[]): unknown {
  const code = `import { isPermissive } from ${JSON.stringify(script)};
    console.log(JSON.stringify(${JSON.stringify(expressions)}.map((expression) => isPermissive(expression))));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }));
}

test('a bundled package must be under a permissive licence', () => {
  const yes = [
    'MIT',
    'Apache-2.0',
    '(MIT OR GPL-3.0)',
    'GPL-2.0-only OR ISC',
    'MIT AND BSD-3-Clause',
    '(MIT AND (GPL-3.0 OR ISC))',
  ];
  const no = [
    'GPL-3.0-or-later',
    'MIT AND GPL-3.0',
    'UNLICENSED',
    '',
    'SEE LICENSE IN LICENSE.txt',
    '(MIT',
    'MIT ISC',
    'mit',
  ];
  expect(permissive(yes)).toEqual(yes.map(() => true));
  expect(permissive(no)).toEqual(no.map(() => false));
});
