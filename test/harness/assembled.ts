import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { commandId, instant, memberId, organisationId } from '#kernel';
import { createLocalIssuer, type Capability } from '#access';
import { createLog, readConfig } from '#edge';
import { OrganisationEnvelope } from '#organisations';
import { closersOf, startCasement, type Casement } from '../../apps/casement/src/casement.js';
import { readDemo } from './casement.js';
import { Client, type Demo } from './client.js';
import { storesOf, type TestStores } from './stores.js';

const nowhere = new Writable({ write: (_, __, done) => done() });
const tokenSeconds = 3_600;

/** The same engine within this process, on a data directory of its own: what no client could do can be. */
export class Assembled extends Client {
  private constructor(
    private readonly dataDirectory: string,
    private readonly stores: TestStores,
    private casement: Casement,
    private told: Demo,
  ) {
    super();
  }

  static async start(): Promise<Assembled> {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'casement-'));
    const stores = await storesOf(dataDirectory, { isApart: true });
    return new Assembled(dataDirectory, stores, ...(await assemble(dataDirectory, stores)));
  }

  override get demo(): Demo {
    return this.told;
  }

  get application(): INestApplicationContext {
    return this.casement.gateway.app;
  }

  /** Resolves once every follower has done what is on the log now. */
  caughtUp(): Promise<void> {
    return this.casement.worker.runtime.caughtUp();
  }

  /** Starts it again on the same data; the port is another. */
  async restart(): Promise<void> {
    await this.end();
    [this.casement, this.told] = await assemble(this.dataDirectory, this.stores);
  }

  async remove(): Promise<void> {
    await this.end();
    await this.stores.close();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }

  /** The token of a new member of an organisation. */
  async memberWith(
    organisation: string,
    name: string,
    capabilities: readonly Capability[],
  ): Promise<string> {
    const id = organisationId(organisation);
    const { config, clock } = this.casement.platform;
    const at = instant(clock.now());
    const command = { type: 'AddMember', at, memberId: memberId(name), name } as const;
    const context = {
      commandId: commandId(`add-${name}`),
      correlationId: name,
      causationId: null,
      organisationId: id,
      actor: { kind: 'system', id: 'test' },
      capability: null,
      at,
      subject: `member-${name}`,
      basis: [],
    } as const;
    const member = { ...command, kind: 'staff' as const, capabilities };
    await this.application.get(CommandBus).execute(new OrganisationEnvelope(id, member, context));
    const issuer = await createLocalIssuer({ ...config.auth, ...config, wallClock: Date.now });
    return issuer.issue({ org: organisation, sub: name, expiresInSeconds: tokenSeconds });
  }

  private async end(): Promise<void> {
    for (const { close } of closersOf(this.casement)) await close();
  }
}

const assemble = async (
  dataDirectory: string,
  { environment }: TestStores,
): Promise<[Casement, Demo]> => {
  const config = readConfig({ CASEMENT_DATA_DIR: dataDirectory, PORT: '0', ...environment });
  const casement = await startCasement(config, createLog('fatal', nowhere));
  return [casement, await readDemo(dataDirectory)];
};
