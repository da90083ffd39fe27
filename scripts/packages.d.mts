export type LabPart =
  | 'every'
  | 'inspircd'
  | 'ngircd'
  | 'mail'
  | 'smsc'
  | 'prosody'
  | 'ejabberd'
  | 'synapse'
  | 'telegram'
  | 'redis'
  | 'swift'
  | 'browser'
  | 'deployment'
  | 'people';
export const labPackages: readonly { package: string; part: LabPart; programs: readonly string[] }[];
export function programPath(program: string): string | undefined;
export function missingPackages(parts?: readonly LabPart[]): string[];
export function installLabPackages(options?: {
  required?: boolean;
  parts?: readonly LabPart[];
  say?: (line: string) => void;
}): string[];
