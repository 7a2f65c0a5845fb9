export * from './commands/template-envelopes.js';
export * from './domain/events.js';
export * from './domain/filled-template.js';
export * from './domain/template.js';
export * from './graphql/template-shape.js';
export * from './templates.module.js';
export * from './views/template-queries.js';
export * from './views/templates.projection.js';
