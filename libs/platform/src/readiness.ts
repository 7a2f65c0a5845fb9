import { Readiness } from '#edge';
import { lagOfViews } from './lag.js';
import type { Platform } from './platform.js';

/** Ready is who can write, and whose views show what was written. */
export const readinessOf = ({ log, views, writeRefusal }: Platform): Readiness =>
  new Readiness([
    { name: 'log', check: writeRefusal },
    { name: 'views', check: () => lagOfViews(log, views, Date.now()) },
  ]);
