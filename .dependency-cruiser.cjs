// Which room of src/ may import which (docs/architecture.md, "Rooms"). What is not listed is forbidden. Types may cross every wall:
// with tsPreCompilationDeps off, an `import type` is no dependency.
const rooms = {
  cli: [
    'agents',
    'ci',
    'scan',
    'hooks',
    'leak',
    'cargo',
    'crates-io',
    'report',
    'policy',
    'sources',
    'git',
    'detect',
    'rules',
    'generated',
  ],
  scan: ['sources', 'detect', 'rules', 'policy'],
  sources: ['git', 'archive'],
  agents: ['scan', 'sources', 'policy', 'rules', 'hooks'],
  hooks: ['git', 'scan', 'policy', 'generated'],
  leak: ['crates-io', 'git', 'rules'],
  policy: ['git', 'rules'],
  detect: ['rules', 'generated'],
  report: ['generated'],
  ci: [],
  rules: [],
  cargo: [],
  'crates-io': [],
  git: [],
  archive: [],
  base: [],
};

/** What every room may use: the ground, and a secret with its masking and its hash, which are words rather than work. */
const shared = ['^src/base/', '^src/detect/(?:secret|mask|sha256)\\.ts$'];

/** Rooms that compute only: no disk, no process, no clock of Node.js. */
const pure = ['rules', 'detect', 'report', 'ci'];

/** Rooms that may open a connection. */
const networked = ['crates-io', 'cargo'];

const inRoom = (names) => `^src/(?:${names.join('|')})/`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `${room}-imports`,
      comment: `src/${room} may import: ${allowed.join(', ') || 'no other room'}`,
      severity: 'error',
      from: { path: inRoom([room]) },
      to: { path: '^src/[^/]+/', pathNot: [inRoom([room, ...allowed]), ...shared] },
    })),
    {
      name: 'main-is-the-top',
      comment: 'the programs are started, never imported',
      severity: 'error',
      from: {},
      to: { path: '^src/(?:main|hook-main|action|cargo/main)\\.ts$' },
    },
    {
      name: 'every-room-is-listed',
      comment: 'a new folder of src/ needs a row in the table above',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: inRoom([...Object.keys(rooms), 'generated']) },
      to: {},
    },
    {
      name: 'rules-stand-alone',
      severity: 'error',
      from: { path: inRoom(['rules']) },
      to: { pathNot: inRoom(['rules']) },
    },
    {
      name: 'pure',
      comment: `${pure.join(', ')} use nothing of Node.js`,
      severity: 'error',
      from: { path: inRoom(pure) },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'network',
      comment: `only ${networked.join(' and ')} open connections`,
      severity: 'error',
      from: { path: '^src/', pathNot: inRoom(networked) },
      to: { path: '^(?:node:)?(?:http|https|http2|net|tls|dgram|dns)(?:/|$)' },
    },
    {
      name: 'no-circle',
      comment: 'a command table may be read by a command that it loads on demand',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['dynamic-import'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no-test-code', severity: 'error', from: { path: '^src/' }, to: { path: '^(?:test|bench|scripts)/' } },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^src/generated/'] },
    tsPreCompilationDeps: false,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
