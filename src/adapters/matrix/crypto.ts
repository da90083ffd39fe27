import {
  HistoryVisibility,
  type IContent,
  type MatrixClient,
  MatrixEvent,
  MatrixEventEvent,
  RoomMember,
  Room as SdkRoom,
} from 'matrix-js-sdk';
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import { DecryptionFailureCode } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { Room } from './book.js';
import type { RawEvent, SyncAnswer } from './events.js';
import type { KeyStore } from './keystore.js';
import { tameLibrary } from './tame.js';

const mostWaiting = 1_000;

const unreadable: Partial<Record<DecryptionFailureCode, string>> = {
  [DecryptionFailureCode.MEGOLM_UNKNOWN_INBOUND_SESSION_ID]: 'The key of this encrypted message has not arrived yet.',
  [DecryptionFailureCode.OLM_UNKNOWN_MESSAGE_INDEX]: 'The key that arrived is for later messages only.',
  [DecryptionFailureCode.MEGOLM_KEY_WITHHELD]: 'The sender does not give this device the key.',
  [DecryptionFailureCode.MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE]:
    'The sender gives the key to verified devices only. Enter your recovery key in the settings of the account.',
  [DecryptionFailureCode.HISTORICAL_MESSAGE_NO_KEY_BACKUP]:
    'This message is older than this device, and its key was not backed up.',
  [DecryptionFailureCode.HISTORICAL_MESSAGE_BACKUP_UNCONFIGURED]:
    'This message is older than this device. Enter your recovery key in the settings of the account to open it.',
  [DecryptionFailureCode.HISTORICAL_MESSAGE_WORKING_BACKUP]:
    'This message is older than this device; its key is being looked for in the backup.',
  [DecryptionFailureCode.HISTORICAL_MESSAGE_USER_NOT_JOINED]: 'This message is from before you were in the room.',
};

export type Opened = { event: RawEvent } | { why: string };

/** The members that a room's messages are encrypted for. */
export type Audience = (room: Room) => Promise<ReadonlySet<string>>;

/** End-to-end encryption of one device. */
export class Crypto {
  readonly #rooms = new Map<string, EncryptedRoom>();
  readonly #waiting = new Map<string, MatrixEvent>();
  /** A message that could not be opened can be now. */
  onHealed: ((roomId: string, event: RawEvent) => void) | undefined;

  /** The counts of our keys at the server, as last taken. */
  #counts: string | undefined;

  private constructor(
    private readonly client: MatrixClient,
    readonly backend: CryptoBackend,
    private readonly audience: Audience,
  ) {}

  static async start(client: MatrixClient, keys: KeyStore, audience: Audience): Promise<Crypto> {
    tameLibrary();
    await client.initRustCrypto({ cryptoDatabasePrefix: keys.prefix });
    const backend = client.getCrypto();
    if (backend === undefined || !isBackend(backend)) throw new Error('matrix-js-sdk has no encryption here');
    return new Crypto(client, backend, audience);
  }

  stop(): void {
    this.#waiting.clear();
    this.client.stopClient();
  }

  /** Takes the part of a sync answer that is for the device: keys, and who has new devices. Most answers have none. */
  async take(answer: SyncAnswer): Promise<void> {
    const { changed, left } = answer.device_lists ?? {};
    const counts = JSON.stringify([answer.device_one_time_keys_count, answer.device_unused_fallback_key_types]);
    const news = [answer.to_device?.events, changed, left].some((list) => (list?.length ?? 0) > 0);
    if (!news && counts === this.#counts) return;
    await this.backend.processSyncChanges({
      toDeviceEvents: (answer.to_device?.events ?? []).filter(isToDevice),
      deviceLists: { ...(changed && { changed: changed.filter(isUser) }), ...(left && { left: left.filter(isUser) }) },
      oneTimeKeysCounts: answer.device_one_time_keys_count ?? {},
      ...(answer.device_unused_fallback_key_types && { unusedFallbackKeys: answer.device_unused_fallback_key_types }),
    });
    this.#counts = counts;
  }

  /** After the answer was stored: uploads keys, asks for devices. Errors show up in the next round. */
  taken(): void {
    this.backend.onSyncCompleted({});
  }

  /** Tells the crypto that the room is encrypted, once a run. */
  async know(room: Room): Promise<void> {
    if (room.encryption === undefined || this.#rooms.has(room.id)) return;
    const encrypted = new EncryptedRoom(this.client, room, this.audience);
    const event = new MatrixEvent({
      type: 'm.room.encryption',
      state_key: '',
      room_id: room.id,
      content: room.encryption,
    });
    await this.backend.onCryptoEvent(encrypted, event);
    this.#rooms.set(room.id, encrypted);
  }

  async seal(room: Room, type: string, content: IContent): Promise<{ type: string; content: IContent }> {
    await this.know(room);
    const encrypted = this.#rooms.get(room.id);
    if (!encrypted) throw new Error('the room is not known to be encrypted');
    const event = new MatrixEvent({ type, content, room_id: room.id, event_id: `~${crypto.randomUUID()}` });
    await this.backend.encryptEvent(event, encrypted);
    return { type: event.getWireType(), content: event.getWireContent() };
  }

  /** Somebody left: what is written from now on is not for them. */
  async renewKey(room: Room): Promise<void> {
    if (this.#rooms.has(room.id)) await this.backend.forceDiscardSession(room.id);
  }

  async open(roomId: string, raw: RawEvent): Promise<Opened> {
    const event = this.#waiting.get(raw.event_id) ?? new MatrixEvent({ ...raw, room_id: roomId });
    await this.client.decryptEventIfNeeded(event);
    if (!event.isDecryptionFailure()) {
      this.#waiting.delete(raw.event_id);
      return { event: clear(raw, event) };
    }
    this.#wait(roomId, raw, event);
    const why = event.decryptionFailureReason;
    return { why: (why && unreadable[why]) ?? 'This encrypted message could not be opened.' };
  }

  isWaiting(eventId: string): boolean {
    return this.#waiting.has(eventId);
  }

  /** Looks at everything that waits again: keys may have come by another way. */
  async retry(): Promise<void> {
    for (const event of [...this.#waiting.values()]) {
      await event.attemptDecryption(this.backend, { isRetry: true }).catch(() => {});
    }
  }

  /** The library tries again by itself when the key arrives. */
  #wait(roomId: string, raw: RawEvent, event: MatrixEvent): void {
    if (this.#waiting.has(raw.event_id)) return;
    const oldest = this.#waiting.keys().next().value;
    if (this.#waiting.size >= mostWaiting && oldest !== undefined) this.#waiting.delete(oldest);
    this.#waiting.set(raw.event_id, event);
    event.on(MatrixEventEvent.Decrypted, () => {
      if (event.isDecryptionFailure() || !this.#waiting.delete(raw.event_id)) return;
      event.removeAllListeners(MatrixEventEvent.Decrypted);
      this.onHealed?.(roomId, clear(raw, event));
    });
  }
}

/** A relation stays outside of the encryption, so that servers can group by it. */
function clear(raw: RawEvent, event: MatrixEvent): RawEvent {
  const relation = raw.content['m.relates_to'];
  return {
    ...raw,
    type: event.getType(),
    content: { ...event.getContent(), ...(relation ? { 'm.relates_to': relation } : {}) },
  };
}

const isBackend = (api: object): api is CryptoBackend => 'processSyncChanges' in api && 'encryptEvent' in api;
const isUser = (id: string) => /^@[^:]*:.+$/.test(id);

type ToDevice = Parameters<CryptoBackend['processSyncChanges']>[0]['toDeviceEvents'] extends (infer E)[] | undefined
  ? E
  : never;
const isToDevice = (event: unknown): event is ToDevice =>
  typeof event === 'object' && event !== null && 'type' in event && 'sender' in event && 'content' in event;

/** A room as the encryption sees it: whom to encrypt for. No timeline and no state is kept in it. */
class EncryptedRoom extends SdkRoom {
  constructor(
    client: MatrixClient,
    private readonly room: Room,
    private readonly audience: Audience,
  ) {
    super(room.id, client, client.getSafeUserId(), { lazyLoadMembers: true });
  }

  override async getEncryptionTargetMembers(): Promise<RoomMember[]> {
    return [...(await this.audience(this.room))].map((user) => new RoomMember(this.roomId, user));
  }

  override getJoinedMembers(): RoomMember[] {
    return [];
  }

  override shouldEncryptForInvitedMembers(): boolean {
    return this.room.visibility !== 'joined';
  }

  override getHistoryVisibility(): HistoryVisibility {
    const known = Object.values(HistoryVisibility).find((one) => one === this.room.visibility);
    return known ?? HistoryVisibility.Shared;
  }
}
