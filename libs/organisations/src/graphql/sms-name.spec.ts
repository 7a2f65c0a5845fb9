import { describe, expect, it } from '@jest/globals';
import { wrongSmsName } from './sms-name.js';

describe('a name for SMS', () => {
  it.each(['A', '7', 'AcmeMotors', 'Ünal & Söhne', 'Ιωάννης', 'a'.repeat(60), '🚗 Acme'])(
    'R079: may be %j',
    (name) => expect(wrongSmsName(name)).toBeNull(),
  );

  it.each(['', '...', '🚗🚗', 'ورشة', 'Acme\nMotors', 'Acme\0', 'Acme\ud83d'])(
    'R079: may not be %j, of which an SMS can say nothing',
    (name) =>
      expect(wrongSmsName(name)).toMatchObject({
        __typename: 'InvalidContentRefusal',
        code: 'CONTENT_INVALID',
        field: 'smsName',
        limit: null,
      }),
  );

  it('R079: has at most 60 characters, each counted once', () => {
    expect(wrongSmsName(`A${'🚗'.repeat(59)}`)).toBeNull();
    expect(wrongSmsName(`A${'🚗'.repeat(60)}`)).toMatchObject({ limit: 60, actual: 61 });
  });
});
