import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Ends each file with the licences of the packages that went into it: MIT asks that its text goes along. */
export function licences(): Plugin {
  return {
    name: 'licences',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        const folders = file.type === 'chunk' ? packagesOf(file.moduleIds) : [];
        if (file.type === 'chunk' && folders.length > 0) {
          file.code = `${file.code.trimEnd()}\n${comment(folders)}\n`;
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

function comment(folders: readonly string[]): string {
  const names = new Map<string, string[]>();
  for (const folder of folders) {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; version: string };
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    if (!file) {
      throw new Error(`${name} has no licence file, so it cannot be part of a bundle. Look at how its licence wants to be named.`);
    }
    const text = readFileSync(join(folder, file), 'utf8').replaceAll('\r', '').replaceAll('*/', '* /').trim();
    names.set(text, [...(names.get(text) ?? []), `${name} ${version}`]);
  }
  const others = [...names].map(([text, packages]) => `${packages.join(', ')}:\n\n${text}\n`);
  return `/*!\nConvene is under the Apache License 2.0. This file contains:\n\n${others.join('\n')}*/`;
}

/** The folder of the installed package that a module belongs to. */
function packageFolder(id: string): string | undefined {
  const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replace(/^\0/, ''));
  return match?.[1];
}
