import { statfs } from 'node:fs/promises';

/** Bytes that this process may still write there, and those there are. */
export async function diskOf(folder: string): Promise<{ free: number; size: number }> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, size: blocks * bsize };
}
