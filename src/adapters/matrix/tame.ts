import { RustBackupManager } from 'matrix-js-sdk/lib/rust-crypto/backup.js';
import { CrossSigningIdentity } from 'matrix-js-sdk/lib/rust-crypto/CrossSigningIdentity.js';
import { KeyClaimManager } from 'matrix-js-sdk/lib/rust-crypto/KeyClaimManager.js';
import { OutgoingRequestProcessor } from 'matrix-js-sdk/lib/rust-crypto/OutgoingRequestProcessor.js';
import { OutgoingRequestsManager } from 'matrix-js-sdk/lib/rust-crypto/OutgoingRequestsManager.js';
import { PerSessionKeyBackupDownloader } from 'matrix-js-sdk/lib/rust-crypto/PerSessionKeyBackupDownloader.js';
import { RoomEncryptor } from 'matrix-js-sdk/lib/rust-crypto/RoomEncryptor.js';
import { RustCrypto } from 'matrix-js-sdk/lib/rust-crypto/rust-crypto.js';

let tamed = false;

/**
 * The library begins some of its work (looking at the backup, sending what waits) without waiting for it, and what then goes
 * wrong is a rejection that nobody handles, which would end the process: a server that answers oddly or a stop at the wrong
 * moment is enough. Who does wait still gets the error. Once a process, before the first device.
 */
export function tameLibrary(): void {
  if (tamed) return;
  tamed = true;
  for (const { prototype } of [
    RustCrypto,
    RustBackupManager,
    CrossSigningIdentity,
    KeyClaimManager,
    OutgoingRequestProcessor,
    OutgoingRequestsManager,
    PerSessionKeyBackupDownloader,
    RoomEncryptor,
  ]) {
    tame(prototype);
  }
}

export function tame(prototype: object): void {
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    const run: unknown = property.value;
    if (name === 'constructor' || typeof run !== 'function') continue;
    const value = function (this: unknown, ...args: unknown[]): unknown {
      const result: unknown = Reflect.apply(run, this, args);
      if (result instanceof Promise) result.catch(() => {});
      return result;
    };
    Object.defineProperty(prototype, name, { ...property, value });
  }
}
