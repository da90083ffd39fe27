import { expect, test } from 'vitest';
import { bucketAddress, nameOfBucket } from './bucket-address.js';

test('reads where a bucket is', () => {
  expect(bucketAddress('https://KEY:se%2Fcret@s3.eu-central-1.amazonaws.com/files?region=eu-central-1')).toEqual({
    origin: 'https://s3.eu-central-1.amazonaws.com',
    bucket: 'files',
    region: 'eu-central-1',
    accessKeyId: 'KEY',
    secretAccessKey: 'se/cret',
  });
  expect(bucketAddress('http://a%3Ab:c@minio:9000/files/')).toMatchObject({
    ...{ origin: 'http://minio:9000', bucket: 'files', region: 'us-east-1', accessKeyId: 'a:b' },
  });
});

test.each([
  's3://k:s@bucket',
  'https://host/files',
  'https://k@host/files',
  'https://k:s@host',
  'https://k:s@host/files/deeper',
  'https://k:s@host/UPPER',
  'https://k:%ZZ@host/files',
  'hush',
])('%s is none', (text) => expect(bucketAddress(text)).toBeUndefined());

test('the name of a bucket depends on where it is, not on the keys', () => {
  const name = (text: string) => {
    const at = bucketAddress(text);
    return at && nameOfBucket(at);
  };
  expect(name('https://a:b@host/files')).toBe(name('https://c:d@host/files'));
  expect(name('https://a:b@host/files')).not.toBe(name('https://a:b@host/other'));
});
