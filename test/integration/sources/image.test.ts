import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { Content, SourceContext, SourceItem } from '../../../src/sources/content';
import { imageSource } from '../../../src/sources/image';

async function tarOf(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, body] of Object.entries(files)) archive.entry({ name }, body);
  archive.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of archive as unknown as AsyncIterable<Uint8Array>) pieces.push(piece);
  return Buffer.concat(pieces);
}

const digestOf = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

async function itemsOf(image: Buffer): Promise<{ items: SourceItem[]; texts: Record<string, string> }> {
  async function* stdin() {
    for (let at = 0; at < image.length; at += 777) yield image.subarray(at, at + 777);
  }
  const context: SourceContext = {
    mayHold: () => true,
    excluded: () => false,
    counts: { files: 0, bytes: 0, commits: 0 },
  };
  const items: SourceItem[] = [];
  const texts: Record<string, string> = {};
  for await (const item of imageSource({ cwd: '/', file: '-', stdin: stdin() }).items(context)) {
    items.push(item);
    if (item.kind === 'content' && item.where !== 'path-name') texts[item.path ?? ''] = await textOf(item);
  }
  return { items, texts };
}

async function textOf(content: Content): Promise<string> {
  if (content.bytes instanceof Uint8Array) return Buffer.from(content.bytes).toString();
  const pieces: Uint8Array[] = [];
  for await (const piece of content.bytes) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString();
}

const problems = (items: readonly SourceItem[]) =>
  items.filter((item) => item.kind === 'unreadable').map((item) => `${item.path}: ${item.reason}`);

/** An OCI layout with one gzip layer; `change` may spoil it. */
async function ociImage(change: (files: Record<string, string | Buffer>) => void = () => undefined): Promise<Buffer> {
  const layer = gzipSync(await tarOf({ 'srv/a.env': 'K=1' }));
  const config = JSON.stringify({
    config: { Env: ['A=b', 'C=d'], Cmd: ['cargo', 'publish'] },
    history: [{ created_by: 'RUN x' }],
  });
  const descriptor = (bytes: string | Buffer) => ({
    digest: `sha256:${digestOf(bytes)}`,
    size: bytes.length,
    mediaType: 'x',
  });
  const manifest = JSON.stringify({ config: descriptor(config), layers: [descriptor(layer)] });
  const files: Record<string, string | Buffer> = {
    'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
    'index.json': JSON.stringify({ manifests: [descriptor(manifest)] }),
    [`blobs/sha256/${digestOf(layer)}`]: layer,
    [`blobs/sha256/${digestOf(config)}`]: config,
    [`blobs/sha256/${digestOf(manifest)}`]: manifest,
  };
  change(files);
  return tarOf(files);
}

test('a layer is named by its short digest, and the configuration gives its texts', async () => {
  const { items, texts } = await itemsOf(await ociImage());
  expect(problems(items)).toEqual([]);
  const layer = Object.keys(texts).find((path) => path.endsWith('/srv/a.env')) ?? '';
  expect(layer).toMatch(/^[0-9a-f]{12}\/srv\/a\.env$/);
  expect(texts[layer]).toBe('K=1');
  expect(Object.values(texts)).toEqual(expect.arrayContaining(['A=b', 'C=d', 'cargo publish', 'RUN x']));
});

test('a layer that the manifest names and the archive lacks is an error', async () => {
  const image = await ociImage((files) => {
    const layer = Object.keys(files).find((name) => Buffer.isBuffer(files[name])) ?? '';
    Reflect.deleteProperty(files, layer);
  });
  expect(problems((await itemsOf(image)).items).join()).toMatch(/the archive does not have it/);
});

test('a blob whose bytes are not what its name says is an error, and is scanned all the same', async () => {
  const image = await ociImage((files) => {
    const layer = Object.keys(files).find((name) => Buffer.isBuffer(files[name])) ?? '';
    files[layer] = gzipSync(Buffer.from('other bytes'));
  });
  const { items, texts } = await itemsOf(image);
  expect(problems(items).join()).toMatch(/do not have the digest/);
  expect(Object.values(texts)).toContain('other bytes');
});

test('a damaged layer is an error, and the rest is scanned', async () => {
  const good = await tarOf({ 'etc/good': 'good' });
  const image = await tarOf({
    'manifest.json': JSON.stringify([{ Config: 'c.json', Layers: ['l1/layer.tar', 'l2/layer.tar'] }]),
    'c.json': '{"config":{}}',
    'l1/layer.tar': good.subarray(0, 900),
    'l2/layer.tar': good,
  });
  const { items, texts } = await itemsOf(image);
  expect(problems(items).join()).toMatch(/^l1: .*cut off/);
  expect(texts['l2/etc/good']).toBe('good');
});

/** A docker image of a good layer and this one. */
async function dockerImage(manifest: unknown, layer: Buffer): Promise<Buffer> {
  const good = await tarOf({ 'etc/good': 'good' });
  return tarOf({ 'manifest.json': JSON.stringify(manifest), 'c.json': '{}', 'a.tar': good, 'b.tar': layer });
}

const DOCKER = [{ Config: 'c.json', Layers: ['a.tar', 'b.tar'] }];

test.each([
  ['a compression that is none of ours', Buffer.from('\xfd7zXZ\0 and so on', 'latin1')],
  ['no bytes', Buffer.alloc(0)],
])('a layer of %s is an error', async (_name, layer) => {
  expect(problems((await itemsOf(await dockerImage(DOCKER, layer))).items).join()).toMatch(/^b\.tar: .*neither a tar/);
});

test('a layer of nothing but the end mark is whole', async () => {
  expect(problems((await itemsOf(await dockerImage(DOCKER, Buffer.alloc(1024)))).items)).toEqual([]);
});

test.each([
  ['no list', {}],
  ['an empty list', []],
  ['no names of layers', [{ Config: 'c.json' }]],
])('a manifest.json that is %s is damaged', async (_name, manifest) => {
  const { items } = await itemsOf(await dockerImage(manifest, Buffer.alloc(1024)));
  expect(problems(items).join()).toMatch(/^manifest\.json: damaged/);
});

test('a layer that is a link to another one is where that one is, and a link to nothing is an error', async () => {
  const archive = pack();
  const manifest = [{ Config: 'c.json', Layers: ['1/layer.tar', '2/layer.tar', '3/layer.tar', '4/layer.tar'] }];
  archive.entry({ name: 'manifest.json' }, JSON.stringify(manifest));
  archive.entry({ name: 'c.json' }, '{}');
  archive.entry({ name: '1/layer.tar' }, await tarOf({ x: 'y' }));
  archive.entry({ name: '2/layer.tar', type: 'symlink', linkname: '../1/layer.tar' });
  archive.entry({ name: '3/layer.tar', type: 'link', linkname: '2/layer.tar' });
  archive.entry({ name: '4/layer.tar', type: 'symlink', linkname: '../4/layer.tar' });
  archive.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of archive as unknown as AsyncIterable<Uint8Array>) pieces.push(piece);
  expect(problems((await itemsOf(Buffer.concat(pieces))).items).join()).toMatch(/^4\/layer\.tar: [^,]*$/);
});

test('a manifest that is not there is an error, but for the other platforms of an index', async () => {
  const isManifest = (body: string | Buffer | undefined) => typeof body === 'string' && body.includes('"layers"');
  const without = await ociImage((files) => {
    const manifest = Object.keys(files).find((name) => isManifest(files[name])) ?? '';
    Reflect.deleteProperty(files, manifest);
  });
  expect(problems((await itemsOf(without)).items).join()).toMatch(/the archive does not have it/);
  const partly = await ociImage((files) => {
    const index = JSON.parse(String(files['index.json'])) as { manifests: object[] };
    index.manifests.push({ digest: `sha256:${'0'.repeat(64)}`, mediaType: 'x', platform: { architecture: 'arm64' } });
    files['index.json'] = JSON.stringify(index);
  });
  const { items } = await itemsOf(partly);
  expect(problems(items)).toEqual([]);
  expect(items.filter(({ kind }) => kind === 'skipped')).toHaveLength(1);
});

test('names that are keys in the configuration are texts too', async () => {
  const { texts } = await itemsOf(
    await tarOf({
      'manifest.json': JSON.stringify([{ Config: 'c.json', Layers: [] }]),
      'c.json': JSON.stringify({ config: { Volumes: { '/data': {} } } }),
    }),
  );
  expect(texts['c.json/config/Volumes']).toBe('/data');
});

test.each([
  ['no tar', async () => Promise.resolve(Buffer.from('not a tar'))],
  ['nothing', async () => Promise.resolve(Buffer.alloc(0))],
  ['a tar without a manifest', async () => tarOf({ x: 'y' })],
  ['a tar that is cut off', async () => (await ociImage()).subarray(0, 2000)],
])('%s is damaged', async (_name, image) => {
  await expect(itemsOf(await image())).rejects.toMatchObject({ code: 'damaged' });
});
