import type { Audit } from './audit';
import { describeAnomaly, type JudgedEvent } from './anomalies';

/** `events`, `crates`, `notChecked` and `errors`. */
export function auditJson({ events, crates, notChecked, errors }: Audit): string {
  const rows = events.map(({ anomalies, uncompared: _uncompared, ...event }) => ({
    ...event,
    unusual: anomalies.map(({ code }) => code),
    source: null,
  }));
  const owned = crates.map(({ name, owners, trustedPublishingOnly, unusual }) => ({
    name,
    owners,
    trustedPublishingOnly,
    unusual,
  }));
  return `${JSON.stringify({ events: rows, crates: owned, notChecked, errors }, null, 2)}\n`;
}

/** For people: what is unusual, what could not be read, a table (oldest first, `!` for unusual), owners, what to look at by hand. */
export function auditText({ events, crates, notChecked, errors }: Audit): string {
  const lines: string[] = [];
  const section = (title: string, rows: readonly string[]): void => {
    if (rows.length > 0) lines.push(...(lines.length > 0 ? [''] : []), title, ...rows.map((row) => `  ${row}`));
  };
  section('Unusual (this proves nothing; what is not listed is not proven either):', [
    ...crates
      .filter(({ unusual }) => unusual.length > 0)
      .map(({ name, owners }) => `${name}: no longer yours; its owners are ${ownerList(owners)}`),
    ...events.flatMap(({ crate, version, action, anomalies }) =>
      anomalies.map((anomaly) => `${crate} ${oneLine(version)}, ${action}: ${oneLine(describeAnomaly(anomaly))}`),
    ),
  ]);
  section(
    'NOT READ, so this list is not whole:',
    errors.map(({ what, reason }) => `${what}: ${reason}`),
  );
  if (lines.length > 0) lines.push('');
  if (events.length > 0) {
    const head = ['', 'when (UTC)', 'crate', 'version', 'action', 'by', 'checksum'];
    lines.push(...table([head, ...events.map((event) => row(event, event.anomalies.length > 0))]));
  } else
    lines.push(
      errors.length === 0
        ? 'Nothing was published, yanked or unyanked in this time.'
        : 'Nothing found in what could be read.',
    );
  section(
    'Owners today (a stranger among them can publish without your key; crates.io keeps no public history of owners):',
    crates.map(
      ({ name, owners, trustedPublishingOnly }) =>
        `${name}: ${ownerList(owners)}${trustedPublishingOnly ? ' (Trusted Publishing only)' : ''}`,
    ),
  );
  section(
    'Not checked; look there yourself:',
    notChecked.map(({ what, why, where }) => `${what} (${why}): ${where}`),
  );
  return `${lines.join('\n')}\n`;
}

function ownerList(owners: readonly { readonly login: string }[]): string {
  return owners.length === 0 ? 'nobody' : owners.map(({ login }) => oneLine(login)).join(', ');
}

function row(
  { at, crate, version, action, by, checksum, yanked, trustedPublishing }: JudgedEvent,
  odd: boolean,
): string[] {
  return [
    odd ? '!' : '',
    new Date(at).toISOString().slice(0, 19).replace('T', ' '),
    crate,
    version,
    action + (yanked && action === 'publish' ? ' (yanked now)' : ''),
    trustedPublishing === null
      ? (by ?? 'not known')
      : `Trusted Publishing from ${trustedPublishing.repository ?? 'an unknown repository'}`,
    action === 'publish' ? (checksum ?? '') : '',
  ].map(oneLine);
}

/** A name with a line end in it must not look like one more row. */
function oneLine(text: string): string {
  return text.replace(/[\t-\r\x85\u2028\u2029]/g, ' ');
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
