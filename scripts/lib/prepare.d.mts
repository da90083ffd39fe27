export function prepare(root: string, wanted?: readonly ('client' | 'server' | 'web')[]): Promise<void>;
