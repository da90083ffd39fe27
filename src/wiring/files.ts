import path from 'node:path';
import type { Config } from '../infra/config/config.js';
import type { Lifetime } from '../infra/lifetime.js';
import type { BlobStore } from '../infra/storage/blobs.js';
import { BucketBlobs } from '../infra/storage/bucket.js';
import { nameOfBucket } from '../infra/storage/bucket-address.js';
import { FolderBlobs } from '../infra/storage/folder.js';
import { nameOfFolder } from '../infra/storage/identity.js';

type Files = {
  blobs: BlobStore;
  /** Folder of what is not yet, or never, in a bucket. */
  folder: string;
  /** By which processes tell whether they share their files. */
  name: () => string;
  /** Where they lie in a bucket: rejects while it cannot be reached. */
  check?: () => Promise<unknown>;
};

/** Where files are kept: in a bucket if one is configured, else in a folder. */
export async function openFiles(config: Config, dataDir: string, lifetime: Lifetime): Promise<Files> {
  const { bucket: address } = config;
  const folder = config.filesDir ?? dataDir;
  if (address === undefined)
    return { blobs: new FolderBlobs(path.join(folder, 'attachments')), folder, name: () => nameOfFolder(folder) };
  const bucket = new BucketBlobs(address, path.join(dataDir, 'spool'));
  lifetime.onStop('the object store', () => bucket.close());
  await bucket.open();
  return { blobs: bucket, folder, name: () => nameOfBucket(address), check: () => bucket.check() };
}
