// The arrows of the architecture, each as a ban with its reason. `npm run boundaries` checks the
// tree; test/boundaries.spec.ts proves that each ban fires, and that its allowed twin does not.

const lib = '^libs/((?:channels/)?[^/]+)/src/';
const anyLib = '^libs/(?:channels/)?[^/]+/src/';
const ownLib = '^libs/$1/src/';
const door = `${anyLib}index\\.ts$`;
const specDoor = `${anyLib}spec/index\\.ts$`;
const specs = ['\\.spec\\.ts$', `${anyLib}spec/`];
/** A domain's events.ts, and the files that hold a part of its story. */
const eventFiles = [
  '/domain/events\\.ts$',
  '/domain/[a-z]+/events\\.ts$',
  '/domain/[a-z]+-events\\.ts$',
];
const platform =
  '^libs/(?:kernel|postgres|event-store|view-store|media|engine|access|edge|channels/[^/]+)/src/';
const packages = '(?:^|/)node_modules/';
const outside = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown', 'core'];

const ban = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

const kernel = [
  ban(
    'kernel-imports-nothing',
    'The kernel says what a decider, a fact and a follower are. Everything stands on it, so ' +
      'it may stand on nothing: no lib, no package, nothing of Node.',
    { path: '^libs/kernel/src/', pathNot: specs },
    { pathNot: '^libs/kernel/src/(?!spec/)' },
  ),
  ban(
    'kernel-spec-imports-test-tools-only',
    'The given/when/then words serve the specs of every lib, so they know the kernel, Node ' +
      'and the test tools, and no lib.',
    { path: '^libs/kernel/src/.*\\.ts$' },
    {
      pathNot: ['^libs/kernel/src/', `${packages}(?:@jest/|@types/|jest|fast-check|immutable)`],
      dependencyTypesNot: ['core'],
    },
  ),
];

const domain = [
  ban(
    'domain-stands-on-the-kernel',
    'A domain is pure. It knows the kernel and the types of other domains; engines, stores, ' +
      'channels and the edge would bring the world in.',
    { path: `${lib}domain/`, pathNot: specs },
    {
      path: '^(?:libs|apps|test|bench)/',
      pathNot: [`${ownLib}domain/`, '^libs/kernel/src/index\\.ts$', '^libs/event-store/', door],
    },
  ),
  ban(
    'domain-knows-no-platform-lib',
    'Only the kernel is pure enough for a domain; ports and adapters belong to the other ' +
      'rooms.',
    { path: `${lib}domain/`, pathNot: specs },
    { path: platform, pathNot: ['^libs/kernel/src/', '^libs/event-store/', ownLib] },
  ),
  ban(
    'domain-takes-types-of-other-domains-only',
    'A decision that calls another domain would rest on code that it does not own. Facts of ' +
      'others come in the command; only their types may be named.',
    { path: `${lib}domain/`, pathNot: specs },
    {
      path: '^libs/',
      pathNot: [ownLib, '^libs/kernel/', '^libs/event-store/'],
      dependencyTypesNot: ['type-only'],
    },
  ),
  ban(
    'domain-needs-no-package',
    'No Nest, no driver and nothing of Node in a domain: it must run anywhere and give the ' +
      'same answer for ever. Immutable.js is the one exception, for maps that folds append to ' +
      'cheaply.',
    { path: `${lib}domain/`, pathNot: specs },
    { dependencyTypes: outside, pathNot: `${packages}immutable/` },
  ),
  ban(
    'domain-catalogue-in-events-only',
    'The catalogue entry stands beside the event type, in files of events. No other file of a ' +
      'domain has business with the store.',
    { path: `${lib}domain/`, pathNot: [...eventFiles, ...specs] },
    { path: '^libs/event-store/' },
  ),
];

const rooms = [
  ban(
    'commands-import-domain-only',
    'A command handler hands a wish to a decider. What it would read in a view may be stale, ' +
      'and followers and graphql come after it, not before.',
    { path: `${lib}commands/`, pathNot: specs },
    { path: `${ownLib}(?:followers|views|graphql|http)/` },
  ),
  ban(
    'followers-import-domain-only',
    'A follower turns facts into wishes. A view may lag behind the fact in hand, and handlers ' +
      'are reached by the command bus.',
    { path: `${lib}followers/`, pathNot: specs },
    { path: `${ownLib}(?:commands|views|graphql|http)/` },
  ),
  ban(
    'views-import-domain-only',
    'A view is a function of the log and of nothing else; otherwise a rebuild would give ' +
      'other rows.',
    { path: `${lib}views/`, pathNot: specs },
    { path: `${ownLib}(?:commands|followers|graphql|http)/` },
  ),
  ban(
    'graphql-knows-no-follower',
    'A resolver asks by a command or a query. Followers run elsewhere, perhaps in another ' +
      'process.',
    { path: `${lib}graphql/`, pathNot: specs },
    { path: `${ownLib}followers/` },
  ),
  ban(
    'http-knows-no-follower-and-no-graphql',
    'A page asks by a command, a query or a port, like a resolver. Followers run elsewhere, and ' +
      'GraphQL is another way in, not a way through.',
    { path: `^libs/((?!edge/)(?:channels/)?[^/]+)/src/http/`, pathNot: specs },
    { path: `${ownLib}(?:followers|graphql)/` },
  ),
  ban(
    'graphql-knows-no-page',
    'A resolver answers programs. What a page says to people is none of its business.',
    { path: `${lib}graphql/`, pathNot: [...specs, '^libs/edge/'] },
    { path: `${ownLib}http/` },
  ),
  ban(
    'rooms-do-not-use-their-own-door',
    'index.ts and the module are for others. A room that imports them imports everything, itself ' +
      'included.',
    { path: `${lib}(?:domain|commands|followers|views|graphql|http)/` },
    { path: `${ownLib}(?:index|[^/]+\\.module|module)\\.ts$` },
  ),
];

const libs = [
  ban(
    'libs-enter-by-the-door',
    'What index.ts does not name is private to its lib, free to change without asking anyone.',
    { path: lib },
    { path: '^libs/', pathNot: [ownLib, door, specDoor] },
  ),
  ban(
    'others-enter-libs-by-the-door',
    'Apps, tests and benchmarks compose what the libs offer; whatever they need belongs in ' +
      'index.ts.',
    { path: '^(?:apps|test|bench)/' },
    { path: '^libs/', pathNot: [door, specDoor] },
  ),
  ban(
    'log-belongs-to-engine',
    'Nothing outside engine and event-store reads or writes the log. A domain enters its ' +
      'catalogue in events.ts, the platform puts the store together, and types (the key ring) ' +
      'may be named.',
    {
      path: '^libs/',
      pathNot: ['^libs/(?:engine|event-store|platform)/src/', ...eventFiles, ...specs],
    },
    { path: '^libs/event-store/', dependencyTypesNot: ['type-only'] },
  ),
  ban(
    'platform-knows-no-business',
    'Platform libs serve every business lib. One that knew any of them could not be ' +
      'understood, tested or replaced alone.',
    { path: platform, pathNot: specs },
    { path: '^libs/', pathNot: platform },
  ),
  ban(
    'stores-know-the-kernel-only',
    'The stores lie below the engine: they keep what they are given and know nobody above. The ' +
      'views alone know the log, whose facts they are a function of, and files the key ring.',
    { path: '^libs/(event-store|view-store|media)/src/', pathNot: specs },
    {
      path: '^libs/',
      pathNot: [ownLib, '^libs/kernel/', '^libs/(?:event-store|postgres)/src/index\\.ts$'],
    },
  ),
  ban(
    'postgres-knows-no-lib',
    'It says how connections are made and kept, for every store that stands on PostgreSQL. ' +
      'What is kept there is the business of that store.',
    { path: '^libs/(postgres)/src/', pathNot: specs },
    { path: '^libs/', pathNot: ownLib },
  ),
  ban(
    'engine-knows-the-stores-only',
    'The engine runs deciders and followers against the two ports, whatever the business is.',
    { path: '^libs/engine/src/', pathNot: specs },
    { path: '^libs/', pathNot: '^libs/(?:engine|kernel|event-store|view-store)/' },
  ),
  ban(
    'channels-know-the-kernel-only',
    'A channel translates one vendor. It knows no other channel and no decision; a fourth ' +
      'channel is then added without reading the other three. What they have in common is HTTP.',
    { path: '^libs/(channels/[^/]+)/src/', pathNot: [...eventFiles, ...specs] },
    { path: '^libs/', pathNot: [ownLib, '^libs/kernel/', '^libs/channels/http/src/index\\.ts$'] },
  ),
  ban(
    'drivers-belong-to-the-stores',
    'SQL drivers and the log client block, pool and lock in ways that only the stores account ' +
      'for.',
    {
      path: '^(?:libs|apps)/',
      pathNot: ['^libs/(?:event-store|view-store|postgres)/src/', ...specs],
    },
    { path: [`${packages}(?:libsql|pg|@eventstore)(?:/|$)`, '^libs/postgres/'] },
  ),
];

const apps = [
  ban(
    'libs-do-not-import-apps',
    'Apps are where everything is put together. What two of them need belongs in a lib.',
    { path: '^libs/' },
    { path: '^apps/' },
  ),
  ban(
    'apps-do-not-import-apps',
    'Gateway and worker run alone, on machines where the other is not installed.',
    { path: '^apps/([^/]+)/', pathNot: '^apps/casement/' },
    { path: '^apps/', pathNot: '^apps/$1/' },
  ),
  ban(
    'casement-joins-three-apps',
    'Everything in one process means gateway, worker and simulator; the cli and the inbox run ' +
      'apart.',
    { path: '^apps/casement/' },
    { path: '^apps/', pathNot: '^apps/(?:casement|gateway|worker|simulator)/' },
  ),
];

const hygiene = [
  ban(
    'no-circular',
    'Two files that need each other are one file, or hide a third one that both should ' +
      'import.',
    {},
    { circular: true },
  ),
  ban(
    'no-orphans',
    'A file that nothing imports and that imports nothing is dead. Workers are started by ' +
      'address.',
    {
      orphan: true,
      path: '^(?:apps|libs)/',
      pathNot: ['\\.spec\\.ts$', '\\.d\\.ts$', '(?:^|/)(?:index|main)\\.ts$', 'worker\\.ts$'],
    },
    {},
  ),
  ban(
    'no-dev-dependency-in-production',
    'What only developers install is missing where the code runs.',
    { path: '^(?:apps|libs)/', pathNot: specs },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  ),
  ban(
    'no-undeclared-package',
    'A package that package.json does not name comes with another one, and leaves with it.',
    {},
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  ),
  ban(
    'no-unresolvable',
    'An import that leads nowhere fails at run time only.',
    {},
    { couldNotResolve: true },
  ),
  ban(
    'no-spec-in-production',
    'Specs and their words load the test tools, which are not there in production.',
    { path: '^(?:apps|libs)/', pathNot: specs },
    { path: specs },
  ),
];

export default {
  forbidden: [...kernel, ...domain, ...rooms, ...libs, ...apps, ...hygiene],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(?:dist|data|coverage|docs|scripts)/' },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    // `types` leads #kernel and its like to the sources instead of the compiled files.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.d.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
