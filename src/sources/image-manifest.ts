import { posix } from 'node:path';
import { GuardError } from '../base/error';
import type { SourceItem } from './content';

/** What was seen of an image while it went by. */
export interface ImageParts {
  /** Names in the outer tar that have bytes. */
  readonly present: Set<string>;
  /** Those of them that were opened as a layer is: tar, gzip, zstd. */
  readonly archives: Set<string>;
  /** Links in the outer tar and their targets: a layer that several images share. */
  readonly links: Map<string, string>;
  /** Its JSON files, parsed, by name. */
  readonly documents: Map<string, object>;
}

export function noParts(): ImageParts {
  return { present: new Set(), archives: new Set(), links: new Map(), documents: new Map() };
}

/** A descriptor of the OCI image specification, as far as it matters here. */
interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
  readonly hasPlatform: boolean;
}

const DOCKER = 'manifest.json';
const OCI = 'index.json';
const ABSENT = 'the manifest names it and the archive does not have it';
const NO_JSON = 'damaged: it is no JSON document that an image has there';
const NO_LAYER = 'a layer that is neither a tar nor the gzip or zstd of one, so nobody knows what is in it';

/**
 * What the manifests name and the archive lacks, or has in a form that cannot be read. A layer or configuration is then
 * unread, and so an error; a layer that its vendor does not let be distributed, or a manifest of another platform, was
 * never meant to be in it.
 *
 * @throws GuardError 'damaged' where there is no manifest at all
 */
export function* missingParts(parts: ImageParts, file: string): Generator<SourceItem> {
  if (!parts.present.has(DOCKER) && !parts.present.has(OCI))
    throw new GuardError('damaged', `${file} is no container image: it has neither ${DOCKER} nor ${OCI}`);
  const told = new Set<string>();
  for (const item of [...dockerParts(parts), ...ociParts(parts)]) {
    if (told.has(item.path ?? '')) continue;
    told.add(item.path ?? '');
    yield item;
  }
}

/** `docker save`: a list of images with the names of their files. */
function* dockerParts(parts: ImageParts): Generator<SourceItem> {
  if (!parts.present.has(DOCKER)) return;
  const manifest: unknown = parts.documents.get(DOCKER);
  const images: readonly unknown[] = Array.isArray(manifest) ? manifest : [];
  if (images.length === 0) yield unreadable(DOCKER, NO_JSON);
  for (const image of images) {
    const { Config: config, Layers: layers } = Object(image) as { Config?: unknown; Layers?: unknown };
    const names: readonly unknown[] | null = Array.isArray(layers) ? layers : layers === null ? [] : null;
    if (typeof config !== 'string' || names?.every((name) => typeof name === 'string') !== true) {
      yield unreadable(DOCKER, NO_JSON);
      continue;
    }
    yield* configPart(config, parts);
    for (const name of names) yield* layerPart(name, parts);
  }
}

/** OCI layout: an index of manifests, or of further indexes for several platforms. */
function* ociParts(parts: ImageParts): Generator<SourceItem> {
  if (!parts.present.has(OCI)) return;
  const index = descriptorsIn(parts.documents.get(OCI), 'manifests');
  if (index.length === 0) yield unreadable(OCI, NO_JSON);
  const waiting = [index];
  const seen = new Set<string>();
  for (let manifests = waiting.pop(); manifests !== undefined; manifests = waiting.pop()) {
    const isOneHere = manifests.some(({ digest }) => parts.present.has(blobName(digest)));
    for (const { digest, hasPlatform } of manifests) {
      if (seen.has(digest)) continue;
      seen.add(digest);
      const name = blobName(digest);
      if (!parts.present.has(name))
        yield hasPlatform && isOneHere
          ? { kind: 'skipped', path: name, reason: 'a manifest that is not in this archive (another platform)' }
          : unreadable(name, ABSENT);
      else {
        const document = parts.documents.get(name);
        if (document === undefined || !('layers' in document || 'manifests' in document))
          yield unreadable(name, NO_JSON);
        waiting.push(descriptorsIn(document, 'manifests'));
        yield* manifestParts(document, parts);
      }
    }
  }
}

function* manifestParts(manifest: object | undefined, parts: ImageParts): Generator<SourceItem> {
  for (const { digest, mediaType } of descriptorsIn(manifest, 'config'))
    // an artifact's configuration may be anything
    if (/image.*json$/.test(mediaType)) yield* configPart(blobName(digest), parts);
    else if (!parts.present.has(blobName(digest))) yield unreadable(blobName(digest), ABSENT);
  for (const { digest, mediaType } of descriptorsIn(manifest, 'layers')) {
    const path = blobName(digest);
    if (!parts.present.has(path) && /nondistributable|foreign/.test(mediaType))
      yield { kind: 'skipped', path, reason: 'a layer that is not distributed with its image' };
    else if (mediaType === '' || /[.+]tar\b/.test(mediaType)) yield* layerPart(path, parts);
    else if (!parts.present.has(path)) yield unreadable(path, ABSENT);
  }
}

function* configPart(name: string, parts: ImageParts): Generator<SourceItem> {
  const place = placeOf(name, parts);
  if (!parts.present.has(place)) yield unreadable(name, ABSENT);
  else if (!parts.documents.has(place)) yield unreadable(name, NO_JSON);
}

function* layerPart(name: string, parts: ImageParts): Generator<SourceItem> {
  const place = placeOf(name, parts);
  if (!parts.present.has(place)) yield unreadable(name, ABSENT);
  else if (!parts.archives.has(place)) yield unreadable(name, NO_LAYER);
}

/** Where the bytes of a name are: a symbolic link starts from its folder (`../<id>/layer.tar`), a hard link from the top. */
function placeOf(name: string, { present, links }: ImageParts): string {
  let place = posix.normalize(name);
  // A chain of links is at most as long as there are links.
  for (let left = links.size; left > 0 && !present.has(place); left -= 1) {
    const target = links.get(place);
    if (target === undefined) break;
    const beside = posix.join(posix.dirname(place), target);
    place = present.has(beside) || links.has(beside) ? beside : posix.normalize(target);
  }
  return place;
}

function unreadable(path: string, reason: string): SourceItem {
  return { kind: 'unreadable', path, reason };
}

function descriptorsIn(document: object | undefined, key: 'manifests' | 'config' | 'layers'): Descriptor[] {
  const value = (document as Readonly<Record<string, unknown>> | undefined)?.[key];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((item) => {
    const { digest, mediaType, platform } = Object(item) as Readonly<Record<string, unknown>>;
    if (typeof digest !== 'string') return [];
    const type = typeof mediaType === 'string' ? mediaType : '';
    return [{ digest, mediaType: type, hasPlatform: platform !== undefined }];
  });
}

function blobName(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}
