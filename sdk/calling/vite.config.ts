import { defineConfig } from 'vite';

/** Builds `dist/calling.js`: one file with everything in it, for pages without a bundler. */
export default defineConfig({
  build: {
    lib: { entry: 'src/bundle.ts', formats: ['es'], fileName: () => 'calling.js' },
    outDir: 'dist',
    emptyOutDir: false,
    sourcemap: true,
    target: 'es2022',
  },
});
