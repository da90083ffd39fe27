export type Python = { program: string; args: string[]; env: Record<string, string> };

export function labCache(): string;
export function synapseRoot(): string | undefined;
export function synapsePython(): Python | undefined;
export function makeSynapse(say: (line: string) => void): string | undefined;
