export function hashOf(root: string, paths: readonly string[], skip?: (relative: string) => boolean): string;
