import { resolve } from 'node:path';
import { workTree } from '../../leak/git-facts';
import { inventoryOf, sortedUses, type Inventory } from '../../leak/inventory/files';
import { inventoryOfMachine } from '../../leak/inventory/machine';
import { GuardError } from '../../base/error';
import { maskText } from '../../detect/mask';
import { escapeLine } from '../../report/escape';
import type { RunCommand } from '../command';
import { writeFormatted } from '../output';

/** `leak inventory`: 0, or 3 where something could not be read. */
export const runLeakInventory: RunCommand = async ({ args, options }, io) => {
  if (args.length > 1) throw new GuardError('usage', 'inventory takes one folder');
  const root = args[0] === undefined ? ((await workTree(io.cwd)) ?? io.cwd) : resolve(io.cwd, args[0]);
  const here = await inventoryOf(root);
  const machine = await inventoryOfMachine(root, io.env);
  const whole = {
    uses: [...sortedUses(here.uses), ...sortedUses(machine.uses)],
    unread: [...here.unread, ...machine.unread],
  };
  if (options['format'] === 'json') io.stdout.write(asJson(whole));
  // Masked field by field: a name beside another must not make it look like a value.
  else writeFormatted(io.stdout, asText(whole));
  for (const { path, reason } of whole.unread) io.stderr.write(`cratesguard: ${path}: ${reason}\n`);
  return { kind: whole.unread.length > 0 ? 'incomplete' : 'clean' };
};

function asJson({ uses }: Inventory): string {
  const rows = uses.map(({ service, path, line, secretName, command }) => ({
    service,
    path,
    line,
    secretName,
    command,
  }));
  return `${JSON.stringify({ uses: rows }, null, 2)}\n`;
}

function safeLine(text: string): string {
  return escapeLine(maskText(text));
}

function asText({ uses, unread }: Inventory): string {
  const lines: string[] = [];
  let service: string | null = null;
  for (const use of uses) {
    if (use.service !== service) lines.push(`${lines.length > 0 ? '\n' : ''}${use.service}`);
    service = use.service;
    const context = use.context === use.secretName ? null : use.context;
    const parts = [use.secretName === null ? null : `secret ${use.secretName}`, use.command, context].filter(
      (part) => part !== null,
    );
    lines.push(`  ${safeLine(use.path)}:${use.line}  ${parts.map(safeLine).join(', ')}`);
  }
  if (uses.length === 0)
    lines.push(unread.length > 0 ? 'Nothing that uses a key in what could be read.' : 'Nothing here uses a key.');
  return `${lines.join('\n')}\n`;
}
