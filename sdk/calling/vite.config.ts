import { defineConfig } from 'vite';
import { licences } from './licences.js';

/**
 * Builds the files with everything in them, for pages without a bundler: `calling.js`, a module, and `calling.global.js`, a plain
 * script with the global `Convene`. The server embeds this folder.
 */
export default defineConfig({
  plugins: [licences()],
  build: {
    lib: {
      entry: 'src/bundle.ts',
      formats: ['es', 'iife'],
      name: 'Convene',
      fileName: (format) => (format === 'es' ? 'calling.js' : 'calling.global.js'),
    },
    outDir: 'dist/browser',
    emptyOutDir: true,
    target: 'es2022',
  },
});
