import type { ClockDesk } from './clock-desk.js';
import type { Graph } from './graph.js';
import type { InboundOptions } from './inbound.js';
import type { MediaDouble } from './media-double.js';
import type { Moods } from './moods.js';
import type { SimulatorOptions } from './options.js';
import type { Outbox } from './outbox.js';
import type { Phones } from './phones.js';
import type { Receipts } from './receipts.js';
import type { SmsDesk } from './sms-desk.js';
import type { Watchers } from './watchers.js';

/** The parts on the table, for the routes. */
export type Desk = {
  readonly options: SimulatorOptions;
  readonly clock: ClockDesk;
  readonly graph: Graph;
  readonly inbound: InboundOptions;
  readonly media: MediaDouble;
  readonly moods: () => Moods;
  readonly setMoods: (moods: Moods) => void;
  readonly outbox: Outbox;
  readonly phones: Phones;
  readonly receipts: Receipts;
  /** Null where there is no SMS. */
  readonly sms: SmsDesk | null;
  readonly watchers: Watchers;
  readonly webhookUrl: () => string;
};
