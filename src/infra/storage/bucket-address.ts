import { createHash } from 'node:crypto';

/** Where a bucket is, and the keys to it. */
export type BucketAddress = {
  origin: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
};

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * `https://KEY:SECRET@host/bucket?region=eu-central-1`, key and secret percent-encoded; the region is us-east-1 where none is
 * said. Undefined for anything else.
 */
export function bucketAddress(text: string): BucketAddress | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, origin, username, password, pathname, searchParams } = new URL(text);
  const bucket = pathname.replace(/^\/|\/$/g, '');
  if (!['http:', 'https:'].includes(protocol) || !username || !password || !BUCKET.test(bucket)) return undefined;
  try {
    const [accessKeyId, secretAccessKey] = [decodeURIComponent(username), decodeURIComponent(password)];
    return { origin, bucket, region: searchParams.get('region') ?? 'us-east-1', accessKeyId, secretAccessKey };
  } catch {
    return undefined;
  }
}

/** Tells whether two processes have the same bucket, and nothing of the keys. */
export const nameOfBucket = ({ origin, bucket }: BucketAddress): string =>
  `bucket-${createHash('sha256').update(`${origin}/${bucket}`).digest('hex').slice(0, 32)}`;
