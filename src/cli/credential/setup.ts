import { readText, replaceFile } from '../../cargo/config/files';
import { withoutPlainKey, type PlainKey } from '../../cargo/config/plain-keys';
import { programOf } from '../../cargo/config/providers';
import type { Outcome } from '../../outcome';
import type { Invocation } from '../command';
import { askAndTell } from './ask';
import { makeChange } from './change';
import { askYesNo, canAsk } from '../prompt';
import { describeByHand, describeNote } from './messages';
import { lookAhead, type Outlook } from './conflicts';
import { editFor, readSetup, type Setup } from './plan';
import type { Io } from '../io';

/** Takes a plain key out where the person wants it: on a terminal they are asked, elsewhere `--remove-plain-key` says so. */
async function offerRemoval(plain: PlainKey, fingerprint: string, isWanted: boolean, io: Io): Promise<void> {
  const name = `${plain.file} (${plain.path.join('.')})`;
  const same = plain.fingerprint === fingerprint ? 'the same key as the store' : 'another key than the store';
  if (!isWanted) {
    if (!canAsk(io)) {
      io.stdout.write(`${name} still holds ${same} gives; --remove-plain-key takes it out.\n`);
      return;
    }
    if (!(await askYesNo(`${name} holds ${same} gives. Take it out?`, io))) return;
  }
  const change = await withoutPlainKey(plain);
  if (change === undefined) {
    io.stdout.write(`${name} is written in a way that can't be changed safely: take the key out by hand.\n`);
    return;
  }
  await replaceFile({ file: plain.file, ...change });
  io.stdout.write(`${name}: the key is taken out. Backups and disk snapshots may still hold it.\n`);
}

async function tryOut(setup: Setup, outlook: Outlook, isRemovalWanted: boolean, io: Io): Promise<void> {
  const { provider, indexUrl, plainKeys } = outlook;
  if (indexUrl === undefined) return;
  const registry = { indexUrl, name: setup.registry };
  const asked = await askAndTell({ program: programOf(provider), args: setup.args, registry }, io);
  if (asked.kind !== 'key') {
    io.stdout.write('The configuration is written all the same; `cratesguard credential test` asks again.\n');
    return;
  }
  for (const plain of plainKeys) await offerRemoval(plain, asked.fingerprint, isRemovalWanted, io);
}

/** `cratesguard credential setup STORE …` */
export async function setUpCredential(invocation: Invocation, io: Io): Promise<Outcome> {
  const setup = readSetup(invocation, io);
  const { file } = setup.place;
  const before = await readText(file);
  const edited = editFor(setup, before);
  if (edited.kind === 'refused') {
    io.stdout.write(describeByHand(file, edited.lines, 'put in'));
    return { kind: 'blocked' };
  }
  const outlook = await lookAhead(setup, edited.text, io);
  for (const note of outlook.notes) io.stderr.write(`note: ${describeNote(note)}\n`);
  if (edited.text === before) io.stdout.write(`${file} says so already.\n`);
  else {
    const isAgreed = invocation.options['yes'] === true;
    if (!(await makeChange({ file, before, after: edited.text }, isAgreed, io))) return { kind: 'clean' };
    io.stdout.write(`${file} is written.\n`);
  }
  await tryOut(setup, outlook, invocation.options['remove-plain-key'] === true, io);
  return { kind: 'clean' };
}
