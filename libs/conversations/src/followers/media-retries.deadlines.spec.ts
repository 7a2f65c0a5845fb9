import { describe, it } from '@jest/globals';
import { messageId } from '#kernel';
import { given, recorded } from '#kernel/spec';

import { mediaDeferred, mediaRefused, mediaRetryDue, mediaStored } from '../spec/files.js';
import { after, stream } from '../spec/people.js';
import { mediaRetries } from './media-retries.deadlines.js';

const onThread = <Fact extends Parameters<typeof recorded>[0]>(fact: Fact) =>
  recorded(fact, { stream });
const off = onThread(mediaDeferred(after(1), after(9_000)));

describe('the deadlines of files', () => {
  it('have one that was put off fetched at its time, and not before', () => {
    given(mediaRetries)(off).at(after(8_999)).thenNothing();
    given(mediaRetries)(off)
      .at(after(9_000))
      .then({
        to: 'conversation',
        id: 'acme-thread1',
        command: { type: 'RetryMedia', messageId: messageId('hello'), attempt: 1 },
      });
  });

  it.each([mediaRetryDue(after(9_000)), mediaStored(after(2)), mediaRefused(after(2))])(
    'are over with $type',
    (fact) => {
      given(mediaRetries)(off, onThread(fact)).at(after(999_999)).thenNothing();
    },
  );
});
