import { projectGit } from '../support/project';
import { apiToken, secretKey, trustpubToken } from '../support/tokens';

/**
 * Nothing token-shaped is ever written down here. git looks for it, not the scanner: a hole in one must not hide what
 * the other would have found. Only places are printed.
 */

const SHAPES = ['cio[A-Za-z0-9]{32}', 'cio_tp_[A-Za-z0-9]{32}', 'k3\\.secret\\.[A-Za-z0-9_-]{64}'];
const ANY_SHAPE = `(^|[^A-Za-z0-9])(${SHAPES.join('|')})([^A-Za-z0-9]|$)`;

test.each([apiToken('shape'), trustpubToken('shape'), secretKey('shape')])(
  'the shapes are those of tokens',
  (token) => {
    expect(new RegExp(ANY_SHAPE).test(`k=${token}`)).toBe(true);
  },
);

test('no file holds a token-shaped literal', () => {
  const places = projectGit('grep', '--untracked', '-aEn', '-e', ANY_SHAPE)
    .split('\n')
    .map((line) => line.split(':').slice(0, 2).join(':'));
  expect(places).toEqual(['']);
});

test('no commit ever added one, in a file or in its message', () => {
  const added = projectGit('log', '--all', '--text', '--format=%h', '-G', ANY_SHAPE);
  const said = projectGit('log', '--all', '--format=%h', '--extended-regexp', `--grep=${ANY_SHAPE}`);
  expect([added, said]).toEqual(['', '']);
});
