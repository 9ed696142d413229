/** The rules for crates.io's own secrets, as crates.io's own source has them (crates/crates_io_database, crates_io_trustpub). */
import { gateOf } from './gate-test';
import { keywordsOf } from './keyword';
import type { Rule } from './rule';

/** What Cargo's book shows in the place of a token. */
const IN_ORDER = ['abcdefghijklmnopqrstuvwxyz', '012345'].join('');

const REVOKE =
  'If it was ever pushed, published or shared, revoke it first, at https://crates.io/settings/tokens; deleting the line does not undo a leak.';

export const trustpubToken: Rule = {
  id: 'crates-io-trustpub-token',
  summary: 'crates.io Trusted Publishing token',
  help: {
    what: 'A short-lived token that crates.io gives to a CI job: cio_tp_ and 32 letters and digits, of which the last is a checksum.',
    why: 'For 30 minutes it publishes new versions of the crates it was made for.',
    fix: 'Never write it down: let rust-lang/crates-io-auth-action hand it to the step that publishes. It expires by itself; within its half hour, revoke it.',
  },
  mode: 'block',
  mask: { prefix: 'cio_tp_', stars: 32 },
  keywords: keywordsOf('cio'),
  gate: gateOf('cio', 32),
  examples: [
    { text: (build) => `TOKEN=${build.trustpubToken('a')}` },
    { text: (build) => `{"token":"${build.trustpubToken('b')}"}` },
    { text: (build) => `Authorization: Bearer ${build.trustpubToken('c')}` },
    { text: (build) => `data: ${btoa(build.trustpubToken('d'))}` },
  ],
  nonExamples: [
    { text: (build) => `TOKEN=${build.trustpubToken('a', 'wrong')}` },
    { text: (build) => build.trustpubToken('b').slice(0, -1) },
    { text: (build) => `${build.trustpubToken('c')}x` },
    { text: () => 'let cio_tp_config = cio_tp_default();' },
    { text: () => `cio_tp_${'x'.repeat(32)}` },
  ],
};

export const apiToken: Rule = {
  id: 'crates-io-api-token',
  summary: 'crates.io API token',
  help: {
    what: 'An API token of crates.io: cio and 32 letters and digits.',
    why: 'Whoever has it acts as its owner: publishes and yanks versions, and changes owners, as far as its scopes go.',
    fix: `${REVOKE} Then take it out of the change and use an environment variable, a credential provider or Trusted Publishing.`,
  },
  mode: 'block',
  mask: { prefix: 'cio', stars: 32 },
  keywords: keywordsOf('cio'),
  gate: gateOf('cio', 32),
  examples: [
    { text: (build) => `let token = "${build.apiToken('a')}";` },
    { text: (build) => `{"a":"x\\n${build.apiToken('b')}"}` },
    { text: (build) => `https://example.com/?q=%3D${build.apiToken('c')}&x=1` },
    { text: (build) => `TOKEN_${build.apiToken('d')}` },
    { text: (build) => `token: ${btoa(build.apiToken('e'))}` },
    { text: (build) => `Authorization: Basic ${btoa(`user:${build.apiToken('f')}`)}` },
    { text: (build) => build.apiToken('g').replace('cio', '\\u0063\\u0069\\u006f') },
    { text: (build) => `鍵${build.apiToken('h')}鍵` },
    { text: (build) => `CARGO_REGISTRY_TOKEN=${build.apiToken('i')}` },
    { text: (build) => `cargo login ${build.apiToken('j')}` },
  ],
  nonExamples: [
    { text: (build) => `x${build.apiToken('a')}` },
    { text: (build) => `${build.apiToken('b')}0` },
    { text: (build) => `negó${build.apiToken('c')}` },
    { text: (build) => `"integrity": "sha512-${'A'.repeat(40)}/${build.apiToken('d')}/AAAA=="` },
    { text: (build) => build.apiToken('e').slice(0, -1) },
    { text: () => `cargo login cio${'x'.repeat(32)}` },
    { text: () => `token = "cio${IN_ORDER}"` },
    { text: () => `const EXAMPLE = "cio${'Example'.repeat(5).slice(0, 32)}";` },
    { text: () => 'a socioeconomic, precious and conscious capriccio' },
  ],
};

export const session: Rule = {
  id: 'crates-io-session',
  summary: 'crates.io session cookie',
  help: {
    what: 'The cookie of a signed-in browser session at crates.io, as copied curl commands and HAR files hold it.',
    why: 'For up to 90 days it is its user: it makes tokens, revokes them, and deletes crates.',
    fix: 'Sign out of crates.io in that browser, which ends the session, and look at https://crates.io/settings/tokens for tokens that you did not make. Then take the cookie out of the change.',
  },
  mode: 'block',
  mask: { prefix: '', stars: 8 },
  keywords: [{ text: 'cargo_session=', check: 'session' }],
  gate: [{ hint: 'cargo_session=', lines: ['cargo_session=[\\]*["&-(]?[A-Za-z0-9+/=_%.~:!*|-]{6}'] }],
  examples: [
    { text: (build) => `curl -b "cargo_session=${build.sessionValue('a')}" https://example.com` },
    { text: (build) => `Cookie: a=b; cargo_session=${encodeURIComponent(build.sessionValue('b'))}; c=d` },
  ],
  nonExamples: [
    { text: () => 'curl -b "cargo_session=$COOKIE" https://example.com' },
    { text: () => 'Set the header to cargo_session=<your cookie>.' },
    { text: () => 'cookie.starts_with("cargo_session=")' },
    { text: () => 'cargo_session=xxxxxxxxxxxxxxxx' },
  ],
};
