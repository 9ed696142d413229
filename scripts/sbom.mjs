// A CycloneDX 1.6 SBOM of what the package ships: its files, and the packages whose code the bundler really put into
// them. It holds no time and no random number, so the same commit always gives the same SBOM.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundledPackages } from './third-party-licenses.mjs';

const json = async (...path) => JSON.parse(await readFile(join(...path), 'utf8'));
const purlOf = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`;
const licensesOf = (license) => [/[ (]/.test(license) ? { expression: license } : { license: { id: license } }];

/** @param {string} integrity as in package-lock.json, of one algorithm: `sha512-BASE64` */
function hashOf(integrity) {
  const [, bits, digest] = /^sha(256|384|512)-([A-Za-z0-9+/=]+)$/.exec(integrity);
  return { alg: `SHA-${bits}`, content: Buffer.from(digest, 'base64').toString('hex') };
}

/**
 * @param {string} root the project's folder, after a build
 * @param {import('esbuild').Metafile} metafile
 * @returns {Promise<object>} the SBOM
 * @throws where package-lock.json has another version of a bundled package, or no hash of it
 */
export async function sbom(root, metafile) {
  const [self, lock] = await Promise.all([json(root, 'package.json'), json(root, 'package-lock.json')]);
  const refsIn = new Map(Object.keys(metafile.outputs).map((output) => [output, []]));
  const packages = [];
  for (const [folder, outputs] of bundledPackages(root, metafile)) {
    const { name, version, license, description } = await json(root, folder, 'package.json');
    const locked = lock.packages[folder.replaceAll('\\', '/')];
    if (locked?.version !== version || locked.integrity === undefined)
      throw new Error(`package-lock.json has no hash of ${name} ${version}, which is bundled`);
    const purl = purlOf(name, version);
    packages.push({
      type: 'library',
      'bom-ref': purl,
      ...(name.startsWith('@') && { group: name.split('/')[0] }),
      name: name.split('/').at(-1),
      version,
      ...(description && { description }),
      hashes: [hashOf(locked.integrity)],
      licenses: licensesOf(license),
      purl,
    });
    for (const output of outputs) refsIn.get(output).push(purl);
  }
  const files = await Promise.all(
    [...refsIn.keys()].sort().map(async (path) => ({
      type: 'file',
      'bom-ref': path,
      name: path,
      hashes: [
        {
          alg: 'SHA-256',
          content: createHash('sha256')
            .update(await readFile(join(root, path)))
            .digest('hex'),
        },
      ],
    })),
  );
  const ref = purlOf(self.name, self.version);
  const builder = await json(root, 'node_modules', 'esbuild', 'package.json');
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      tools: { components: [{ type: 'application', name: builder.name, version: builder.version }] },
      component: {
        type: 'application',
        'bom-ref': ref,
        name: self.name,
        version: self.version,
        description: self.description,
        licenses: licensesOf(self.license),
        purl: ref,
        externalReferences: [{ type: 'vcs', url: self.repository.url }],
      },
    },
    components: [...files, ...packages.sort((a, b) => (a.purl < b.purl ? -1 : 1))],
    dependencies: [
      { ref, dependsOn: files.map(({ name }) => name) },
      ...files.map(({ name }) => ({ ref: name, dependsOn: [...refsIn.get(name)].sort() })),
    ],
  };
}
