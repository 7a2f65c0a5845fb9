export { clientConfig, type ConnectionOptions } from './connecting.js';
export { listenTo, type Heard, type Listening } from './listening.js';
export { isPassing, sqlStateOf } from './passing.js';
export { closedAfter, Pool } from './pool.js';
export {
  allRoles,
  application,
  ensureRoles,
  owner,
  projector,
  RolesMissing,
  rolesHad,
  type RoleHad,
} from './roles.js';
