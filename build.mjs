// Makes dist/routeflare.mjs, the one file that runs; better-sqlite3 stays outside because it is native.
import { chmod, cp, mkdir, readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

// An ESM import of a module of Node's own evaluates every getter it exports: `node:http` loads the whole of fetch and
// HTTP/2 for its WebSocket, `node:crypto` all of WebCrypto. Half of the start, for nothing that is used here.
const builtinsWithoutGetters = {
  name: 'builtins-without-getters',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:(?:http|crypto)$/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'builtin' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
      const names = Object.entries(Object.getOwnPropertyDescriptors(process.getBuiltinModule(path)))
        .filter(([name, { get }]) => get === undefined && /^[A-Za-z_]\w*$/.test(name))
        .map(([name]) => name);
      return {
        contents: `const builtin = process.getBuiltinModule('${path}'); export default builtin; export const { ${names.join(', ')} } = builtin;`,
      };
    });
  },
};

const { version } = JSON.parse(await readFile('package.json', 'utf8'));
await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
await build({
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  entryNames: 'routeflare',
  chunkNames: 'chunks/[name]-[hash]',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  // Identifiers stay: errors are told by their names, and keeping names beside short ones costs a call a closure.
  minifyWhitespace: true,
  minifySyntax: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  external: ['better-sqlite3'],
  plugins: [builtinsWithoutGetters],
  define: {
    'globalThis.ROUTEFLARE_VERSION': JSON.stringify(version),
    // docs/decisions/0009-dates-in-utc-without-icu.md
    'Intl.DateTimeFormat': 'UtcDateTimeFormat',
  },
  inject: ['src/controller/utc-date-time-format.ts'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
  },
  legalComments: 'none',
  logLevel: 'warning',
});
await cp('migrations', 'dist/migrations', { recursive: true });
await chmod('dist/routeflare.mjs', 0o755);
