import { tokenKind } from '../../crates-io/token-kind';
import { GuardError } from '../../base/error';
import { lookAround, packageChecksums } from '../../leak/audit/local-repository';
import { audit, type AuditRequest } from '../../leak/audit/audit';
import { auditJson, auditText } from '../../leak/audit/print';
import { parseWindow } from '../../leak/audit/window';
import type { Invocation, OptionValue, RunCommand } from '../command';
import { apiAddress, clientFor, refuseArguments, textOption } from './key';

/** `leak audit`: 0 nothing happened in the window and nothing is unusual, 1 something, 3 where not all could be read. */
export const runLeakAudit: RunCommand = async (invocation, io) => {
  refuseArguments(invocation);
  const { options } = invocation;
  const subject = subjectOf(invocation);
  const window = parseWindow(textOption(options['since']), textOption(options['until']));
  const client = clientFor(apiAddress(invocation), io);
  const around = await lookAround(io.cwd);
  const notCompared: { what: string; reason: string }[] = [];
  const checksums = options['compare'] === true ? await checksumsAt(io.cwd, notCompared) : new Map<string, string>();
  const found = await audit(client, {
    ...subject,
    window,
    local: { ...around, checksums },
    progress: (crate, index, total) => {
      if (io.stderr.isTerminal)
        io.stderr.write(`reading ${crate} (${index + 1} of ${total}; about ${2 * (total - index)} s left)\n`);
    },
  });
  if (checksums.size > 0 && !found.events.some(({ crate, version }) => checksums.has(`${crate} ${version}`)))
    io.stderr.write('cratesguard: nothing to compare: the version here was not published in this time\n');
  const whole = { ...found, errors: [...found.errors, ...notCompared] };
  io.stdout.write(options['format'] === 'json' ? auditJson(whole) : auditText(whole));
  if (whole.errors.length > 0) {
    for (const error of whole.errors) io.stderr.write(`cratesguard: not read: ${error.what}: ${error.reason}\n`);
    return { kind: 'incomplete' };
  }
  const some = whole.events.length > 0 || whole.crates.some(({ unusual }) => unusual.length > 0);
  return { kind: some ? 'blocked' : 'clean' };
};

async function checksumsAt(
  cwd: string,
  notCompared: { what: string; reason: string }[],
): Promise<ReadonlyMap<string, string>> {
  try {
    return await packageChecksums(cwd);
  } catch (error) {
    // The audit itself is worth having; that the comparison is missing shows in the list of errors and in the status.
    if (!(error instanceof GuardError)) throw error;
    notCompared.push({ what: 'the package that cargo makes here', reason: error.message });
    return new Map();
  }
}

function subjectOf({ options }: Invocation): Pick<AuditRequest, 'logins' | 'crates' | 'repository'> {
  const words = (value: OptionValue): readonly string[] =>
    Array.isArray(value) ? [...new Set(value.map(String))] : value === undefined ? [] : [String(value)];
  const logins = words(options['user']);
  const crates = words(options['crate']);
  const repository = textOption(options['repository']) ?? null;
  if (logins.length + crates.length === 0)
    throw new GuardError('usage', 'audit needs --user or --crate', {
      hint: '--user LOGIN, --crate NAME, or both, as often as you like',
    });
  for (const word of [...logins, ...crates, repository ?? ''])
    if (tokenKind(word) !== null)
      throw new GuardError('usage', 'a key was given where a name belongs', {
        hint: 'treat it as leaked: an argument stays in the shell history',
      });
  if (repository !== null && !/^[^/\s:]+(\/[^/\s:]+)+$/.test(repository))
    throw new GuardError('usage', '--repository is not OWNER/NAME');
  return { logins, crates, repository };
}
