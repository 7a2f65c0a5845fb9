import { Inject, Injectable } from '@nestjs/common';
import { commandId, instant, organisationId, type Instant } from '#kernel';
import { CHANCE, CLOCK, RECORD, type Chance, type Clock, type Record } from '#engine';
import type { SmsListRead } from '../domain/events.js';

export const smsListStream = 'polls-sms';
/** Only the newest counts; those before it show whoever looks that the list is being read. */
export const smsListReadsKept = 10;

/** Remembers, over restarts, up to when Twilio's list of messages has been read and kept. */
@Injectable()
export class SmsListMemory {
  private isLimited = false;

  constructor(
    @Inject(RECORD) private readonly record: Record,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CHANCE) private readonly chance: Chance,
  ) {}

  /** Null when the list has never been read. Throws the log's own errors. */
  async read(): Promise<Instant | null> {
    const newest = await this.record.newest<SmsListRead>(smsListStream);
    return newest?.data.until ?? null;
  }

  /** Durable when it resolves. Throws the log's own errors. */
  async write(until: Instant): Promise<void> {
    const at = instant(this.clock.now());
    const event: SmsListRead = { type: 'SmsListRead', at, data: { until } };
    const id = commandId(this.chance.uuid());
    if (!this.isLimited) await this.record.keepLast(smsListStream, smsListReadsKept);
    this.isLimited = true;
    await this.record.write(smsListStream, event, {
      commandId: id,
      correlationId: id,
      causationId: null,
      organisationId: organisationId('system'),
      actor: { kind: 'system', id: 'sms-poller' },
      capability: null,
      at,
      subject: null,
      basis: [],
    });
  }
}
