import { resolve } from 'node:path';
import { peek, type ByteStream } from '../archive/bytes';
import { compressionOf, decompress } from '../archive/decompress';
import { membersOf } from '../archive/members';
import { isTar } from '../archive/tar';
import { GuardError } from '../base/error';
import type { Source } from './content';
import { fileStream, memberItems } from './members';

export interface CrateOptions {
  readonly cwd: string;
  readonly file: string;
}

/** A `.crate`: a gzip of a tar with one folder `name-version/`; archives in it are opened too. */
export function crateSource({ cwd, file }: CrateOptions): Source {
  return {
    name: 'crate',
    async *items(context) {
      const archive = await tarOf(fileStream(resolve(cwd, file), file), file);
      for await (const member of membersOf(archive, '')) yield* memberItems(member, { kind: 'crate' }, context);
    },
  };
}

async function tarOf(bytes: ByteStream, file: string): Promise<ByteStream> {
  const packed = await peek(bytes, 4);
  if (compressionOf(packed.start) !== 'gzip') throw notACrate(file);
  const unpacked = await peek(decompress(packed.whole, 'gzip'), 512);
  if (!isTar(unpacked.start)) throw notACrate(file);
  return unpacked.whole;
}

function notACrate(file: string): GuardError {
  return new GuardError('damaged', `${file} is no .crate archive (a gzip-compressed tar)`);
}
