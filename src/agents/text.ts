/** Keys in the strings of an event: found, and masked where they stand. */
import type { Policy } from '../policy/policy';
import { candidatesIn, enabledRules } from '../scan/detection';
import { findingOf } from '../scan/findings';
import type { Finding } from '../scan/report';
import type { Content } from '../sources/content';
import { isRecord } from '../base/json';
import { leavesOf } from './event';

/** What text is judged as: the content of a file, or text that lies nowhere (path null). */
export interface TextPlace {
  readonly path: string | null;
  readonly policy: Policy;
}

/** The findings in a text that block. */
export async function blockedIn(text: string, { path, policy }: TextPlace): Promise<readonly Finding[]> {
  const content: Content = {
    kind: 'content',
    provenance: { kind: 'message' },
    path,
    // An inline comment counts in a file only.
    where: path === null ? 'commit-message' : 'file',
    bytes: Buffer.from(text),
  };
  const { candidates } = await candidatesIn(content, enabledRules(policy));
  const findings: Finding[] = [];
  for (const candidate of candidates) {
    const finding = await findingOf(candidate, content, policy);
    if (finding.status === 'blocked') findings.push(finding);
  }
  return findings;
}

/** Variables that a key of an object may be, whose value the rules know only beside its name. */
const NAMED = /^cargo_registr/i;

/**
 * The findings in a value: in each string as it is decoded, and in the whole as JSON, where a key and its value are
 * two strings.
 */
export async function blockedInValue(value: unknown, place: TextPlace): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const { key, text } of leavesOf(value)) {
    found.push(...(await blockedIn(text, place)));
    // A patch has a sign before each line.
    if (/^[-+]/m.test(text)) found.push(...(await blockedIn(text.replace(/^[-+ ]/gm, ''), place)));
    if (NAMED.test(key)) found.push(...(await blockedIn(`${key}: ${JSON.stringify(text)}`, place)));
  }
  if (found.length === 0 && typeof value === 'object')
    found.push(...(await blockedIn(JSON.stringify(value, withoutLong), place)));
  return found;
}

/** A name, or a key beside it, is no longer than this. */
const LONGEST_PART = 4096;

/** Long strings are judged by themselves. */
function withoutLong(_key: string, value: unknown): unknown {
  return typeof value === 'string' && value.length > LONGEST_PART ? '' : value;
}

export interface Masking {
  readonly value: unknown;
  readonly findings: readonly Finding[];
}

const HIDDEN = '[hidden by cratesguard: this holds a key]';

/** The same value with the keys in its strings masked; where masks would not do, its strings are hidden as a whole. */
export async function maskedValue(
  value: unknown,
  place: TextPlace,
  isAllowed: (finding: Finding) => boolean,
): Promise<Masking> {
  const findings: Finding[] = [];
  const masks = new Map<string, string>();
  for (const { text } of leavesOf(value)) {
    if (masks.has(text)) continue;
    const found = (await blockedIn(text, place)).filter((finding) => !isAllowed(finding));
    if (found.length === 0) continue;
    findings.push(...found);
    masks.set(text, await maskedText(text, found, place, isAllowed));
  }
  const masked = masks.size === 0 ? value : replaced(value, (text) => masks.get(text) ?? text);
  const left = (await blockedInValue(masked, place)).filter((finding) => !isAllowed(finding));
  if (left.length === 0) return { value: masked, findings };
  return { value: hidden(value), findings: [...findings, ...left] };
}

/** The same value with every string in it hidden. */
export function hidden(value: unknown): unknown {
  return replaced(value, (text) => (text.length > 2 ? HIDDEN : text));
}

async function maskedText(
  text: string,
  findings: readonly Finding[],
  place: TextPlace,
  isAllowed: (finding: Finding) => boolean,
): Promise<string> {
  const lines = text.split('\n');
  for (const { line, column, endColumn, secret } of [...findings].sort((a, b) => b.column - a.column)) {
    const before = lines[line - 1];
    if (before !== undefined) lines[line - 1] = before.slice(0, column - 1) + secret + before.slice(endColumn - 1);
  }
  const masked = lines.join('\n');
  const left = (await blockedIn(masked, place)).some((finding) => !isAllowed(finding));
  return left ? HIDDEN : masked;
}

function replaced(value: unknown, replacement: (text: string) => string): unknown {
  if (typeof value === 'string') return replacement(value);
  if (Array.isArray(value)) return value.map((item) => replaced(item, replacement));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [replacement(key), replaced(item, replacement)]),
  );
}
