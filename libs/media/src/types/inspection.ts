import { createHash } from 'node:crypto';
import type { StoredFile } from '../port.js';
import { judgeType, readSha256, type FileClaim, type FileRefusal } from './judge.js';
import { mediaBytesMax } from './kinds.js';
import { sniffedBytes } from './sniff.js';

/** Looks at a file as it goes by. */
export type Inspection = {
  /** Why the file is refused, as soon as it is known; nothing more need be read then. */
  readonly take: (chunk: Uint8Array) => FileRefusal | null;
  /** After the last chunk. */
  readonly end: () => StoredFile | FileRefusal;
};

/** Measures, hashes and judges a file against what was said of it, without holding it. */
export const inspect = (claim: FileClaim): Inspection => {
  const hash = createHash('sha256');
  let head = Buffer.alloc(0);
  let size = 0;
  let mimeType: string | null = null;

  const judge = (): FileRefusal | null => {
    const judged = judgeType(claim, head);
    if ('refused' in judged) return judged.refused;
    ({ mimeType } = judged);
    return null;
  };
  return {
    take: (chunk) => {
      size += chunk.length;
      if (size > mediaBytesMax[claim.kind]) return 'too_large';
      hash.update(chunk);
      if (mimeType !== null) return null;
      head = Buffer.concat([head, chunk.subarray(0, sniffedBytes - head.length)]);
      return head.length < sniffedBytes ? null : judge();
    },
    end: () => {
      if (size === 0) return 'empty';
      const refused = mimeType === null ? judge() : null;
      if (refused !== null) return refused;
      const sha256 = hash.digest('hex');
      const expected = readSha256(claim.sha256);
      const isOther = expected !== null && expected !== sha256;
      if (isOther || (claim.size !== null && claim.size !== size)) return 'checksum_mismatch';
      return { mimeType: mimeType ?? '', size, sha256 };
    },
  };
};
