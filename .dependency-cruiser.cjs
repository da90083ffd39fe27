/** The arrows of the house: who may import whom. Everything not allowed here is an error, also for types. */
const own = '^(src|web)/';
const FRAMEWORKS =
  '^(@nestjs|@prisma|bullmq|ioredis|fastify|@fastify|pg|ws|better-auth|pino|next|react)(/|$)|node_modules/(@nestjs|@prisma|bullmq|ioredis|fastify|@fastify|pg|ws|better-auth|pino|next|react)/';
const NETWORK = '^(node:)?(http|https|http2|net|tls|dgram|fs|fs/promises|child_process|cluster|worker_threads)$';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: { path: own }, to: { couldNotResolve: true } },
    {
      name: 'sdk-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/sdk/' },
      to: { path: own, pathNot: '^src/sdk/' },
    },
    {
      name: 'adapters-know-the-sdk-and-their-own-folder',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: own, pathNot: ['^src/sdk/', '^src/adapters/$1/'] },
    },
    {
      name: 'adapters-are-reached-through-the-loader-only',
      comment: 'Deleting an adapter touches no other file: only the loader looks into the folders, and it names none.',
      severity: 'error',
      from: { path: own, pathNot: '^src/adapters/' },
      to: { path: '^src/adapters/[^/]+/' },
    },
    {
      name: 'loader-names-no-adapter',
      severity: 'error',
      from: { path: '^src/adapters/[^/]+\\.ts$' },
      to: { path: '^src/adapters/[^/]+/' },
    },
    {
      name: 'no-framework-in-sdk-and-adapters',
      severity: 'error',
      from: { path: '^src/(sdk|adapters)/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: '^(@nestjs|@prisma|bullmq|ioredis|fastify|@fastify|better-auth)(/|$)|node_modules/(@nestjs|@prisma|bullmq|ioredis|fastify|@fastify|better-auth)/',
      },
    },
    {
      name: 'core-knows-the-sdk-and-itself',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: own, pathNot: ['^src/core/', '^src/sdk/'] },
    },
    {
      name: 'core-has-no-framework-and-no-i-o',
      severity: 'error',
      from: { path: '^src/core/', pathNot: '\\.spec\\.ts$' },
      to: { path: [FRAMEWORKS, NETWORK] },
    },
    {
      name: 'infra-implements-the-ports-of-core',
      severity: 'error',
      from: { path: '^src/infra/' },
      to: { path: own, pathNot: ['^src/infra/', '^src/core/', '^src/sdk/'] },
    },
    {
      name: 'api-calls-core',
      severity: 'error',
      from: { path: '^src/api/', pathNot: '\\.spec\\.ts$' },
      to: { path: own, pathNot: ['^src/api/', '^src/core/'] },
    },
    {
      name: 'contract-stands-alone',
      comment: 'The web client bundles it.',
      severity: 'error',
      from: { path: '^src/api/contract/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^src/api/contract/', 'node_modules/zod/', '^zod'] },
    },
    {
      name: 'web-knows-the-contract-only',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(src|test|scripts|prisma)/', pathNot: '^src/api/contract/' },
    },
    {
      name: 'test-helpers-stay-out-of-the-server',
      severity: 'error',
      from: { path: '^src/', pathNot: ['\\.spec\\.ts$', '^src/sdk/testing/'] },
      to: { path: ['^test/', '^src/sdk/testing/', '\\.spec\\.ts$'] },
    },
    {
      name: 'no-dev-packages-in-the-server',
      severity: 'error',
      from: { path: '^src/', pathNot: ['\\.spec\\.ts$', '^src/sdk/testing/'] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: {
      path: ['^src/infra/database/generated/', '^dist/', '^web/(\\.next|out)/', '^(src|web|scripts)/.*\\.d\\.m?ts$'],
    },
    tsPreCompilationDeps: true,
    parser: 'swc',
    webpackConfig: { fileName: 'scripts/lib/aliases.cjs' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
};
