import { chunkBytes, type Chunk } from './sealed-file.js';

export type PlainChunk = Chunk & { readonly plain: Buffer };

/** The same bytes in pieces of `chunkBytes`, of which the last knows that it is. */
export async function* rechunked(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<PlainChunk, void> {
  let waiting: Buffer[] = [];
  let length = 0;
  let index = 0;
  for await (const part of bytes) {
    waiting.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
    length += part.length;
    // Beyond a whole chunk there is more, so that the whole one is not the last.
    if (length <= chunkBytes) continue;
    let whole = Buffer.concat(waiting);
    for (; whole.length > chunkBytes; index += 1) {
      yield { index, isLast: false, plain: whole.subarray(0, chunkBytes) };
      whole = whole.subarray(chunkBytes);
    }
    waiting = [whole];
    length = whole.length;
  }
  if (length > 0) yield { index, isLast: true, plain: Buffer.concat(waiting) };
}
