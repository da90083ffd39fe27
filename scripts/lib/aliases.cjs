const path = require('node:path');

/** The aliases of web/tsconfig.json, for dependency-cruiser, which cannot read them there with TypeScript 7. */
module.exports = {
  resolve: {
    alias: {
      '@contract': path.resolve(__dirname, '../../src/api/contract'),
      '@': path.resolve(__dirname, '../../web'),
    },
  },
};
