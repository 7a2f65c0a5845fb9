import { createSmsListReading, type SmsListPorts } from './sms-list.js';

const minuteMs = 60_000;
export const pollEveryMs = 5 * minuteMs;
/** After a poll that did not succeed; doubled with each further one, up to `pollEveryMs`. */
export const pollAgainMs = minuteMs;

export type SmsPoller = {
  /** Polls now, and then every five minutes, until the signal aborts: then nothing runs any more. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Never rejects. False when not everything until now could be read and kept. */
  readonly pollOnce: (signal: AbortSignal) => Promise<boolean>;
};

/**
 * Looks in Twilio's list for what customers wrote while nobody listened, and for receipts that never
 * came (F10, F23): Twilio gives up on a delivery that it could not make. What is found is kept as a
 * delivery of the source `smslist`. It may be kept twice, and beside the delivery itself: the thread
 * knows a message by its sid.
 */
export const createSmsPoller = (ports: SmsListPorts): SmsPoller => {
  const { log, timer } = ports;
  const readList = createSmsListReading(ports);

  const pollOnce = async (signal: AbortSignal): Promise<boolean> => {
    try {
      return await readList(signal);
    } catch (error) {
      log.warn({ error }, 'what Twilio lists could not be kept');
      return false;
    }
  };
  const run = async (signal: AbortSignal): Promise<void> => {
    let failures = 0;
    while (!signal.aborted) {
      failures = (await pollOnce(signal)) ? 0 : failures + 1;
      const ms = failures === 0 ? pollEveryMs : pollAgainMs * 2 ** (failures - 1);
      // It rejects only when it is called off, and then the loop ends.
      await timer.sleep(Math.min(ms, pollEveryMs), signal).catch(() => undefined);
    }
  };
  return { run, pollOnce };
};
