import type { SecretStorage } from 'matrix-js-sdk';
import { deriveRecoveryKeyFromPassphrase } from 'matrix-js-sdk/lib/crypto-api/key-passphrase.js';
import { decodeRecoveryKey } from 'matrix-js-sdk/lib/crypto-api/recovery-key.js';
import { AdapterError, type SetupLine } from '../../sdk/index.js';
import type { Api, ClientOptions } from './client.js';
import type { Crypto } from './crypto.js';
import { asAdapterError } from './reasons.js';

/** A backup of more keys is not read at once; each of its keys is fetched when a message asks for it. */
const mostKeysAtOnce = 20_000;

type Key = Uint8Array<ArrayBuffer>;
type Info = SecretStorage.SecretStorageKeyDescription;

/**
 * The recovery key opens what the account keeps at the server in encrypted form: the keys that vouch for its devices, and
 * that of the backup of message keys. It is used and then forgotten; what it opened stays with the keys of the device.
 */
export class Recovery {
  #key: Key | undefined;
  #lines: SetupLine[] = [];
  note: string | undefined;

  constructor(
    private readonly api: () => Api,
    private readonly crypto: () => Crypto,
    private readonly who: { userId: string; deviceId: string },
  ) {}

  /** What the library asks when it needs to open something. */
  readonly secretKey: NonNullable<ClientOptions['secretKey']> = async ({ keys }) => {
    for (const [id, info] of Object.entries(keys)) {
      if (this.#key && (await this.#fits(this.#key, info))) return [id, this.#key];
    }
    return null;
  };

  /** @throws AdapterError `rejected` with the field for a key that does not fit, `temporary` while it cannot be tried */
  async use(typed: string): Promise<void> {
    try {
      this.#key = await this.#keyFrom(typed);
      await this.#verify();
      await this.#openBackup();
    } catch (error) {
      const found = asAdapterError(error, this.api().server);
      if (found.kind !== 'unknown-outcome') throw found;
      throw new AdapterError('temporary', found.message, { cause: error });
    } finally {
      this.#key = undefined;
      await this.look();
    }
    await this.crypto().retry();
  }

  /** What the person is told of the device, as it was when last looked at. */
  lines(): SetupLine[] {
    return this.#lines;
  }

  async look(): Promise<void> {
    const { userId, deviceId } = this.who;
    const { backend } = this.crypto();
    try {
      const status = await backend.getDeviceVerificationStatus(userId, deviceId);
      const version = await backend.getActiveSessionBackupVersion();
      const verified = status?.signedByOwner === true && status.crossSigningVerified;
      this.#lines = [
        { label: 'This device', value: `${deviceId}, ${verified ? 'verified' : 'not verified'}` },
        {
          label: 'Backup of message keys',
          value: version === null ? 'not connected' : `connected (version ${version})`,
        },
        ...(this.note === undefined ? [] : [{ label: 'Recovery key', value: this.note }]),
      ];
    } catch {
      this.#lines = [{ label: 'This device', value: deviceId }];
    }
  }

  async #keyFrom(typed: string): Promise<Key> {
    const stored = await this.api().client.secretStorage.getKey();
    if (!stored) throw mend('This account has no recovery key yet. Another client of yours can set one up.');
    const [, info] = stored;
    for (const make of [() => decodeRecoveryKey(typed.trim()), () => fromPassphrase(typed, info)]) {
      const key = await Promise.resolve()
        .then(make)
        .catch(() => undefined);
      if (key && (await this.#fits(key, info))) return key;
    }
    throw mend('This is not the recovery key of this account.');
  }

  #fits(key: Key, info: Info): Promise<boolean> {
    return this.api().client.secretStorage.checkKey(key, info);
  }

  /** Vouches for this device with the account's own keys. */
  async #verify(): Promise<void> {
    const { backend } = this.crypto();
    const stored = await this.api().client.secretStorage.isStored('m.cross_signing.master');
    if (!stored || !(await backend.userHasCrossSigningKeys())) return;
    await backend.bootstrapCrossSigning({});
    await backend.userHasCrossSigningKeys();
  }

  async #openBackup(): Promise<void> {
    const { backend } = this.crypto();
    if (!(await this.api().client.secretStorage.isStored('m.megolm_backup.v1'))) return;
    await backend.loadSessionBackupPrivateKeyFromSecretStorage();
    const check = await backend.checkKeyBackupAndEnable();
    if ((check?.backupInfo.count ?? 0) <= mostKeysAtOnce) await backend.restoreKeyBackup();
  }
}

const mend = (words: string) => new AdapterError('rejected', words, { fields: { recoveryKey: words } });

async function fromPassphrase(typed: string, { passphrase }: Info): Promise<Key | undefined> {
  if (!passphrase || passphrase.iterations > 10_000_000) return undefined;
  return deriveRecoveryKeyFromPassphrase(typed, passphrase.salt, passphrase.iterations, passphrase.bits);
}
