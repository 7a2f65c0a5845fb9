import type { FastifyInstance, FastifyRequest } from 'fastify';
import { answer, answerOrCut, bodyOf, textIn } from './answering.js';
import type { SmsDesk } from './sms-desk.js';
import { readSms, sendSms, smsOf } from './sms-inbound.js';
import type { TwilioCall } from './twilio.js';

const MESSAGES = '/twilio/2010-04-01/Accounts/:accountSid/Messages.json';
const FORM = 'application/x-www-form-urlencoded';

const callOf = (request: FastifyRequest): TwilioCall => ({
  accountSid: textIn(request.params, 'accountSid') ?? '',
  authorization: request.headers.authorization,
});

const queryOf = (request: FastifyRequest): URLSearchParams =>
  new URL(request.raw.url ?? '', 'http://twilio').searchParams;

/** Forms are read here alone: nothing else may be asked for by a form of another site. */
const registerTwilio = (scope: FastifyInstance, { twilio }: SmsDesk): void => {
  scope.addContentTypeParser(FORM, { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  scope.post(MESSAGES, async (request, reply) => {
    const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    return answerOrCut(request, reply, await twilio.send(callOf(request), rawBody));
  });
  scope.get(MESSAGES, async (request, reply) =>
    answer(reply, await twilio.list(callOf(request), queryOf(request))),
  );
};

/** Twilio's double, and the SMS of the phones. */
export const registerSms = (scope: FastifyInstance, desk: SmsDesk): void => {
  void scope.register(async (twilio) => registerTwilio(twilio, desk));
  scope.get('/phones/:from/sms', async (request, reply) =>
    answer(
      reply,
      smsOf(desk.inbound, textIn(request.params, 'from') ?? '', textIn(request.query, 'to')),
    ),
  );
  scope.post('/phones/:from/sms', async (request, reply) =>
    answer(
      reply,
      await sendSms(desk.inbound, textIn(request.params, 'from') ?? '', bodyOf(request)),
    ),
  );
  scope.post('/phones/:from/sms/read', async (request, reply) =>
    answer(
      reply,
      await readSms(desk.inbound, textIn(request.params, 'from') ?? '', bodyOf(request)),
    ),
  );
};
