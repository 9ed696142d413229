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

test.each([
  ['no tar', async () => Promise.resolve(Buffer.from('not a tar'))],
  ['nothing', async () => Promise.resolve(Buffer.alloc(0))],
  ['a tar without a manifest', async () => tarOf({ x: 'y' })],
  ['a tar that is cut off', async () => (await ociImage()).subarray(0, 2000)],
])('%s is damaged', async (_name, image) => {
  await expect(itemsOf(await image())).rejects.toMatchObject({ code: 'damaged' });
});
