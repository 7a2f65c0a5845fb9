// Hands Jest the source map of the build, so that a failing test points at the TypeScript line.
const { existsSync, readFileSync } = require('node:fs');

module.exports = {
  process(code, path) {
    const map = existsSync(`${path}.map`) ? readFileSync(`${path}.map`, 'utf8') : undefined;
    return map ? { code, map } : { code };
  },
};
