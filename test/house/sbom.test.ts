import Ajv from 'ajv';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot, readProjectFile } from '../support/project';

interface Metafile {
  readonly outputs: Readonly<Record<string, { inputs: Record<string, { bytesInOutput: number }> }>>;
}

interface Component {
  readonly type: string;
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly unknown[];
}

interface Sbom {
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const metafile = JSON.parse(readProjectFile('src/generated/bundles.json')) as Metafile;

/** What the release makes of a metafile; the script is an ES module, which jest does not load. */
function sbomOf(bundles: Metafile): Sbom {
  const script = pathToFileURL(join(projectRoot, 'scripts', 'sbom.mjs')).href;
  const code = `import { readFileSync } from 'node:fs';
    import { sbom } from ${JSON.stringify(script)};
    console.log(JSON.stringify(await sbom('.', JSON.parse(readFileSync(0, 'utf8')))));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: projectRoot,
      encoding: 'utf8',
      input: JSON.stringify(bundles),
      stdio: ['pipe', 'pipe', 'ignore'],
      maxBuffer: 64 << 20,
    }),
  ) as Sbom;
}

/** The packages with code in the bundles that the SBOM does not list: `name version`. */
function missingFrom({ components }: Sbom, { outputs }: Metafile): readonly string[] {
  const listed = new Set(components.map(({ purl }) => purl));
  const folders = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .flatMap(([path]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []),
  );
  return [...new Set(folders)]
    .map((folder) => JSON.parse(readProjectFile(`${folder}/package.json`)) as { name: string; version: string })
    .filter(({ name, version }) => !listed.has(`pkg:npm/${name.replace('@', '%40')}@${version}`))
    .map(({ name, version }) => `${name} ${version}`);
}

const made = sbomOf(metafile);

test('the SBOM follows the schema of CycloneDX 1.6', () => {
  const schema = (name: string): object =>
    JSON.parse(readProjectFile(`test/schemas/cyclonedx-${name}.schema.json`)) as object;
  const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false, logger: false });
  for (const name of ['spdx', 'jsf-0.82'])
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  const validate = ajv.compile(schema('1.6'));
  validate(made);
  expect(validate.errors).toBeNull();
  expect(validate({ ...made, components: [{ type: 'package', name: 'x' }] })).toBe(false);
});

test('the SBOM lists every package whose code is in a bundle, with version, licence and hash', () => {
  expect(missingFrom(made, metafile)).toEqual([]);
  const packages = made.components.filter(({ type }) => type === 'library');
  expect(packages.length).toBeGreaterThan(10);
  for (const { version, licenses, hashes } of packages) {
    expect(version).toMatch(/^\d/);
    expect(licenses).toHaveLength(1);
    expect(hashes[0]?.content).toMatch(/^(?:[0-9a-f]{64}|[0-9a-f]{128})$/);
  }
});

test('a bundled package that is not in the SBOM is noticed', () => {
  const [first] = made.components.filter(({ type }) => type === 'library');
  const without = { ...made, components: made.components.filter((component) => component !== first) };
  expect(missingFrom(without, metafile)).toHaveLength(1);
});

test('a package that a bundle gets is in the SBOM, and one without code in it is not', () => {
  const inputs = {
    'node_modules/prettier/index.cjs': { bytesInOutput: 1 },
    'node_modules/jest/build/index.js': { bytesInOutput: 0 },
  };
  const names = sbomOf({ outputs: { 'dist/hook.cjs': { inputs } } }).components.map(({ name }) => name);
  expect(names).toEqual(['dist/hook.cjs', 'prettier']);
});

test('the SBOM lists every program of the package and what is in it', () => {
  const files = made.components.filter(({ type }) => type === 'file').map(({ name }) => name);
  expect(files).toEqual(Object.keys(metafile.outputs).sort());
  const aws = made.dependencies.find(({ ref }) => ref === 'dist/aws.cjs');
  expect(aws?.dependsOn.some((ref) => ref.includes('aws-sdk'))).toBe(true);
});
