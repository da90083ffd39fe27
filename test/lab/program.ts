import { programPath } from '../../scripts/packages.mjs';

export function program(name: string): string {
  const path = programPath(name);
  if (!path) throw new Error(`there is no ${name}`);
  return path;
}
