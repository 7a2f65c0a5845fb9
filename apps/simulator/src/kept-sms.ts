import { parseInstant, type Json } from '#kernel';
import { field } from './reading.js';
import type { KeptSms, Sms } from './sms-log.js';

const textIn = (value: Json, name: string): string => {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
};

const readOnPhone = (value: Json): Sms['onPhone'] => {
  const found = textIn(value, 'onPhone');
  return found === 'unread' || found === 'never' ? found : 'read';
};

const readSms = (value: Json): readonly Sms[] => {
  const at = parseInstant(textIn(value, 'at'));
  const errorCode = field(value, 'errorCode');
  const segments = field(value, 'segments');
  if (textIn(value, 'sid') === '' || at === null) return [];
  return [
    {
      sid: textIn(value, 'sid'),
      direction: textIn(value, 'direction') === 'inbound' ? 'inbound' : 'outbound-api',
      from: textIn(value, 'from'),
      to: textIn(value, 'to'),
      text: textIn(value, 'text'),
      at,
      status: textIn(value, 'status'),
      errorCode: typeof errorCode === 'number' ? errorCode : null,
      segments: typeof segments === 'number' ? segments : 1,
      statusCallback: textIn(value, 'statusCallback') || null,
      onPhone: readOnPhone(value),
    },
  ];
};

export const readKeptSms = (value: Json | undefined): KeptSms => {
  const messages = field(value, 'messages');
  const optedOut = field(value, 'optedOut');
  return {
    messages: Array.isArray(messages) ? messages.flatMap(readSms) : [],
    optedOut: Array.isArray(optedOut) ? optedOut.filter((each) => typeof each === 'string') : [],
  };
};
