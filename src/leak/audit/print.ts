import type { Audit } from './audit';
import type { AuditEvent } from './events';
import { describeOddity } from './unusual';

/** `events`, and beside them what is unusual, who owns what, and what could not be read. */
export function auditJson({ events, owners, errors }: Audit): string {
  return `${JSON.stringify(
    {
      events: events.map(({ oddities: _oddities, ...event }) => event),
      unusual: events
        .filter(({ oddities }) => oddities.length > 0)
        .map(({ crate, version, action, at, oddities }) => ({
          crate,
          version,
          action,
          at,
          why: oddities.map(describeOddity),
        })),
      owners: Object.fromEntries(owners),
      errors,
    },
    null,
    2,
  )}\n`;
}

/** A table for people, oldest first; `!` marks what is unusual, and why is said below it. */
export function auditText({ events, owners, errors }: Audit): string {
  const lines: string[] = [];
  if (events.length === 0)
    lines.push(
      errors.length === 0
        ? 'Nothing was published, yanked or unyanked in this time.'
        : 'Nothing found in what could be read.',
    );
  else {
    const head = ['', 'when (UTC)', 'crate', 'version', 'action', 'by', 'checksum'];
    lines.push(...table([head, ...events.map((event) => row(event, event.oddities.length > 0))]));
  }
  const odd = events.filter(({ oddities }) => oddities.length > 0);
  if (odd.length > 0) {
    lines.push('', 'Unusual (!), which proves nothing; what is not marked is not proven either:');
    for (const { crate, version, oddities } of odd)
      for (const oddity of oddities) lines.push(`  ${crate} ${oneLine(version)}: ${describeOddity(oddity)}`);
  }
  if (owners.size > 0) {
    lines.push(
      '',
      'Owners today (a stranger among them can publish without your key; crates.io keeps no public history of owners):',
    );
    for (const [crate, names] of owners) lines.push(`  ${crate}: ${names.map(oneLine).join(', ')}`);
  }
  if (errors.length > 0) {
    lines.push('', 'NOT READ, so this list is not whole:');
    for (const error of errors) lines.push(`  ${error}`);
  }
  return `${lines.join('\n')}\n`;
}

function row(
  { at, crate, version, action, by, checksum, yanked, trustedPublishing }: AuditEvent,
  odd: boolean,
): string[] {
  return [
    odd ? '!' : '',
    new Date(at).toISOString().slice(0, 19).replace('T', ' '),
    crate,
    version,
    action + (yanked && action === 'publish' ? ' (yanked now)' : ''),
    trustedPublishing === null ? (by ?? 'not known') : `Trusted Publishing ${source(trustedPublishing)}`.trim(),
    action === 'publish' ? (checksum ?? '') : '',
  ].map(oneLine);
}

/** A name with a line end in it must not look like one more row. */
function oneLine(text: string): string {
  return text.replace(/[\t-\r\x85\u2028\u2029]/g, ' ');
}

/** The repository or project behind a publish, as far as the API names one. */
function source(data: Readonly<Record<string, unknown>>): string {
  const place = data['repository'] ?? data['project_path'];
  return typeof place === 'string' ? `from ${place}` : '';
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_head, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
