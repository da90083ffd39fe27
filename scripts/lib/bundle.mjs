import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * What is loaded by its own path: the programs, what adapter packages import, what adapters are found by, and the queue,
 * which tests run in a process of its own. Each module is in one file only, so all of them share their classes.
 */
const ENTRIES = ['main', 'backup', 'sdk/index', 'infra/queue/bell'];

/** They stay packages: they read files of their own or are native, or are parts of others that are not installed. */
const APART = [
  /^@matrix-org\/matrix-sdk-crypto-wasm$/,
  /^(msgpackr-extract|pg-native|bufferutil|utf-8-validate)$/,
  /^@nestjs\/(microservices|platform-express|platform-socket\.io)(\/|$)/,
  /^(@fastify\/view|@opentelemetry\/api|@valkey\/valkey-glide|class-transformer|class-validator)$/,
];

/** Only our own lines are found again in traces: a start reads every map, and those of the packages are many times larger. */
const mapOwnOnly = {
  name: 'map-own-only',
  transform: {
    filter: { id: /[\\/]node_modules[\\/].*\.[cm]?js$/ },
    handler: (code) => ({ code, map: { version: 3, sources: [], names: [], mappings: '' } }),
  },
};

/** Puts the server and the packages it uses into few files, one set for each adapter: a start reads few instead of some 3,500. */
export async function bundleServer(root, out) {
  const { build } = await import('rolldown');
  const src = path.join(root, 'src');
  const adapters = readdirSync(path.join(src, 'adapters'))
    .map((name) => `adapters/${name}/index`)
    .filter((name) => existsSync(path.join(src, `${name}.ts`)));
  await build({
    input: Object.fromEntries([...ENTRIES, ...adapters].map((name) => [name, path.join(src, `${name}.ts`)])),
    platform: 'node',
    tsconfig: path.join(root, 'tsconfig.json'),
    logLevel: 'warn',
    external: APART,
    plugins: [mapOwnOnly],
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
    output: {
      dir: out,
      format: 'esm',
      sourcemap: true,
      sourcemapExcludeSources: true,
      minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
      keepNames: true,
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name]-[hash].js',
    },
  });
}
