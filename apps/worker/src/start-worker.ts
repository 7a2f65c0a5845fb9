import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { TokenVerifier } from '#access';
import {
  Metrics,
  createHttpAdapter,
  nestLog,
  portOf,
  registerProcessMetrics,
  type Config,
  type Log,
  type Readiness,
} from '#edge';
import { SystemClock } from '#engine';
import { businessOn, openPlatform, readinessOf, type Platform, type Running } from '#platform';
import { waysOutOf } from './ways-out.js';
import { createWorker } from './worker.js';

@Module({})
class WorkerModule {}

/** Nobody asks a worker. */
const nobody: TokenVerifier = {
  verify: () => Promise.reject(new Error('a worker knows no tokens')),
};

/** One of many: it follows the log and sends. Over HTTP it answers operators alone. */
export const startWorker = async (config: Config, log: Log): Promise<Running> => {
  const duties = { tails: false, projects: true };
  const platform = await openPlatform(config, new SystemClock(), log, duties);
  const metrics = new Metrics();
  registerProcessMetrics(metrics);
  const readiness = readinessOf(platform);
  const app = await operatorsDoor(platform, metrics, readiness);
  const waysOut = waysOutOf(config, app, null);
  const worker = createWorker(platform, app.get(CommandBus), waysOut, metrics);
  await app.listen(config.port, config.host);
  worker.start();
  return {
    greeting: [`Casement’s worker is up at http://${config.host}:${portOf(app)}`],
    drain: () => readiness.drain(),
    closers: [
      { name: 'worker', close: () => worker.close() },
      { name: 'operators', close: () => app.close() },
      { name: 'platform', close: () => platform.close() },
    ],
  };
};

const operatorsDoor = async (
  platform: Platform,
  metrics: Metrics,
  readiness: Readiness,
): Promise<NestFastifyApplication> => {
  const { operatorLog: log } = platform;
  const adapter = createHttpAdapter({ isHttps: false, log, metrics, readiness });
  const { modules } = businessOn(platform, nobody, () => 0);
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: WorkerModule, imports: [...modules] },
    adapter,
    { logger: nestLog(log), abortOnError: false },
  );
  await app.init();
  return app;
};
