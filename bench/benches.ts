import type { Bench } from './bench.js';
import { commands } from './commands/commands.js';
import { external } from './external/external.js';
import { expiry } from './expiry/expiry.js';
import { inbox } from './inbox/inbox.js';
import { projection } from './projection/projection.js';
import { subscribers } from './subscribers/subscribers.js';
import { webhook } from './webhook/webhook.js';

/** In the order in which they are measured and shown. */
export const benches: readonly Bench[] = [
  webhook,
  commands,
  projection,
  inbox,
  subscribers,
  expiry,
  external,
];
