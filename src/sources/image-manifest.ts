import { GuardError } from '../error';
import type { SourceItem } from './content';

/** What was seen of an image while it went by. */
export interface ImageParts {
  /** Names in the outer tar. */
  readonly present: Set<string>;
  /** Its JSON files, parsed, by name. */
  readonly documents: Map<string, object>;
}

/** A descriptor of the OCI image specification, as far as it matters here. */
interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
}

/**
 * What the manifests name and the archive lacks. A layer or configuration is unread, and so an error; a layer that its
 * vendor does not let be distributed, or a manifest of another platform, was never meant to be in it.
 *
 * @throws GuardError 'damaged' where there is no manifest at all
 */
export function* missingParts(parts: ImageParts, file: string): Generator<SourceItem> {
  const docker = parts.documents.get('manifest.json');
  const index = parts.documents.get('index.json');
  if (docker === undefined && index === undefined)
    throw new GuardError('damaged', `${file} is no container image: it has neither manifest.json nor index.json`);
  const told = new Set<string>();
  for (const item of [...dockerParts(docker, parts), ...ociParts(index, parts)]) {
    if (told.has(item.path ?? '')) continue;
    told.add(item.path ?? '');
    yield item;
  }
}

/** `docker save`: a list of images with the names of their files. */
function* dockerParts(manifest: object | undefined, parts: ImageParts): Generator<SourceItem> {
  for (const image of Array.isArray(manifest) ? (manifest as unknown[]) : []) {
    const { Config: config, Layers: layers } = Object(image) as { Config?: unknown; Layers?: unknown };
    for (const name of [config, ...(Array.isArray(layers) ? (layers as unknown[]) : [])])
      if (typeof name === 'string' && !parts.present.has(name))
        yield { kind: 'unreadable', path: name, reason: 'the manifest names it and the archive does not have it' };
  }
}

/** OCI layout: an index of manifests, or of further indexes for several platforms. */
function* ociParts(index: object | undefined, parts: ImageParts): Generator<SourceItem> {
  const waiting = descriptorsIn(index, 'manifests');
  const seen = new Set<string>();
  for (let manifest = waiting.pop(); manifest !== undefined; manifest = waiting.pop()) {
    if (seen.has(manifest.digest)) continue;
    seen.add(manifest.digest);
    const name = blobName(manifest.digest);
    const document = parts.documents.get(name);
    if (document === undefined) {
      yield { kind: 'skipped', path: name, reason: 'a manifest that is not in this archive (another platform)' };
      continue;
    }
    waiting.push(...descriptorsIn(document, 'manifests'));
    for (const part of [...descriptorsIn(document, 'config'), ...descriptorsIn(document, 'layers')])
      if (!parts.present.has(blobName(part.digest))) yield missing(part);
  }
}

function missing({ digest, mediaType }: Descriptor): SourceItem {
  const path = blobName(digest);
  if (/nondistributable|foreign/.test(mediaType))
    return { kind: 'skipped', path, reason: 'a layer that is not distributed with its image' };
  return { kind: 'unreadable', path, reason: 'the manifest names it and the archive does not have it' };
}

function descriptorsIn(document: object | undefined, key: 'manifests' | 'config' | 'layers'): Descriptor[] {
  const value = (document as Readonly<Record<string, unknown>> | undefined)?.[key];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((item) => {
    const { digest, mediaType } = Object(item) as { digest?: unknown; mediaType?: unknown };
    return typeof digest === 'string' ? [{ digest, mediaType: typeof mediaType === 'string' ? mediaType : '' }] : [];
  });
}

function blobName(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}
