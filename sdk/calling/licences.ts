import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Packages of Microsoft's UI library that are under MIT by their manifests and hold no licence file. */
export const UI_LIBRARY_STATED = [
  '@fluentui/react-icons',
  '@fluentui-contrib/react-chat',
  'embla-carousel',
  'embla-carousel-autoplay',
  'embla-carousel-fade',
  'react-property',
  'toggle-selection',
];

/**
 * Ends each file with the licences of the packages that went into it: MIT asks that its text goes along. A package without a
 * licence file stops the build, unless `stated` names it: then it is under MIT by its manifest, which somebody looked at.
 */
export function licences(stated: readonly string[] = []): Plugin {
  return {
    name: 'licences',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        const folders = file.type === 'chunk' ? packagesOf(file.moduleIds) : [];
        if (file.type === 'chunk' && folders.length > 0) {
          file.code = `${file.code.trimEnd()}\n${comment(folders, stated)}\n`;
        }
      }
    },
  };
}

/** The folders of the packages that these modules belong to, ours left out. */
function packagesOf(moduleIds: readonly string[]): string[] {
  const folders = new Set(moduleIds.map(packageFolder).filter((folder) => folder !== undefined));
  return [...folders].sort();
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

function comment(folders: readonly string[], stated: readonly string[]): string {
  const names = new Map<string, string[]>();
  for (const folder of folders) {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    const { name, version } = manifest;
    const text = licenceOf(folder, manifest, stated).replaceAll('\r', '').replaceAll('*/', '* /').trim();
    names.set(text, [...(names.get(text) ?? []), `${name} ${version}`]);
  }
  const others = [...names].map(([text, packages]) => `${packages.join(', ')}:\n\n${text}\n`);
  return `/*!\nConvene is under the Apache License 2.0. This file contains:\n\n${others.join('\n')}*/`;
}

function licenceOf(folder: string, { name, license }: Manifest, stated: readonly string[]): string {
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file) {
    return readFileSync(join(folder, file), 'utf8');
  }
  if (license === 'MIT' && stated.includes(name)) {
    return `By its manifest, without a copyright line of its own:\n\n${MIT}`;
  }
  throw new Error(`${name} has no licence file, so it cannot be part of a bundle. Look at how its licence wants to be named.`);
}

/** The licence's own words. */
const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN
THE SOFTWARE.`;

/** The folder of the installed package that a module belongs to. */
function packageFolder(id: string): string | undefined {
  const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replace(/^\0/, ''));
  return match?.[1];
}
