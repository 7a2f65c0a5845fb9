/**
 * One forbidden import for each ban of .dependency-cruiser.mjs, and the nearest import that is
 * allowed. The files are written into a scratch tree, never into this one.
 */
export type Case = {
  readonly ban: string;
  readonly says: string;
  readonly file: string;
  readonly forbidden: string;
  /** Content of the same file that no ban minds. */
  readonly allowed: string;
};

const value = (from: string): string =>
  `import { thing } from '${from}';\nexport const it = thing;\n`;
const types = (from: string): string =>
  `import type { Thing } from '${from}';\nexport type It = Thing;\n`;

export const cases: readonly Case[] = [
  {
    ban: 'kernel-imports-nothing',
    says: 'the kernel does not use Node',
    file: 'libs/kernel/src/a.ts',
    forbidden: value('node:fs'),
    allowed: value('./index.js'),
  },
  {
    ban: 'kernel-imports-nothing',
    says: 'the kernel does not use a package',
    file: 'libs/kernel/src/b.ts',
    forbidden: value('immutable'),
    allowed: types('./index.js'),
  },
  {
    ban: 'kernel-spec-imports-test-tools-only',
    says: 'the spec words do not use a lib',
    file: 'libs/kernel/src/spec/given.ts',
    forbidden: value('#engine'),
    allowed: `${value('@jest/globals')}import 'node:fs';\n`,
  },
  {
    ban: 'domain-stands-on-the-kernel',
    says: 'a domain does not use its commands',
    file: 'libs/orders/src/domain/a.ts',
    forbidden: value('../commands/place.js'),
    allowed: value('./order.js'),
  },
  {
    ban: 'domain-stands-on-the-kernel',
    says: 'a domain does not use an app',
    file: 'libs/orders/src/domain/b.ts',
    forbidden: value('../../../../apps/gateway/src/index.js'),
    allowed: value('#kernel'),
  },
  {
    ban: 'domain-knows-no-platform-lib',
    says: 'a domain does not name even a type of the engine',
    file: 'libs/orders/src/domain/c.ts',
    forbidden: types('#engine'),
    allowed: types('#kernel'),
  },
  {
    ban: 'domain-takes-types-of-other-domains-only',
    says: 'a domain does not call another domain',
    file: 'libs/orders/src/domain/d.ts',
    forbidden: value('#invoices'),
    allowed: types('#invoices'),
  },
  {
    ban: 'domain-needs-no-package',
    says: 'no Nest in a domain',
    file: 'libs/orders/src/domain/e.ts',
    forbidden: value('@nestjs/common'),
    allowed: value('immutable'),
  },
  {
    ban: 'domain-needs-no-package',
    says: 'nothing of Node in a domain',
    file: 'libs/orders/src/domain/decisions/cancel.ts',
    forbidden: value('node:crypto'),
    allowed: value('../order.js'),
  },
  {
    ban: 'domain-catalogue-in-events-only',
    says: 'the subject of a domain does not touch the catalogue',
    file: 'libs/orders/src/domain/f.ts',
    forbidden: types('#event-store'),
    allowed: types('./events.js'),
  },
  {
    ban: 'commands-import-domain-only',
    says: 'a command does not read a view',
    file: 'libs/orders/src/commands/a.ts',
    forbidden: value('../views/list.js'),
    allowed: value('../domain/order.js'),
  },
  {
    ban: 'followers-import-domain-only',
    says: 'a follower does not read a view',
    file: 'libs/orders/src/followers/a.ts',
    forbidden: value('../views/list.js'),
    allowed: value('../domain/order.js'),
  },
  {
    ban: 'views-import-domain-only',
    says: 'a view does not send commands',
    file: 'libs/orders/src/views/a.ts',
    forbidden: value('../commands/place.js'),
    allowed: value('../domain/order.js'),
  },
  {
    ban: 'graphql-knows-no-follower',
    says: 'a resolver does not call a follower',
    file: 'libs/orders/src/graphql/a.ts',
    forbidden: value('../followers/remind.js'),
    allowed: `${value('../views/list.js')}export * from '../commands/place.js';\n`,
  },
  {
    ban: 'http-knows-no-follower-and-no-graphql',
    says: 'a page does not call a follower',
    file: 'libs/orders/src/http/a.ts',
    forbidden: value('../followers/remind.js'),
    allowed: `${value('../views/list.js')}export * from '../commands/place.js';\n`,
  },
  {
    ban: 'commands-import-domain-only',
    says: 'a command does not render a page',
    file: 'libs/orders/src/commands/d.ts',
    forbidden: value('../http/page.js'),
    allowed: value('../domain/order.js'),
  },
  {
    ban: 'graphql-knows-no-page',
    says: 'a resolver does not render a page',
    file: 'libs/orders/src/graphql/d.ts',
    forbidden: value('../http/page.js'),
    allowed: value('../commands/place.js'),
  },
  {
    ban: 'rooms-do-not-use-their-own-door',
    says: 'a room does not import the index of its lib',
    file: 'libs/orders/src/graphql/c.ts',
    forbidden: value('../index.js'),
    allowed: value('../commands/place.js'),
  },
  {
    ban: 'libs-enter-by-the-door',
    says: 'a lib does not reach behind the index of another',
    file: 'libs/orders/src/commands/b.ts',
    forbidden: types('../../../invoices/src/domain/events.js'),
    allowed: value('#invoices'),
  },
  {
    ban: 'others-enter-libs-by-the-door',
    says: 'an app does not reach behind the index of a lib',
    file: 'apps/gateway/src/a.ts',
    forbidden: value('../../../libs/orders/src/domain/order.js'),
    allowed: value('#orders'),
  },
  {
    ban: 'log-belongs-to-engine',
    says: 'a business lib does not touch the log',
    file: 'libs/orders/src/commands/c.ts',
    forbidden: value('#event-store'),
    allowed: types('#event-store'),
  },
  {
    ban: 'log-belongs-to-engine',
    says: 'a platform lib does not touch the log either',
    file: 'libs/edge/src/a.ts',
    forbidden: value('#event-store'),
    allowed: value('#engine'),
  },
  {
    ban: 'platform-knows-no-business',
    says: 'the edge does not know orders',
    file: 'libs/edge/src/b.ts',
    forbidden: types('#orders'),
    allowed: value('#access'),
  },
  {
    ban: 'stores-know-the-kernel-only',
    says: 'the view store does not know the engine',
    file: 'libs/view-store/src/a.ts',
    forbidden: value('#engine'),
    allowed: `${value('#kernel')}export { thing as pool } from '#postgres';\n`,
  },
  {
    ban: 'stores-know-the-kernel-only',
    says: 'files do not know who sent them',
    file: 'libs/media/src/a.ts',
    forbidden: value('#channels/whatsapp'),
    allowed: `export type { A } from '#event-store';\n`,
  },
  {
    ban: 'postgres-knows-no-lib',
    says: 'connections do not know what is kept over them',
    file: 'libs/postgres/src/a.ts',
    forbidden: value('#kernel'),
    allowed: value('./index.js'),
  },
  {
    ban: 'engine-knows-the-stores-only',
    says: 'the engine does not know who asks',
    file: 'libs/engine/src/a.ts',
    forbidden: value('#access'),
    allowed: `${value('#event-store')}export * from '#view-store';\n`,
  },
  {
    ban: 'channels-know-the-kernel-only',
    says: 'a channel does not know another',
    file: 'libs/channels/sms/src/a.ts',
    forbidden: value('#channels/whatsapp'),
    allowed: `${value('#kernel')}export { thing as http } from '#channels/http';\n`,
  },
  {
    ban: 'drivers-belong-to-the-stores',
    says: 'an app does not open a database',
    file: 'apps/gateway/src/b.ts',
    forbidden: value('libsql'),
    allowed: value('#view-store'),
  },
  {
    ban: 'drivers-belong-to-the-stores',
    says: 'files do not stand on PostgreSQL',
    file: 'libs/media/src/b.ts',
    forbidden: value('#postgres'),
    allowed: value('#kernel'),
  },
  {
    ban: 'libs-do-not-import-apps',
    says: 'a lib does not import an app',
    file: 'libs/edge/src/c.ts',
    forbidden: value('../../../apps/gateway/src/index.js'),
    allowed: value('#kernel'),
  },
  {
    ban: 'apps-do-not-import-apps',
    says: 'the gateway does not import the simulator',
    file: 'apps/gateway/src/c.ts',
    forbidden: value('../../simulator/src/index.js'),
    allowed: value('./index.js'),
  },
  {
    ban: 'casement-joins-three-apps',
    says: 'casement does not import the cli',
    file: 'apps/casement/src/main.ts',
    forbidden: value('../../cli/src/index.js'),
    allowed: value('../../simulator/src/index.js'),
  },
  {
    ban: 'no-circular',
    says: 'two files do not need each other',
    file: 'libs/orders/src/domain/basket.ts',
    forbidden: types('./shelf.js'),
    allowed: types('./order.js'),
  },
  {
    ban: 'no-orphans',
    says: 'a file that nobody imports is dead',
    file: 'libs/orders/src/views/dead.ts',
    forbidden: 'export const dead = true;\n',
    allowed: value('../domain/order.js'),
  },
  {
    ban: 'no-dev-dependency-in-production',
    says: 'production does not load what only developers install',
    file: 'apps/gateway/src/d.ts',
    forbidden: value('fast-check'),
    allowed: value('@nestjs/common'),
  },
  {
    ban: 'no-undeclared-package',
    says: 'a package is named in package.json',
    file: 'apps/gateway/src/e.ts',
    forbidden: value('lodash'),
    allowed: value('immutable'),
  },
  {
    ban: 'no-unresolvable',
    says: 'an import leads somewhere',
    file: 'apps/gateway/src/f.ts',
    forbidden: value('./nowhere.js'),
    allowed: value('./index.js'),
  },
  {
    ban: 'no-spec-in-production',
    says: 'production does not load the spec words',
    file: 'apps/gateway/src/g.ts',
    forbidden: value('#kernel/spec'),
    allowed: value('#kernel'),
  },
];

/** What stands around the cases: a small project whose imports are all allowed. */
export const surroundings: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['kernel', 'postgres', 'event-store', 'view-store', 'engine', 'access', 'edge'].map((name) => [
      `libs/${name}/src/index.ts`,
      'export const thing = 1;\nexport type Thing = 1;\n',
    ]),
  ),
  'libs/kernel/src/spec/index.ts': value('../index.js'),
  'libs/channels/http/src/index.ts': value('#kernel'),
  'libs/channels/whatsapp/src/index.ts': value('#kernel'),
  'libs/channels/sms/src/index.ts': value('#kernel'),
  'libs/channels/sms/src/domain/events.ts': value('#event-store'),
  'libs/orders/src/index.ts': value('./domain/order.js'),
  'libs/orders/src/domain/events.ts': `${value('#event-store')}${types('#kernel')}`,
  'libs/orders/src/domain/order.ts': types('./events.js'),
  'libs/orders/src/domain/shelf.ts': types('./basket.js'),
  'libs/orders/src/commands/place.ts': value('../domain/order.js'),
  'libs/orders/src/http/page.ts': value('../domain/order.js'),
  'libs/orders/src/followers/remind.ts': value('../domain/order.js'),
  'libs/orders/src/views/list.ts': value('../domain/order.js'),
  'libs/invoices/src/index.ts': value('./domain/events.js'),
  'libs/invoices/src/domain/events.ts': value('#event-store'),
  'apps/gateway/src/index.ts': value('#orders'),
  'apps/simulator/src/index.ts': value('#channels/whatsapp'),
  'apps/cli/src/index.ts': value('#engine'),
};
