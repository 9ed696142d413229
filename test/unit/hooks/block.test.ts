import fc from 'fast-check';
import { SHEBANG, isMade, managedBlock, partsOf, quote, withBlock, withoutBlock } from '../../../src/hooks/block';
import { GUARDED_HOOKS } from '../../../src/hooks/names';
import { HOOK_SCRIPTS } from '../../../src/generated/hook-scripts';

const block = managedBlock({ hook: 'pre-commit', place: 'own', made: false });

const fileText = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text).toString('latin1')),
  fc.string().map((text) => `#!/bin/sh\n${text}`),
  fc.constantFrom('', '#!', '#!/bin/sh', '#!/bin/sh\n', '\n', '#!/bin/bash\r\necho\r\n', 'echo'),
);

test('a block put in and taken out leaves every byte', () => {
  fc.assert(
    fc.property(fileText, (text) => {
      expect(withoutBlock(withBlock(text, block))).toBe(text);
    }),
  );
});

test('a second block takes the place of the first', () => {
  fc.assert(
    fc.property(fileText, (text) => {
      const other = managedBlock({ hook: 'commit-msg', place: 'shared', made: true });
      expect(withBlock(withBlock(text, other), block)).toBe(withBlock(text, block));
    }),
  );
});

test('the block stands below the first line, or at the top where that names no interpreter', () => {
  expect(withBlock('#!/bin/bash -e\necho\n', block)).toBe(`#!/bin/bash -e\n${block}echo\n`);
  expect(withBlock('echo\n', block)).toBe(`${block}echo\n`);
});

test.each(['begin', 'end'])('markers that do not pair up are an error: no %s', (missing) => {
  const marker = missing === 'begin' ? '# >>> cratesguard >>>' : '# <<< cratesguard <<<';
  expect(() => partsOf(`${SHEBANG}${block.replace(marker, '#')}`)).toThrow('markers');
  expect(() => partsOf(block + block)).toThrow('markers');
});

test('a block tells its version and whether the file is ours', () => {
  expect(block).toMatch(/^# >>> cratesguard >>> \d+\.\d+\.\d+\S*: /);
  expect([isMade(block), isMade(managedBlock({ hook: 'pre-push', place: 'own', made: true }))]).toEqual([false, true]);
  expect(isMade('echo\n')).toBe(false);
});

test.each(GUARDED_HOOKS)('%s: no placeholder, no comment and no bare quote is left in the block', (hook) => {
  for (const made of [true, false]) {
    const text = managedBlock({ hook, place: 'shared', made });
    expect(text).not.toMatch(/@[A-Z_]+@/);
    expect(text.split('\n').filter((line) => line.trimStart().startsWith('#'))).toHaveLength(2);
    expect(text).toContain(`cg_hook="${hook}"`);
  }
});

test('the gate expression can stand between single quotes, on one line', () => {
  const line = /^cg_expression='(.*)'$/m.exec(HOOK_SCRIPTS['gate.sh'] ?? '')?.[1] ?? '';
  expect(line.length).toBeGreaterThan(20);
  expect(line).not.toContain("'");
});

test('quote makes one word', () => {
  expect(quote("it's")).toBe("'it'\\''s'");
});
