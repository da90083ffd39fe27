import 'fake-indexeddb/auto';
import { ClientEvent, createClient, type MatrixClient, MemoryStore, Method, SyncState } from 'matrix-js-sdk';
import { tameLibrary } from '../../src/adapters/matrix/tame.js';
import type { SynapseLab } from '../lab/types.js';

const none = () => {};
const silent = { trace: none, debug: none, info: none, warn: none, error: none, getChild: () => silent };

/**
 * Another device of an account, with the same library as the adapter and used as its makers mean it: the one that has set up
 * the recovery key, long before Parley came.
 */
export class OtherDevice {
  private constructor(
    readonly client: MatrixClient,
    readonly recoveryKey: string,
  ) {}

  /** Signs in, makes the keys that vouch for devices, a recovery key and a backup of message keys. */
  static async start(lab: SynapseLab, name: string, password = `${name}-matrix`): Promise<OtherDevice> {
    tameLibrary();
    const user = `@${name}:${lab.domain}`;
    const identifier = { type: 'm.id.user', user };
    const login = { type: 'm.login.password', identifier, password };
    const answer = await fetch(`${lab.url}/_matrix/client/v3/login`, { method: 'POST', body: JSON.stringify(login) });
    const { access_token: accessToken, device_id: deviceId } = (await answer.json()) as Record<string, string>;
    let secret: [string, Uint8Array<ArrayBuffer>] | undefined;
    const client = createClient({
      ...{ baseUrl: lab.url, userId: user, deviceId, accessToken },
      store: new MemoryStore(),
      logger: silent,
      cryptoCallbacks: {
        getSecretStorageKey: async ({ keys }) => (secret && secret[0] in keys ? secret : null),
        cacheSecretStorageKey: (id, _info, key) => {
          secret = [id, key];
        },
      },
    });
    await client.initRustCrypto({ cryptoDatabasePrefix: `other-${crypto.randomUUID()}` });
    await client.startClient({ initialSyncLimit: 10 });
    await new Promise<void>((resolve) => {
      client.on(ClientEvent.Sync, (state) => state === SyncState.Prepared && resolve());
    });
    const api = client.getCrypto();
    if (!api) throw new Error('no encryption');
    await api.bootstrapCrossSigning({
      authUploadDeviceSigningKeys: async (make) =>
        void (await make({ type: 'm.login.password', identifier, password })),
    });
    const made = await api.createRecoveryKeyFromPassphrase();
    await api.bootstrapSecretStorage({ createSecretStorageKey: async () => made, setupNewKeyBackup: true });
    if (made.encodedPrivateKey === undefined) throw new Error('no recovery key');
    return new OtherDevice(client, made.encodedPrivateKey);
  }

  /** Resolves when the keys of everything read so far are in the backup. */
  async backedUp(count: number): Promise<void> {
    for (let tries = 0; ; tries++) {
      const info = await this.client.http.authedRequest<{ count: number }>(
        Method.Get,
        '/room_keys/version',
        {},
        undefined,
        {
          prefix: '/_matrix/client/v3',
        },
      );
      if (info.count >= count) return;
      if (tries > 200) throw new Error(`the backup holds ${info.count} keys, not ${count}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  stop(): void {
    this.client.stopClient();
  }
}
