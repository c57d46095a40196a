// The wire fixtures of crates/protocol: the same files that the server's tests read.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../../crates/protocol/fixtures/', import.meta.url));

export function fixtureNames(side: 'client' | 'server'): string[] {
  return readdirSync(`${folder}${side}`).filter((name) => name.endsWith('.json')).map((name) => name.replace(/\.json$/, ''));
}

export function fixtureText(side: 'client' | 'server', name: string): string {
  return readFileSync(`${folder}${side}/${name}.json`, 'utf8');
}

export function fixture(side: 'client' | 'server', name: string): unknown {
  return JSON.parse(fixtureText(side, name));
}
