import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { licences } from '../calling/licences.js';

/** Makes a file of bytes a module: its gzip as base64. So nothing has to be served beside the code, and nothing is fetched from anywhere. */
function packed(): Plugin {
  return {
    name: 'packed',
    enforce: 'pre',
    load(id) {
      return /\.(wasm|tflite)$/.test(id) ? `export default ${JSON.stringify(gzipSync(readFileSync(id), { level: 9 }).toString('base64'))};` : null;
    },
  };
}

/** Three builds: for bundlers by `import` and by `require`, and as modules for pages without a bundler, which the server embeds. */
export default defineConfig(({ mode }) => {
  const [format, outDir, names] = mode === 'cjs'
    ? (['cjs', 'dist/cjs', ['index.js', '[name].js']] as const)
    : mode === 'browser'
      ? (['es', 'dist/browser', ['calling-effects.js', 'calling-effects.[name].js']] as const)
      : (['es', 'dist', ['index.js', '[name].js']] as const);
  return {
    plugins: [packed(), licences()],
    build: {
      lib: { entry: 'src/index.ts', formats: [format], fileName: () => names[0] },
      rollupOptions: { output: { chunkFileNames: names[1] } },
      outDir,
      emptyOutDir: false,
      target: 'es2022',
    },
  };
});
