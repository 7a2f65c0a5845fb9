export { createDatabaseOn, dropDatabaseOn } from './databases.js';
export { startPostgres, type PostgresOptions, type PostgresServer } from './server.js';
